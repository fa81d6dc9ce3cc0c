import time

from iothub_v1.worker import Worker, call

from .handlers import Events, Messages, Methods, Twin
from .options import Options, log
from .results import IoTHubClientConnectionStatusReason as Reason
from .results import IoTHubClientRetryPolicy, IoTHubConnectionStatus
from .retry import wait_before
from .transport import Lost


class Connection:
    """A device's connection to its hub, made again when it is lost. It has a thread of its own."""

    def __init__(self, identity, make_transport):
        """make_transport(device, identity, options) -> Transport"""
        self.options = Options()
        self.identity = identity
        self.twin = Twin()
        self.events = Events()
        self.messages = Messages()
        self.methods = Methods()
        self.status_listener = None
        self.retry_policy = (IoTHubClientRetryPolicy.RETRY_EXPONENTIAL_BACKOFF_WITH_JITTER, 0)
        self._handlers = [self.twin, self.events, self.messages, self.methods]
        self._make_transport = make_transport
        self._worker = Worker("iothub_client", self._run)
        self._transport = None
        self._is_up = False
        self._is_admitted = False
        self._attempt = 0
        self._down_since = None

    def post(self, work):
        """Runs `work` on the thread; the first call connects."""
        self._worker.post(work)

    def close(self):
        """Disconnects and ends the thread; discards messages that are still waiting."""
        self._worker.close()

    def respond(self, rid, status, response):
        """Answers a method, if the connection on which it came is still there."""
        if self._is_up:
            self._transport.respond(rid, status, response)

    def wait(self, *arguments):
        return self._worker.wait(*arguments)

    def admitted(self):
        """The transport knows that the hub has accepted the device's credentials."""
        self._is_admitted = True
        self._attempt = 0
        self._down_since = None
        self._tell(IoTHubConnectionStatus.AUTHENTICATED, Reason.CONNECTION_OK)

    def connected(self):
        """The transport can be used."""
        self._is_up = True
        self.advance()

    def advance(self):
        """Subscribes to what handlers need, then calls those that have all they need."""
        if not self._is_up:
            return
        self._transport.ask(set().union(*(handler.needs for handler in self._handlers)))
        for handler in self._handlers:
            if self._transport.granted >= handler.needs:
                handler.ready(self._transport)

    def _run(self):
        while not self._worker.is_closed:
            self._worker.do_work()
            self._transport = self._make_transport(self, self.identity, self.options)
            self._run_transport()
            if not self._worker.is_closed:
                self._pause()
        self._worker.do_work()
        self.events.destroy()

    def _run_transport(self):
        try:
            self._transport.open()
            while not self._worker.is_closed:
                self._transport.exchange()
                self._work()
        except Lost as lost:
            self._lose(lost.reason, lost)
        except (OSError, ValueError) as error:
            self._lose(Reason.COMMUNICATION_ERROR if self._is_admitted else Reason.NO_NETWORK, error)
        finally:
            self._is_up = False
            self._is_admitted = False
            self._transport.close()
            for handler in self._handlers:
                handler.lost()

    def _work(self):
        if self._worker.do_work():
            self.advance()
        self.events.expire(self.options.message_timeout)

    def _lose(self, reason, error):
        self._is_up = False
        if reason is None:
            self._attempt = -1  # not a failure: reconnect at once
            return
        log.warning("%s is not connected to %s: %s", self.identity.device_id, self.identity.address, error)
        self._tell(IoTHubConnectionStatus.UNAUTHENTICATED, reason)

    def _pause(self):
        """Waits according to the retry policy; ends the connection if the policy gives up."""
        policy, limit = self.retry_policy
        now = time.monotonic()
        self._down_since = self._down_since or now
        wait = 0 if self._attempt < 0 else wait_before(policy, self._attempt)
        self._attempt += 1
        if wait is None or (limit > 0 and now + wait > self._down_since + limit):
            self._tell(IoTHubConnectionStatus.UNAUTHENTICATED, Reason.RETRY_EXPIRED)
            self._worker.is_closed = True
            return
        while not self._worker.is_closed and time.monotonic() < now + wait:
            self._worker.wait(max(0, now + wait - time.monotonic()))
            self._work()

    def _tell(self, status, reason):
        if self.status_listener is not None:
            callback, context = self.status_listener
            call(callback, status, reason, context)
