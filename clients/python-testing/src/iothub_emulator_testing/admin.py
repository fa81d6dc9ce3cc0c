"""The admin API of the emulator."""

import json
import urllib.error
import urllib.parse
import urllib.request


class EmulatorError(Exception):
    """An error response of the admin API: its text and the HTTP status."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Admin:
    """Sends requests to the admin API of a running emulator."""

    def __init__(self, url, token=None):
        self.url = url.rstrip("/")
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}".encode().decode("latin-1")}

    def below(self, path):
        """The same for the operations below a path."""
        found = Admin(self.url + path)
        found._headers = self._headers
        return found

    def ask(self, method, path, body=None):
        """Returns the response, parsed if it is JSON. An object is sent as JSON, a string unchanged. Raises EmulatorError."""
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        try:
            with self._open(method, path, data, 30) as answer:
                text = answer.read().decode()
                is_json = answer.headers.get_content_type() == "application/json"
        except urllib.error.HTTPError as error:
            with error:
                raise EmulatorError(error.code, _complaint(error.read())) from None
        return json.loads(text) if is_json else text

    def follow(self, since, timeout):
        """Yields events after number `since` as they happen. Raises TimeoutError if there is none in time."""
        with self._open("GET", f"/events?since={since}", None, timeout) as stream:
            for line in stream:
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])

    def _open(self, method, path, data, timeout):
        request = urllib.request.Request(
            self.url + path, method=method, headers=self._headers, data=None if data is None else data.encode()
        )
        return _direct.open(request, timeout=timeout)


def quoted(text):
    """Encodes a text for a path or a query string."""
    return urllib.parse.quote(text, safe="")


# without the HTTP proxy of the machine
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _complaint(answer):
    try:
        return json.loads(answer)["error"]
    except (ValueError, KeyError):
        return answer.decode(errors="replace")
