import select
import socket
import threading
import time
from collections import deque

import paho.mqtt.client as paho

from .callbacks import call
from .options import Options, log
from .results import IoTHubClientConnectionStatusReason as Reason
from .results import IoTHubClientRetryPolicy, IoTHubConnectionStatus
from .retry import wait_before
from .handlers import Events, Messages, Methods, Twin

MQTT_PORT = 8883
WEBSOCKET_PORT = 443
WEBSOCKET_PATH = "/$iothub/websocket"

# a token is renewed after this part of its lifetime (azure-iot-sdk-c, iothub_transport_ll_mqtt_common.c)
RENEWAL = 0.8
# seconds
CONNACK_WAIT = 30
TICK = 1
CLOSE_WAIT = 2

# MQTT 3.1.1, table 3.1
BAD_USERNAME_OR_PASSWORD = 4
NOT_AUTHORIZED = 5


class Connection:
    """The connection of one device. It has a thread of its own, on which everything runs except `post` and `close`."""

    def __init__(self, identity, websockets):
        self.options = Options()
        self.twin = Twin()
        self.events = Events(identity.device_id)
        self.messages = Messages(identity.device_id)
        self.methods = Methods()
        self.status_listener = None
        self.retry_policy = (IoTHubClientRetryPolicy.RETRY_EXPONENTIAL_BACKOFF_WITH_JITTER, 0)
        self._handlers = [self.twin, self.events, self.messages, self.methods]
        self._identity = identity
        self._websockets = websockets
        self._work = deque()
        self._woken_socket, self._wake_socket = socket.socketpair()
        self._woken_socket.setblocking(False)
        self._wake_socket.setblocking(False)
        self._closed = False
        self._thread = None
        self._lock = threading.Lock()
        self._mqtt = None
        self._subscribed = set()
        self._subscribing = {}
        self._is_up = False
        self._attempt = 0
        self._down_since = None

    def post(self, work):
        """Runs `work` on the thread; the first call connects."""
        self._work.append(work)
        with self._lock:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="iothub_client", daemon=True)
                self._thread.start()
        self._wake()

    def close(self):
        """Disconnects and ends the thread; discards messages that are still waiting."""
        self._closed = True
        self._wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(CLOSE_WAIT)

    def publish(self, topic, payload, qos):
        """Returns the packet id, or None without a connection."""
        return self._mqtt.publish(topic, payload, qos).mid if self._is_up else None

    def _wake(self):
        try:
            self._wake_socket.send(b"!")
        except OSError:
            pass  # the socket is full, so the thread wakes anyway, or the thread has ended

    def _run(self):
        while not self._closed:
            self._do_work()
            if not self._connect():
                self._pause()
                continue
            self._run_connected()
            if not self._closed:
                self._pause()
        self._do_work()
        self.events.destroy()
        self._wake_socket.close()
        self._woken_socket.close()

    def _connect(self):
        self._mqtt = mqtt = _client(self._identity.device_id, self._websockets)
        mqtt.on_connect = self._connected
        mqtt.on_message = lambda _client, _data, packet: self._take(packet)
        mqtt.on_publish = lambda _client, _data, mid: self.events.confirmed(mid)
        mqtt.on_subscribe = lambda _client, _data, mid, _granted: self._acknowledged(mid)
        mqtt.username_pw_set(self._identity.username, self._identity.password(self.options.sas_token_lifetime))
        try:
            mqtt.tls_set_context(self.options.tls())
            port = WEBSOCKET_PORT if self._websockets else MQTT_PORT
            mqtt.connect(self._identity.address, port, self.options.keepalive)
            return True
        except (OSError, ValueError, paho.WebsocketConnectionError) as error:
            log.warning("cannot connect to %s: %s", self._identity.address, error)
            self._tell(IoTHubConnectionStatus.UNAUTHENTICATED, Reason.NO_NETWORK)
            return False

    def _run_connected(self):
        started = time.monotonic()
        renewal = started + self.options.sas_token_lifetime * RENEWAL
        mqtt = self._mqtt
        while mqtt.socket() is not None:
            now = time.monotonic()
            renews = self._identity.renews and now > renewal
            if self._closed or renews or (not self._is_up and now > started + CONNACK_WAIT):
                mqtt.disconnect()
                if renews:
                    self._attempt = -1  # not a failure: reconnect at once
                break
            self._exchange(mqtt)
            self._do_work()
            self.events.expire(self.options.message_timeout)
        was_up, self._is_up = self._is_up, False
        self._subscribed.clear()
        self._subscribing.clear()
        for handler in self._handlers:
            handler.lost()
        if was_up and not self._closed and self._attempt >= 0:
            self._tell(IoTHubConnectionStatus.UNAUTHENTICATED, Reason.COMMUNICATION_ERROR)

    def _exchange(self, mqtt):
        """Reads and writes what is possible, or waits for it for up to TICK seconds."""
        wire = mqtt.socket()
        # TLS may have buffered bytes that select does not see
        timeout = 0 if wire.pending() > 0 else TICK
        writing = [wire] if mqtt.want_write() else []
        readable, writable, _ = select.select([wire, self._woken_socket], writing, [], timeout)
        if self._woken_socket in readable:
            self._woken_socket.recv(4096)
        # always read: a WebSocket frame may contain more packets than were read
        if mqtt.loop_read() != paho.MQTT_ERR_SUCCESS:
            return
        if writable and mqtt.loop_write() != paho.MQTT_ERR_SUCCESS:
            return
        mqtt.loop_misc()

    def _connected(self, _client, _data, _flags, code):
        if code != 0:
            log.error("the hub rejected %s: %s", self._identity.device_id, paho.connack_string(code))
            reasons = {BAD_USERNAME_OR_PASSWORD: Reason.BAD_CREDENTIAL, NOT_AUTHORIZED: Reason.DEVICE_DISABLED}
            self._tell(IoTHubConnectionStatus.UNAUTHENTICATED, reasons.get(code, Reason.COMMUNICATION_ERROR))
            return
        self._is_up = True
        self._attempt = 0
        self._down_since = None
        self._tell(IoTHubConnectionStatus.AUTHENTICATED, Reason.CONNECTION_OK)
        self._advance()

    def _advance(self):
        """Subscribes to missing filters, then calls each handler whose filters are subscribed."""
        if not self._is_up:
            return
        wanted = {name: qos for handler in self._handlers for name, qos in handler.filters.items()}
        asked = self._subscribed.union(*self._subscribing.values())
        missing = [(name, qos) for name, qos in wanted.items() if name not in asked]
        if missing:
            _, mid = self._mqtt.subscribe(missing)
            self._subscribing[mid] = {name for name, _ in missing}
        for handler in self._handlers:
            if self._subscribed.issuperset(handler.filters):
                handler.ready(self.publish)

    def _acknowledged(self, mid):
        self._subscribed |= self._subscribing.pop(mid, set())
        self._advance()

    def _take(self, packet):
        for handler in self._handlers:
            if handler.take(packet.topic, packet.payload, self.publish):
                return

    def _do_work(self):
        if self._work:
            while self._work:
                call(self._work.popleft())
            self._advance()

    def _pause(self):
        """Waits according to the retry policy; ends the connection if the policy gives up."""
        policy, limit = self.retry_policy
        now = time.monotonic()
        self._down_since = self._down_since or now
        wait = 0 if self._attempt < 0 else wait_before(policy, self._attempt)
        self._attempt += 1
        if wait is None or (limit > 0 and now + wait > self._down_since + limit):
            self._tell(IoTHubConnectionStatus.UNAUTHENTICATED, Reason.RETRY_EXPIRED)
            self._closed = True
            return
        while not self._closed and time.monotonic() < now + wait:
            select.select([self._woken_socket], [], [], max(0, now + wait - time.monotonic()))
            try:
                self._woken_socket.recv(4096)
            except BlockingIOError:
                pass
            self._do_work()
            self.events.expire(self.options.message_timeout)

    def _tell(self, status, reason):
        if self.status_listener is not None:
            callback, context = self.status_listener
            call(callback, status, reason, context)


def _client(device_id, websockets):
    transport = "websockets" if websockets else "tcp"
    version = getattr(paho, "CallbackAPIVersion", None)
    named = {} if version is None else {"callback_api_version": version.VERSION1}
    mqtt = paho.Client(client_id=device_id, clean_session=False, transport=transport, **named)
    if websockets:
        mqtt.ws_set_options(path=WEBSOCKET_PATH)
    return mqtt
