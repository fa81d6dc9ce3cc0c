from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, RejectConnection, Request
from wsproto.utilities import ProtocolError

from .wire import CHUNK, Wire

# https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-protocols
PORT = 443
PATH = "/$iothub/websocket"
# AMQP WebSocket Binding 1.0, section 2.1
SUBPROTOCOL = "AMQPWSB10"


class WebSocketWire(Wire):
    """AMQP's bytes in the messages of a WebSocket."""

    def __init__(self, address, host, tls):
        super().__init__(address, PORT, tls)
        self._protocol = WSConnection(ConnectionType.CLIENT)
        try:
            self._upgrade(host)
        except BaseException:
            self.close()
            raise

    def read(self):
        data = super().read()
        read = bytearray()
        for event in self._events(data):
            if isinstance(event, BytesMessage):
                read += event.data
            elif isinstance(event, Ping):
                super().write(self._protocol.send(event.response()))
            elif isinstance(event, CloseConnection):
                raise ConnectionResetError(f"the hub has closed the WebSocket: {event.code} {event.reason or ''}")
        return bytes(read)

    def write(self, data=b""):
        super().write(self._protocol.send(BytesMessage(data)) if data else b"")

    def _upgrade(self, host):
        self.socket.sendall(self._protocol.send(Request(host=host, target=PATH, subprotocols=[SUBPROTOCOL])))
        while True:
            data = self.socket.recv(CHUNK)
            for event in self._events(data or None):
                if isinstance(event, AcceptConnection):
                    return
                if isinstance(event, RejectConnection):
                    raise ConnectionError(f"the hub refused the WebSocket with status {event.status_code}")
            if data == b"":
                raise ConnectionResetError("the hub has closed the connection")

    def _events(self, data):
        if data == b"":
            return []
        try:
            self._protocol.receive_data(data)
            return list(self._protocol.events())
        except ProtocolError as error:
            raise ConnectionError(f"the WebSocket does not work: {error}") from error
