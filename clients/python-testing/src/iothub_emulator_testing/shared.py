"""One emulator for all workers of pytest-xdist."""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import tempfile
import time

from .process import Process

TIMEOUT = 90
POLL = 0.05


class Shared:
    """A folder in which workers record the emulators that they have started; the controller ends these."""

    def __init__(self, folder=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="iothub-emulator-tests-"))

    def url(self, options):
        """The admin API of the emulator with these options; the first worker that asks starts it. Raises RuntimeError."""
        name = hashlib.sha256(json.dumps(list(options)).encode()).hexdigest()[:16]
        record = self.folder / f"{name}.json"
        try:
            (self.folder / f"{name}.lock").touch(exist_ok=False)
        except FileExistsError:
            return _read(record)
        try:
            process = Process(options)
            found = {"adminUrl": process.ready["adminUrl"], "pid": process.pid}
        except BaseException as error:
            found = {"problem": str(error)}
        _write(record, found)
        return _read(record)

    def end(self):
        """Ends all emulators that were started."""
        for record in self.folder.glob("*.json"):
            with contextlib.suppress(KeyError, OSError):
                os.kill(json.loads(record.read_text(encoding="utf8"))["pid"], signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)


def _write(record, found):
    unfinished = record.with_suffix(".new")
    unfinished.write_text(json.dumps(found), encoding="utf8")
    os.replace(unfinished, record)


def _read(record):
    end = time.monotonic() + TIMEOUT
    while not record.exists():
        if time.monotonic() > end:
            raise RuntimeError("another worker has not started the emulator")
        time.sleep(POLL)
    found = json.loads(record.read_text(encoding="utf8"))
    if "problem" in found:
        raise RuntimeError(found["problem"])
    return found["adminUrl"]
