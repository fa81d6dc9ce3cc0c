import select
import socket
import threading
import traceback
from collections import deque

# seconds
TICK = 1
CLOSE_WAIT = 2


def call(callback, *arguments):
    """Calls an application's function and prints its exceptions, as the original does."""
    try:
        return callback(*arguments)
    except Exception:  # an error of the application must not end the connection
        traceback.print_exc()
        return None


class Worker:
    """The thread of a connection. `run` starts at the first `post`, and does the posted work when it calls `do_work`."""

    def __init__(self, name, run):
        self.is_closed = False
        self._name = name
        self._run = run
        self._work = deque()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._thread = None
        self._lock = threading.Lock()

    def post(self, work):
        """Can be called on any thread, as `close` can; everything else runs on the worker's own."""
        self._work.append(work)
        with self._lock:
            if self._thread is None and not self.is_closed:
                self._thread = threading.Thread(target=self._run_and_end, name=self._name, daemon=True)
                self._thread.start()
        self._wake()

    def close(self):
        self.is_closed = True
        self._wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(CLOSE_WAIT)

    def do_work(self):
        """Returns whether there was any."""
        had_any = len(self._work) > 0
        while self._work:
            call(self._work.popleft())
        return had_any

    def wait(self, timeout=TICK, wire=None, is_writing=False):
        """Waits for posted work, or until the wire can be read or, if there is something to write, written."""
        reading = [self._woken] if wire is None else [self._woken, wire]
        readable, writable, _ = select.select(reading, [wire] if is_writing else [], [], timeout)
        if self._woken in readable:
            self._woken.recv(4096)
        return wire in readable, wire in writable

    def _run_and_end(self):
        try:
            self._run()
        finally:
            self.is_closed = True
            self._waker.close()
            self._woken.close()

    def _wake(self):
        try:
            self._waker.send(b"!")
        except OSError:
            pass  # the socket is full, so the thread wakes anyway, or the thread has ended
