import http.client
import re
import ssl
import threading
import time
import uuid

from iothub_v1.credentials import check_key, parse_connection_string, sas_token

from .errors import IoTHubServiceClientAuthError

API_VERSION = "2021-04-12"
HTTPS_PORT = 443
# seconds
TOKEN_LIFETIME = 3600
TOKEN_RENEWAL = 2700
TIMEOUT = 240

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
        host, _, port = auth.host.partition(":")
        self._connection = http.client.HTTPSConnection(
            host, int(port or HTTPS_PORT), timeout=TIMEOUT, context=ssl.create_default_context()
        )
        self._lock = threading.Lock()

    def call(self, method, path, body=None, if_match=None, timeout=TIMEOUT):
        """The text of the response, without blanks between its tokens, because programs search in this text."""
        separator = "&" if "?" in path else "?"
        target = f"{path}{separator}api-version={API_VERSION}"
        with self._lock:
            status, text = self._exchange(method, target, (body, if_match, timeout))
        if status >= 300:
            raise ErrorResponse(status, text)
        return _BLANKS.sub(lambda match: match.group(1) or "", text)

    def _exchange(self, method, target, request):
        is_kept = self._connection.sock is not None
        try:
            return self._try(method, target, request)
        except (http.client.HTTPException, ConnectionError) as error:
            self._connection.close()
            if is_kept:  # the hub may have closed it in the meantime
                return self._try(method, target, request)
            raise ConnectionError(str(error)) from error
        except OSError:
            self._connection.close()
            raise

    def _try(self, method, target, request):
        body, if_match, timeout = request
        headers = {
            "Authorization": self._auth.token(),
            "Request-Id": str(uuid.uuid4()),
            "User-Agent": "iothubserviceclient-python-v1/0.1.0",
            "Accept": "application/json",
            "Content-Type": "application/json; charset=utf-8",
        }
        if if_match is not None:
            headers["If-Match"] = if_match
        self._connection.timeout = timeout
        if self._connection.sock is not None:
            self._connection.sock.settimeout(timeout)
        self._connection.request(method, target, body=None if body is None else body.encode(), headers=headers)
        response = self._connection.getresponse()
        return response.status, response.read().decode()


def rest_of(auth):
    """The API for a connection string or an IoTHubServiceClientAuth."""
    return Rest(auth if isinstance(auth, IoTHubServiceClientAuth) else IoTHubServiceClientAuth(auth))
