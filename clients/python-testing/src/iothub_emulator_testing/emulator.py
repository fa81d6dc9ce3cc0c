"""A running emulator, and the redirection of this process to it."""

import contextlib
import os
import urllib.parse

from .admin import Admin, EmulatorError
from .hub_api import HubApi
from .process import Process, locate
from .redirect import redirect
from .trust import trust

# the token that the admin API requires
TOKEN = "IOTHUB_EMULATOR_ADMIN_TOKEN"


class Emulator(HubApi):
    """Within `with Emulator.start() as emulator:`, SDKs in this process find and trust it."""

    @classmethod
    def start(cls, options=(), command=None):
        """Starts one on free ports; `options` are flags of `iothub-emulator start`. Raises RuntimeError."""
        process = Process(options, command)
        return cls(Admin(process.ready["adminUrl"], os.environ.get(TOKEN)), process.end)

    @classmethod
    def at(cls, url, token=None):
        """Uses a running emulator, by the URL of its admin API."""
        return cls(Admin(url, token or os.environ.get(TOKEN)))

    @classmethod
    def running(cls):
        """Uses the emulator that this user started last. Raises RuntimeError if there is none."""
        return cls(Admin(*locate()))

    def __init__(self, admin, end=lambda: None):
        super().__init__(admin)
        self._undo = [end]
        self._base = None

    def __enter__(self):
        try:
            info = self.ask("GET", "/info")
            address = urllib.parse.urlsplit(self.admin_url).hostname
            ports = {443: info["ports"]["https"], 8883: info["ports"]["mqtt"], 5671: info["ports"]["amqp"]}
            self._undo.append(redirect(ports, [info["hostname"].lower()], address))
            self._trust()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        while self._undo:
            self._undo.pop()()

    @contextlib.contextmanager
    def fork(self):
        """A hub that starts as a copy of this one, on the same ports and with keys of its own, until the end of the block."""
        name = self.ask("POST", "/hubs", {} if self._base is None else {"from": self._base})["name"]
        try:
            yield HubApi(self._admin.below(f"/hubs/{name}"), name)
        finally:
            self.ask("DELETE", f"/hubs/{name}")

    @contextlib.contextmanager
    def forking(self, seed=None):
        """Within, forks begin with the devices of a seed; the emulator's own hub stays as it is."""
        with self.fork() as base:
            if seed is not None:
                base.ask("POST", "/seed", seed)
            self._base = base.name
            try:
                yield self
            finally:
                self._base = None

    @contextlib.contextmanager
    def seeded(self, seed=None):
        """Applies a seed; at the end restores the hub. Within, `reset` restores the state after the seed."""
        mine, theirs = f"tests-{os.getpid()}", f"before-tests-{os.getpid()}"
        self.ask("POST", "/snapshots", {"name": theirs})
        try:
            if seed is not None:
                self.ask("POST", "/seed?seal=no", seed)
            self.ask("POST", "/snapshots", {"name": mine})
            self._beginning = mine
            yield self
        finally:
            self.ask("POST", f"/snapshots/{theirs}/restore")
            for name in (mine, theirs):
                with contextlib.suppress(EmulatorError):
                    self.ask("DELETE", f"/snapshots/{name}")

    def reset(self):
        """Restores the initial state, closes all connections and removes all faults."""
        self.ask("POST", f"/snapshots/{self._beginning}/restore", {"dropConnections": True})
        self.ask("DELETE", "/faults")

    def _trust(self):
        try:
            ca = self.ask("GET", "/ca.pem")
        except EmulatorError:  # started with a given certificate, which must be trusted already
            return
        self._undo.append(trust(ca))
