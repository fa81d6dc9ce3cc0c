import socket
import ssl

# seconds
CONNECT_WAIT = 30
CHUNK = 65536


class Wire:
    """A TLS connection that does not wait: reading returns what has arrived, writing keeps what does not fit yet."""

    def __init__(self, address, port, tls):
        plain = socket.create_connection((address, port), CONNECT_WAIT)
        try:
            self.socket = tls.wrap_socket(plain, server_hostname=address)
        except BaseException:
            plain.close()
            raise
        self._unwritten = bytearray()

    def start(self):
        """From here on nothing waits."""
        self.socket.setblocking(False)

    @property
    def is_writing(self):
        return len(self._unwritten) > 0

    @property
    def has_read_ahead(self):
        """TLS may have buffered bytes that select does not see."""
        return self.socket.pending() > 0

    def read(self):
        """Raises ConnectionError at the end of the connection."""
        try:
            data = self.socket.recv(CHUNK)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return b""
        if data == b"":
            raise ConnectionResetError("the hub has closed the connection")
        return data

    def write(self, data=b""):
        self._unwritten += data
        while self._unwritten:
            try:
                written = self.socket.send(self._unwritten)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            del self._unwritten[:written]

    def close(self):
        self.socket.close()
