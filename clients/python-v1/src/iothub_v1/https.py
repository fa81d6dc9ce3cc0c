import http.client

HTTPS_PORT = 443
# seconds
TIMEOUT = 240


class Https:
    """Requests over one persistent connection. Raises OSError."""

    def __init__(self, host, tls):
        name, _, port = host.partition(":")
        self._connection = http.client.HTTPSConnection(name, int(port or HTTPS_PORT), timeout=TIMEOUT, context=tls)

    def exchange(self, method, target, headers, body=None, timeout=TIMEOUT):
        """(status, headers, body) of the response."""
        is_kept = self._connection.sock is not None
        request = (method, target, body, headers)
        try:
            return self._try(request, timeout)
        except (http.client.HTTPException, ConnectionError) as error:
            self._connection.close()
            if is_kept:  # the hub may have closed it in the meantime
                return self._try(request, timeout)
            raise ConnectionError(str(error)) from error
        except OSError:
            self._connection.close()
            raise

    def close(self):
        self._connection.close()

    def _try(self, request, timeout):
        self._connection.timeout = timeout
        if self._connection.sock is not None:
            self._connection.sock.settimeout(timeout)
        self._connection.request(*request)
        response = self._connection.getresponse()
        return response.status, response.headers, response.read()
