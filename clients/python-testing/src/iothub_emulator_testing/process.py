"""Starts an emulator as a child process."""

import json
import os
import pathlib
import shlex
import subprocess
import tempfile
import threading

COMMAND = "iothub-emulator"
FREE_PORTS = ["--https-port", "0", "--mqtt-port", "0", "--amqp-port", "0", "--admin-port", "0"]


class Process:
    """The emulator's process; it is ready when the constructor returns."""

    def __init__(self, options, command=None, timeout=60):
        command = shlex.split(command or os.environ.get("IOTHUB_EMULATOR_COMMAND", COMMAND))
        arguments = [*command, "start", *FREE_PORTS, "--log-format", "json", *options]
        try:
            self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        except FileNotFoundError:
            raise RuntimeError(
                f"the program {command[0]} was not found: run `npm install iothub-emulator` and set IOTHUB_EMULATOR_COMMAND "
                "to the command that starts it, such as `npx iothub-emulator`"
            ) from None
        late = threading.Timer(timeout, self._process.kill)
        late.start()
        line = self._process.stdout.readline()
        late.cancel()
        if not line:
            code = self._process.wait()
            self._process.stdout.close()
            raise RuntimeError(f"the emulator ended with code {code} before it was ready: {shlex.join(arguments)}")
        self.ready = json.loads(line)

    @property
    def pid(self):
        return self._process.pid

    def end(self):
        """Stops the process and waits until it has ended."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def locate():
    """URL and token of the running emulator that this user started last. Raises RuntimeError."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    folders = [pathlib.Path(tempfile.gettempdir(), f"iothub-emulator-{user}")]
    if os.environ.get("XDG_RUNTIME_DIR"):
        folders.append(pathlib.Path(os.environ["XDG_RUNTIME_DIR"], "iothub-emulator"))
    files = [file for folder in folders if _is_private(folder) for file in folder.glob("*.json")]
    for file in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
        place = json.loads(file.read_text(encoding="utf8"))
        if _is_alive(place["pid"]):
            return place["adminUrl"], place.get("adminToken")
    raise RuntimeError("no emulator is running: start one with `iothub-emulator start`")


def _is_private(folder):
    """True for a folder, not a link to one, that belongs to this user alone: any user can create one in the temporary folder."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    found = folder.stat()
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and found.st_mode & 0o077 == 0)


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
