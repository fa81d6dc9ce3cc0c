"""An emulator as a process of our own."""

import json
import os
import pathlib
import shlex
import subprocess
import tempfile
import threading

COMMAND = "iothub-emulator"
FREE_PORTS = ["--https-port", "0", "--mqtt-port", "0", "--admin-port", "0"]


class Process:
    """The command line of the emulator, ready when made."""

    def __init__(self, options, command=None, patience=60):
        command = shlex.split(command or os.environ.get("IOTHUB_EMULATOR_COMMAND", COMMAND))
        arguments = [*command, "start", *FREE_PORTS, "--log-format", "json", *options]
        try:
            self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        except FileNotFoundError:
            raise RuntimeError(
                f"there is no program {command[0]}: npm install iothub-emulator, and say in IOTHUB_EMULATOR_COMMAND "
                "how it is run, such as `npx iothub-emulator`"
            ) from None
        late = threading.Timer(patience, self._process.kill)
        late.start()
        line = self._process.stdout.readline()
        late.cancel()
        if not line:
            code = self._process.wait()
            self._process.stdout.close()
            raise RuntimeError(f"the emulator ended with code {code} before it was ready: {shlex.join(arguments)}")
        self.ready = json.loads(line)

    def end(self):
        """Ends it, and waits until it has gone."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def locate():
    """The emulator of this user that was started last and still runs: its URL and token. Raises RuntimeError."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    folder = pathlib.Path(tempfile.gettempdir(), f"iothub-emulator-{user}")
    # anybody may make a folder of that name where everybody may write
    if folder.is_dir() and (not hasattr(os, "getuid") or folder.stat().st_uid == user):
        for file in sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True):
            place = json.loads(file.read_text(encoding="utf8"))
            if _is_alive(place["pid"]):
                return place["adminUrl"], place.get("adminToken")
    raise RuntimeError("no emulator runs: start one with `iothub-emulator start`")


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
