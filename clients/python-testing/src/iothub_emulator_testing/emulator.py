"""A running emulator, and how this process is led to it."""

import contextlib
import os
import urllib.parse

from .admin import Admin, Refused
from .process import Process, locate
from .route import lead
from .trust import trust

# what the emulator demands and we show
TOKEN = "IOTHUB_EMULATOR_ADMIN_TOKEN"


class Emulator:
    """In between entering and leaving, SDKs in this process find and trust it: `with Emulator.start() as emulator:`."""

    @classmethod
    def start(cls, options=(), command=None):
        """One of our own, on free ports; `options` are flags of `iothub-emulator start`. Raises RuntimeError."""
        process = Process(options, command)
        return cls(Admin(process.ready["adminUrl"], os.environ.get(TOKEN)), process.end)

    @classmethod
    def at(cls, url, token=None):
        """One that runs already, by the URL of its admin API."""
        return cls(Admin(url, token or os.environ.get(TOKEN)))

    @classmethod
    def running(cls):
        """The one of this user that was started last. Raises RuntimeError if there is none."""
        return cls(Admin(*locate()))

    def __init__(self, admin, end=lambda: None):
        self._admin = admin
        self._undo = [end]
        self.ask = admin.ask
        self.follow = admin.follow

    def __enter__(self):
        try:
            info = self.ask("GET", "/info")
            address = urllib.parse.urlsplit(self._admin.url).hostname
            ports = {443: info["ports"]["https"], 8883: info["ports"]["mqtt"]}
            self._undo.append(lead(ports, [info["hostname"].lower()], address))
            self._trust()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        while self._undo:
            self._undo.pop()()

    @property
    def admin_url(self):
        """Of the emulator's own API."""
        return self._admin.url

    def connection_string(self, policy="iothubowner"):
        """Of a shared access policy. Raises KeyError for one that there is not."""
        return self._string(policy=policy)

    def identity_string(self, device_id, module_id=None):
        """Of a device or module. Raises KeyError if there is none of that id."""
        return self._string(device=device_id, **({} if module_id is None else {"module": module_id}))

    def environment(self):
        """Variables for programs that this process starts."""
        names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
        return {
            "IOTHUB_CONNECTION_STRING": self.connection_string(),
            "IOTHUB_EMULATOR_ADMIN_URL": self.admin_url,
            **{name: os.environ[name] for name in names if name in os.environ},
        }

    @contextlib.contextmanager
    def lent(self, seed=None):
        """Sows a seed on what is there; afterwards the hub is again what it was. Within, `begin_again` goes back to the seed."""
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
                with contextlib.suppress(Refused):
                    self.ask("DELETE", f"/snapshots/{name}")

    def begin_again(self):
        """The hub as it was in the beginning, without connections and faults."""
        self.ask("POST", f"/snapshots/{self._beginning}/restore", {"dropConnections": True})
        self.ask("DELETE", "/faults")

    def _string(self, **whose):
        try:
            answer = self.ask("GET", f"/connection-string?{urllib.parse.urlencode(whose)}")
        except Refused as refused:
            raise (KeyError(str(refused)) if refused.status == 404 else refused) from None
        # without the port: SDKs have theirs built in, and are led
        host, rest = answer["connectionString"].split(";", 1)
        return f"{host.rsplit(':', 1)[0] if ':' in host else host};{rest}"

    def _trust(self):
        try:
            ca = self.ask("GET", "/ca.pem")
        except Refused:  # it was given a certificate, which is trusted or not
            return
        self._undo.append(trust(ca))
