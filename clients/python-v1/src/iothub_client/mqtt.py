import time

import paho.mqtt.client as paho

from . import topics
from .handlers import DESIRED, EVENTS, MESSAGES, METHODS, TWIN
from .results import IoTHubClientConnectionStatusReason as Reason
from .transport import RENEWAL, Lost, Transport

PORT = 8883
WEBSOCKET_PORT = 443
WEBSOCKET_PATH = "/$iothub/websocket"

# seconds
CONNACK_WAIT = 30

# MQTT 3.1.1, table 3.1
REASONS = {4: Reason.BAD_CREDENTIAL, 5: Reason.DEVICE_DISABLED}


class MqttTransport(Transport):
    """MQTT 3.1.1. The hub learns that a message arrived, not what became of it."""

    def __init__(self, device, identity, options, websockets=False):
        super().__init__(device)
        self._device_id = identity.device_id
        self._address = identity.address
        self._options = options
        self._port = WEBSOCKET_PORT if websockets else PORT
        self._renews = identity.renews
        self._is_admitted = False
        self._refusal = None
        self._started = None
        self._subscribing = {}
        self._filters = {
            TWIN: (topics.TWIN_RESPONSES, 0),
            DESIRED: (topics.DESIRED, 0),
            METHODS: (topics.METHODS, 0),
            MESSAGES: (topics.devicebound(self._device_id), 1),
        }
        self._mqtt = mqtt = _client(self._device_id, websockets)
        mqtt.on_connect = self._connected
        mqtt.on_message = lambda _client, _data, packet: self._take(packet.topic, packet.payload)
        mqtt.on_publish = lambda _client, _data, mid: device.events.settled(mid)
        mqtt.on_subscribe = lambda _client, _data, mid, _granted: self._grant(self._subscribing.pop(mid, set()))
        mqtt.username_pw_set(identity.username, identity.password(options.sas_token_lifetime))

    def open(self):
        self._started = time.monotonic()
        try:
            self._mqtt.tls_set_context(self._options.tls())
            self._mqtt.connect(self._address, self._port, self._options.keepalive)
        except paho.WebsocketConnectionError as error:
            raise ConnectionError(str(error)) from error

    def exchange(self):
        mqtt = self._mqtt
        age = time.monotonic() - self._started
        if self._renews and age > self._options.sas_token_lifetime * RENEWAL:
            raise Lost(None)
        if not self._is_admitted and age > CONNACK_WAIT:
            raise Lost(Reason.COMMUNICATION_ERROR, "the hub did not answer")
        wire = mqtt.socket()
        # TLS may have buffered bytes that select does not see
        timeout = 0 if wire.pending() > 0 else 1
        _, is_writable = self._device.wait(timeout, wire, mqtt.want_write())
        # always read: a WebSocket frame may contain more packets than were read
        mqtt.loop_read()
        if is_writable and mqtt.socket() is not None:
            mqtt.loop_write()
        mqtt.loop_misc()
        if self._refusal is not None:
            raise self._refusal
        if mqtt.socket() is None:
            raise Lost(Reason.COMMUNICATION_ERROR, "the connection is lost")

    def close(self):
        self._mqtt.disconnect()

    def get_twin(self, rid):
        self._publish(topics.twin_get(rid), "", 0)

    def report(self, rid, state):
        self._publish(topics.twin_report(rid), state, 0)

    def respond(self, rid, status, response):
        self._publish(topics.method_response(status, rid), response, 0)

    def send(self, message):
        """Returns the packet id."""
        return self._publish(topics.events(self._device_id, message), bytes(message.get_bytearray()), 1)

    def _publish(self, topic, payload, qos):
        return self._mqtt.publish(topic, payload, qos).mid

    def _subscribe(self, needs):
        filters = [self._filters[need] for need in needs if need in self._filters]
        if filters:
            _, mid = self._mqtt.subscribe(filters)
            self._subscribing[mid] = needs
        self.granted |= needs & {EVENTS}

    def _connected(self, _client, _data, _flags, code):
        if code != 0:
            self._refusal = Lost(REASONS.get(code, Reason.COMMUNICATION_ERROR), paho.connack_string(code))
            return
        self._is_admitted = True
        self._device.admitted()
        self._device.connected()

    def _take(self, topic, payload):
        device = self._device
        if topics.is_desired(topic):
            device.twin.changed(payload)
        elif (response := topics.parse_response(topic)) is not None:
            status, rid = response
            device.twin.responded(rid, status, payload)
        elif (method := topics.parse_method(topic)) is not None:
            name, rid = method
            device.methods.called(name, rid, payload, self)
        elif (message := topics.parse_message(topic, payload, self._device_id)) is not None:
            device.messages.received(message)


def _client(device_id, websockets):
    transport = "websockets" if websockets else "tcp"
    version = getattr(paho, "CallbackAPIVersion", None)
    named = {} if version is None else {"callback_api_version": version.VERSION1}
    mqtt = paho.Client(client_id=device_id, clean_session=False, transport=transport, **named)
    if websockets:
        mqtt.ws_set_options(path=WEBSOCKET_PATH)
    return mqtt
