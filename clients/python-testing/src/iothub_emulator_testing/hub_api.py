"""The admin API of one hub."""

import os
import urllib.parse

from .admin import EmulatorError


class HubApi:
    """What tests ask of a hub: the one that the emulator has started with, or a fork of it."""

    def __init__(self, admin, name=None):
        self._admin = admin
        self.name = name
        self.ask = admin.ask
        self.follow = admin.follow

    @property
    def admin_url(self):
        """The URL of the hub's admin API."""
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

    def _string(self, **query):
        try:
            answer = self.ask("GET", f"/connection-string?{urllib.parse.urlencode(query)}")
        except EmulatorError as error:
            raise (KeyError(str(error)) if error.status == 404 else error) from None
        # without the port: SDKs always use theirs, and are redirected
        host, rest = answer["connectionString"].split(";", 1)
        return f"{host.rsplit(':', 1)[0] if ':' in host else host};{rest}"
