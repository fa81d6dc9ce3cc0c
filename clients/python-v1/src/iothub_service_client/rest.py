import re
import ssl
import threading
import time
import uuid

from iothub_v1.credentials import check_key, parse_connection_string, sas_token
from iothub_v1.https import TIMEOUT, Https

from .errors import IoTHubServiceClientAuthError

API_VERSION = "2021-04-12"
# seconds
TOKEN_LIFETIME = 3600
TOKEN_RENEWAL = 2700

_BLANKS = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')


class ErrorResponse(Exception):
    """An error response of the hub."""

    def __init__(self, status, text):
        super().__init__(f"{status} {text}")
        self.status = status


class IoTHubServiceClientAuth:
    """The checked connection string of a shared access policy."""

    def __init__(self, connection_string):
        try:
            fields = parse_connection_string(connection_string)
            self.host = fields["HostName"]
            self._policy = fields.get("SharedAccessKeyName")
            self._key = fields.get("SharedAccessKey")
            self._given = fields.get("SharedAccessSignature")
            if self._key:
                check_key(self._key)
            elif not self._given:
                raise ValueError("connection string: SharedAccessKey is missing")
        except ValueError as error:
            raise IoTHubServiceClientAuthError(str(error)) from error
        self._token = None
        self._renewal = 0.0

    def token(self):
        if self._given:
            return self._given
        now = time.monotonic()
        if self._token is None or now > self._renewal:
            self._token = sas_token(self.host, self._key, TOKEN_LIFETIME, self._policy)
            self._renewal = now + TOKEN_RENEWAL
        return self._token


class Rest:
    """The hub's service API over one persistent connection. Raises ErrorResponse for a status of 300 and above, or OSError."""

    def __init__(self, auth):
        self._auth = auth
        self._https = Https(auth.host, ssl.create_default_context())
        self._lock = threading.Lock()

    def call(self, method, path, body=None, if_match=None, timeout=TIMEOUT):
        """The text of the response, without blanks between its tokens, because programs search in this text."""
        separator = "&" if "?" in path else "?"
        target = f"{path}{separator}api-version={API_VERSION}"
        with self._lock:
            status, _, content = self._https.exchange(
                method, target, self._headers(if_match), None if body is None else body.encode(), timeout
            )
        text = content.decode()
        if status >= 300:
            raise ErrorResponse(status, text)
        return _BLANKS.sub(lambda match: match.group(1) or "", text)

    def _headers(self, if_match):
        headers = {
            "Authorization": self._auth.token(),
            "Request-Id": str(uuid.uuid4()),
            "User-Agent": "iothubserviceclient-python-v1/0.1.0",
            "Accept": "application/json",
            "Content-Type": "application/json; charset=utf-8",
        }
        return headers if if_match is None else {**headers, "If-Match": if_match}


def auth_of(auth):
    """An IoTHubServiceClientAuth of a connection string, or the one that is given."""
    return auth if isinstance(auth, IoTHubServiceClientAuth) else IoTHubServiceClientAuth(auth)


def rest_of(auth):
    """The API for a connection string or an IoTHubServiceClientAuth."""
    return Rest(auth_of(auth))
