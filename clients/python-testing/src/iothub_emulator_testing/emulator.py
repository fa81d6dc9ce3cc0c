"""A running emulator, and the redirection of this process to it."""

import contextlib
import os
import urllib.parse

from .admin import Admin, EmulatorError
from .process import Process, locate
from .redirect import redirect
from .trust import trust

# the token that the admin API requires
TOKEN = "IOTHUB_EMULATOR_ADMIN_TOKEN"


class Emulator:
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
        self._admin = admin
        self._undo = [end]
        self.ask = admin.ask
        self.follow = admin.follow

    def __enter__(self):
        try:
            info = self.ask("GET", "/info")
            address = urllib.parse.urlsplit(self._admin.url).hostname
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

    @property
    def admin_url(self):
        """The URL of the admin API."""
        return self._admin.url

    def connection_string(self, policy="iothubowner"):
        """The connection string of a shared access policy. Raises KeyError if it does not exist."""
        return self._string(policy=policy)

    def identity_string(self, device_id, module_id=None):
        """The connection string of a device or module. Raises KeyError if it does not exist."""
        return self._string(device=device_id, **({} if module_id is None else {"module": module_id}))

    def environment(self):
        """Environment variables for programs that this process starts."""
        names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
        return {
            "IOTHUB_CONNECTION_STRING": self.connection_string(),
            "IOTHUB_EMULATOR_ADMIN_URL": self.admin_url,
            **{name: os.environ[name] for name in names if name in os.environ},
        }

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

    def _string(self, **query):
        try:
            answer = self.ask("GET", f"/connection-string?{urllib.parse.urlencode(query)}")
        except EmulatorError as error:
            raise (KeyError(str(error)) if error.status == 404 else error) from None
        # without the port: SDKs always use theirs, and are redirected
        host, rest = answer["connectionString"].split(";", 1)
        return f"{host.rsplit(':', 1)[0] if ':' in host else host};{rest}"

    def _trust(self):
        try:
            ca = self.ask("GET", "/ca.pem")
        except EmulatorError:  # started with a given certificate, which must be trusted already
            return
        self._undo.append(trust(ca))
