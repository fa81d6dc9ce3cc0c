"""The emulator's own API."""

import json
import urllib.error
import urllib.parse
import urllib.request


class Refused(Exception):
    """The emulator's own words, and the HTTP status."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Admin:
    """Asks a running emulator."""

    def __init__(self, url, token=None):
        self.url = url.rstrip("/")
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def ask(self, method, path, body=None):
        """Gives the answer, read if it is JSON; an object is sent as JSON, a text as it is. Raises Refused."""
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        try:
            with self._open(method, path, data, 30) as answer:
                text = answer.read().decode()
                is_json = answer.headers.get_content_type() == "application/json"
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, _complaint(error.read())) from None
        return json.loads(text) if is_json else text

    def follow(self, since, timeout):
        """Yields events after the one numbered `since` as they happen. Raises TimeoutError if none comes in time."""
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
    """As a part of a path, or behind a question mark."""
    return urllib.parse.quote(text, safe="")


# an HTTP proxy of the machine has no business here
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _complaint(answer):
    try:
        return json.loads(answer)["error"]
    except (ValueError, KeyError):
        return answer.decode(errors="replace")
