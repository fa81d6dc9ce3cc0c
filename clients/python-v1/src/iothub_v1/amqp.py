"""AMQP 1.0, with the protocol engine of Apache Qpid Proton; installed with the extra [amqp]."""

import itertools
import time
import uuid

from proton import (
    Collector,
    Connection,
    Delivery,
    Event,
    Message,
    PropertyDict,
    ProtonException,
    Transport,
    symbol,
)

from .websocket import WebSocketWire
from .wire import Wire

PORT = 5671
# messages that the hub may send before the first of them is settled
CREDIT = 50
IDLE_SECONDS = 240

# AMQP 1.0, section 2.8.15
UNAUTHORIZED = "amqp:unauthorized-access"

CBS = "$cbs"
OK = 200


class AmqpError(ConnectionError):
    """The hub has ended the connection or refused a link."""

    def __init__(self, condition, description):
        super().__init__(f"{condition}: {description}")
        self.condition = condition


def open_wire(address, host, tls, websockets):
    return WebSocketWire(address, host, tls) if websockets else Wire(address, PORT, tls)


class AmqpConnection:
    """A connection with one session. It ends with an AmqpError, or another ConnectionError."""

    def __init__(self, wire, host):
        self._wire = wire
        self._links = {}
        self._tags = itertools.count(1)
        self._names = itertools.count(1)
        self._collector = Collector()
        self._connection = Connection()
        self._connection.container = str(uuid.uuid4())
        self._connection.hostname = host
        self._connection.collect(self._collector)
        self._transport = Transport()
        self._transport.idle_timeout = IDLE_SECONDS
        self._transport.bind(self._connection)
        self._connection.open()
        self._session = self._connection.session()
        self._session.open()
        wire.start()

    def sender(self, address, properties=None):
        link = self._session.sender(f"sender-{next(self._names)}-{uuid.uuid4()}")
        link.target.address = address
        return self._attach(Sender(link, self._tags), link, properties)

    def receiver(self, address, take, properties=None):
        """take(message) is called for each message. It returns Delivery.ACCEPTED, REJECTED or RELEASED."""
        link = self._session.receiver(f"receiver-{next(self._names)}-{uuid.uuid4()}")
        link.source.address = address
        receiver = self._attach(Receiver(take), link, properties)
        link.flow(CREDIT)
        return receiver

    def exchange(self, wait):
        """Writes what is ready and reads what has arrived; `wait(seconds, socket, is_writing)` waits for more."""
        try:
            self._exchange(wait)
        except ProtonException as error:
            raise ConnectionError(str(error)) from error

    def _exchange(self, wait):
        self._write()
        idle = 0 if self._wire.has_read_ahead else 1
        wait(idle, self._wire.socket, self._wire.is_writing)
        self._read()
        self._transport.tick(time.time())
        self._dispatch()
        self._write()

    def close(self):
        """Closes the connection, and tells the hub if that is still possible."""
        self._connection.close()
        try:
            self._write()
        except OSError:
            pass
        self._wire.close()

    def _attach(self, end, link, properties):
        if properties:
            link.properties = PropertyDict({symbol(name): value for name, value in properties.items()})
        self._links[link.name] = end
        link.open()
        return end

    def _write(self):
        while self._transport.pending() > 0:
            data = self._transport.peek(self._transport.pending())
            self._wire.write(data)
            self._transport.pop(len(data))
        self._wire.write()

    def _read(self):
        data = self._wire.read()
        while data:
            part = data[: self._transport.capacity()]
            self._transport.push(part)
            data = data[len(part) :]
            self._dispatch()

    def _dispatch(self):
        while (event := self._collector.peek()) is not None:
            self._take(event)
            self._collector.pop()

    def _take(self, event):
        if event.type in (Event.LINK_REMOTE_OPEN, Event.LINK_FLOW):
            self._links[event.link.name].opened(event.link)
        elif event.type == Event.DELIVERY:
            self._links[event.link.name].delivered(event.link, event.delivery)
        elif event.type in (Event.LINK_REMOTE_CLOSE, Event.LINK_REMOTE_DETACH):
            raise _error(event.link.remote_condition)
        elif event.type == Event.SESSION_REMOTE_CLOSE:
            raise _error(event.session.remote_condition)
        elif event.type == Event.CONNECTION_REMOTE_CLOSE:
            raise _error(event.connection.remote_condition)
        elif event.type == Event.TRANSPORT_ERROR:
            raise _error(event.transport.condition)


def _error(condition):
    if condition is None:
        return AmqpError("amqp:connection:forced", "the hub has ended the connection")
    return AmqpError(condition.name, condition.description or "no description")


class Sender:
    """Messages to the hub. `is_ready` once the hub accepts some."""

    def __init__(self, link, tags):
        self.is_ready = False
        self._link = link
        self._tags = tags
        self._settling = {}

    def fits(self, message):
        """False if the hub would end the link because of the message's size."""
        limit = self._link.remote_max_message_size
        return not limit or len(message.encode()) <= limit

    def send(self, message, settled=None):
        """settled(delivery) is called when the hub has accepted or refused the message; `remote_state` says which."""
        delivery = message.send(self._link, str(next(self._tags)))
        self._settling[delivery.tag] = settled

    def opened(self, link):
        self.is_ready = self.is_ready or link.credit > 0

    def delivered(self, _link, delivery):
        if delivery.updated and delivery.remote_state != 0:
            settled = self._settling.pop(delivery.tag, None)
            if settled is not None:
                settled(delivery)
            delivery.settle()


class Receiver:
    """Messages from the hub. `is_ready` once the hub has opened the link."""

    def __init__(self, take):
        self.is_ready = False
        self._take = take

    def opened(self, _link):
        self.is_ready = True

    def delivered(self, link, delivery):
        if not delivery.readable or delivery.partial:
            return
        message = Message()
        message.recv(link)
        delivery.update(self._take(message))
        delivery.settle()
        link.flow(1)


class Claims:
    """Where a token is sent, before other links are opened and again before it expires.

    OASIS AMQP Claims-based Security 1.0, working draft 5, section 3
    """

    def __init__(self, connection, audience):
        self.is_accepted = False
        self._audience = audience
        self._sender = connection.sender(CBS)
        self._receiver = connection.receiver(CBS, self._answered)
        self._sent = None

    def put(self, token):
        """Sends the token as soon as that is possible, and once."""
        if token == self._sent or not (self._sender.is_ready and self._receiver.is_ready):
            return
        self._sent = token
        names = {"operation": "put-token", "type": "servicebus.windows.net:sastoken", "name": self._audience}
        self._sender.send(Message(id=str(uuid.uuid4()), address=CBS, reply_to="cbs", properties=names, body=token))

    def _answered(self, message):
        status = message.properties["status-code"]
        if status != OK:
            raise AmqpError(UNAUTHORIZED, f"{status} {message.properties.get('status-description')}")
        self.is_accepted = True
        return Delivery.ACCEPTED
