import time
import uuid

from iothub_v1 import amqp
from iothub_v1.amqp_message import amqp_message, data_message, text_of
from iothub_v1.results import IoTHubMessageDispositionResult as Disposition
from proton import Delivery, int32

from .handlers import DESIRED, EVENTS, MESSAGES, METHODS, TWIN
from .incoming import incoming_message
from .options import log
from .results import IoTHubClientConfirmationResult, IoTHubClientConnectionStatusReason
from .transport import RENEWAL, Lost, Transport, rejected

# seconds
TOKEN_WAIT = 30

API_VERSION = "2021-04-12"
REPORTED = "/properties/reported"
DESIRED_NOTIFICATIONS = "/notifications/twin/properties/desired"

OUTCOMES = {
    Disposition.ACCEPTED: Delivery.ACCEPTED,
    Disposition.REJECTED: Delivery.REJECTED,
    # the service abandons what is released: https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support
    Disposition.ABANDONED: Delivery.RELEASED,
}


class AmqpTransport(Transport):
    """AMQP 1.0. A device with a key renews its token on the connection; one with a certificate has none."""

    def __init__(self, device, identity, options, websockets=False):
        super().__init__(device)
        self._identity = identity
        self._options = options
        self._websockets = websockets
        self._path = f"/devices/{identity.device_id}"
        self._connection = None
        self._claims = None
        self._token = None
        self._token_time = 0.0
        self._is_admitted = False
        self._links = {}
        self._desired_rid = None
        self._openers = {
            EVENTS: self._open_events,
            MESSAGES: self._open_messages,
            METHODS: self._open_methods,
            TWIN: self._open_twin,
        }

    def open(self):
        identity = self._identity
        wire = amqp.open_wire(identity.address, identity.host, self._options.tls(), self._websockets)
        self._connection = amqp.AmqpConnection(wire, identity.host)
        self._token_time = time.monotonic()
        self._token = identity.password(self._options.sas_token_lifetime)
        if self._token is not None:
            self._claims = amqp.Claims(self._connection, f"{identity.host}{self._path}")

    def exchange(self):
        try:
            self._authorize()
            self._connection.exchange(self._device.wait)
            self._advance()
        except amqp.AmqpError as error:
            if error.condition == amqp.UNAUTHORIZED:
                raise rejected(str(error)) from error
            raise

    def close(self):
        if self._connection is not None:
            self._connection.close()

    def get_twin(self, rid):
        self._ask_twin("GET", rid)

    def report(self, rid, state):
        self._ask_twin("PATCH", rid, REPORTED, state)

    def respond(self, rid, status, response):
        answer = data_message(response.encode(), correlation_id=rid, properties={"IoThub-status": int32(status)})
        self._links[METHODS][0].send(answer)

    def send(self, message):
        """Returns a key for Events.settled."""
        key, sent, [sender] = uuid.uuid4(), amqp_message(message), self._links[EVENTS]
        if sender.fits(sent):
            sender.send(sent, lambda delivery: self._settled(key, delivery))
        else:
            log.error("a message is too large to be sent")
            self._device.post(lambda: self._device.events.settled(key, IoTHubClientConfirmationResult.ERROR))
        return key

    def _authorize(self):
        age = time.monotonic() - self._token_time
        if self._claims is None:
            self._admit()
            return
        if not self._is_admitted and age > TOKEN_WAIT:
            raise Lost(IoTHubClientConnectionStatusReason.COMMUNICATION_ERROR, "the hub did not answer the token")
        if self._identity.renews and age > self._options.sas_token_lifetime * RENEWAL:
            self._token_time = time.monotonic()
            self._token = self._identity.password(self._options.sas_token_lifetime)
        self._claims.put(self._token)
        if self._claims.is_accepted:
            self._admit()

    def _admit(self):
        if not self._is_admitted:
            self._is_admitted = True
            self._device.admitted()
            self._device.connected()

    def _advance(self):
        """Grants what all links are ready for."""
        ready = {need for need, links in self._links.items() if all(link.is_ready for link in links)}
        if DESIRED in self._asked and TWIN in ready and self._desired_rid is None:
            self._desired_rid = str(uuid.uuid4())
            self._ask_twin("PUT", self._desired_rid, DESIRED_NOTIFICATIONS)
        if not ready <= self.granted:
            self._grant(ready)

    def _subscribe(self, needs):
        for need in needs - {DESIRED}:
            self._links[need] = self._openers[need]()

    def _open_events(self):
        return [self._connection.sender(f"{self._path}/messages/events")]

    def _open_messages(self):
        return [self._connection.receiver(f"{self._path}/messages/devicebound", self._take_message)]

    def _open_methods(self):
        return self._pair(f"{self._path}/methods/devicebound", "methods", self._take_method)

    def _open_twin(self):
        return self._pair(f"{self._path}/twin", "twin", self._take_twin)

    def _pair(self, address, kind, take):
        """Both links have the same channel. https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support"""
        channel = f"{kind}:{uuid.uuid4()}"
        properties = {
            "com.microsoft:channel-correlation-id": channel,
            "com.microsoft:api-version": API_VERSION,
        }
        connection = self._connection
        return [connection.sender(address, properties), connection.receiver(address, take, properties)]

    def _ask_twin(self, operation, rid, resource=None, body=" "):
        annotations = {"operation": operation} if resource is None else {"operation": operation, "resource": resource}
        request = data_message(body.encode(), id=rid, correlation_id=rid, annotations=annotations)
        self._links[TWIN][0].send(request)

    def _settled(self, key, delivery):
        accepted = delivery.remote_state == Delivery.ACCEPTED
        result = IoTHubClientConfirmationResult.OK if accepted else IoTHubClientConfirmationResult.ERROR
        self._device.events.settled(key, result)

    def _take_message(self, message):
        return OUTCOMES[self._device.messages.received(iothub_message(message))]

    def _take_method(self, message):
        self._device.methods.called(
            message.properties["IoThub-methodname"], message.correlation_id, bytes(message.body or b""), self
        )
        return Delivery.ACCEPTED

    def _take_twin(self, message):
        rid = text_of(message.correlation_id)
        if rid is None:
            self._device.twin.changed(bytes(message.body))
        elif rid == self._desired_rid:
            self._grant({DESIRED})
        else:
            self._device.twin.responded(rid, int(message.annotations["status"]), bytes(message.body or b""))
        return Delivery.ACCEPTED


def iothub_message(received):
    system = {
        "message_id": text_of(received.id),
        "correlation_id": text_of(received.correlation_id),
        "content_type": received.content_type or None,
        "content_encoding": received.content_encoding or None,
    }
    properties = {name: str(value) for name, value in (received.properties or {}).items() if name != "iothub-ack"}
    return incoming_message(received.body or b"", system, properties)
