import weakref

from iothub_v1.message import IoTHubMessage

from . import topics
from .callbacks import checked
from .errors import IoTHubClientError
from .identity import Identity
from .line import Line
from .options import log
from .results import IoTHubClientResult, IoTHubClientStatus, IoTHubTransportProvider


class IoTHubConfig:
    """A device by its parts, in place of a connection string; what is not known is an empty text."""

    def __init__(self, protocol, device_id, device_key, device_sas_token, hub_name, hub_suffix, gateway_host_name):
        self.protocol = protocol
        self.deviceId = device_id
        self.deviceKey = device_key
        self.deviceSasToken = device_sas_token
        self.iotHubName = hub_name
        self.iotHubSuffix = hub_suffix
        self.protocolGatewayHostName = gateway_host_name


class IoTHubTransport:
    """The hub that several clients belong to; over MQTT each has a connection of its own."""

    def __init__(self, protocol, hub_name, hub_suffix):
        _check_protocol(protocol)
        self.protocol = protocol
        self.host = f"{hub_name}.{hub_suffix}"


class DeviceMethodReturnValue:
    """The answer to a direct method: JSON text and a status."""

    def __init__(self):
        self.response = ""
        self.status = 0


class GetRetryPolicyReturnValue:
    def __init__(self, retry_policy, retry_timeout_limit_in_seconds):
        self.retryPolicy = retry_policy
        self.retryTimeoutLimitInSeconds = retry_timeout_limit_in_seconds


class IoTHubClient:
    """A device. It connects at the first thing it has to say or hear, and keeps connected until it is deleted.

    Callbacks run on another thread, one at a time.
    """

    def __init__(self, *arguments):
        identity, self.protocol = _resolve(arguments)
        self._line = Line(identity, websockets=self.protocol == IoTHubTransportProvider.MQTT_WS)
        self._line_end = weakref.finalize(self, self._line.close)

    def set_option(self, name, value):
        self._line.options.set(name, value)

    def set_device_twin_callback(self, callback, context):
        """callback(state, payload, context): COMPLETE with the whole twin, then PARTIAL with each desired patch."""
        checked("set_device_twin_callback", callback)
        self._line.post(lambda: self._line.twin.listen(callback, context))

    def send_reported_state(self, reported_state, size, callback, context):
        """callback(status, context): 204 when the hub has taken it."""
        checked("send_reported_state", callback)
        self._line.post(lambda: self._line.twin.report(reported_state[:size], callback, context))

    def send_event_async(self, message, callback, context):
        """callback(message, result, context)"""
        checked("send_event_async", callback)
        if not isinstance(message, IoTHubMessage):
            raise TypeError("send_event_async expected type IoTHubMessage")
        self._line.events.announce()
        self._line.post(lambda: self._line.events.send(message, callback, context))

    def get_send_status(self):
        """BUSY while messages wait for their confirmation."""
        return IoTHubClientStatus.BUSY if len(self._line.events) > 0 else IoTHubClientStatus.IDLE

    def set_message_callback(self, callback, context):
        """callback(message, context) -> IoTHubMessageDispositionResult"""
        checked("set_message_callback", callback)
        self._line.post(lambda: self._line.messages.listen(callback, context))

    def get_last_message_receive_time(self):
        """Seconds since 1970; INDEFINITE_TIME if nothing came yet."""
        received = self._line.messages.last_received
        if received is None:
            raise IoTHubClientError("get_last_message_receive_time", IoTHubClientResult.INDEFINITE_TIME)
        return received

    def set_device_method_callback(self, callback, context):
        """callback(name, payload, context) -> DeviceMethodReturnValue"""
        checked("set_device_method_callback", callback)
        self._line.post(lambda: self._line.methods.listen(callback, context))

    def set_device_method_callback_ex(self, callback, context):
        """callback(name, payload, method_id, context); the answer goes through device_method_response."""
        checked("set_device_method_callback", callback)
        self._line.post(lambda: self._line.methods.listen(callback, context, later=True))

    def device_method_response(self, method_id, response, size, status):
        topic = topics.method_response(status, method_id)
        self._line.post(lambda: self._line.publish(topic, response[:size], 0))

    def set_connection_status_callback(self, callback, context):
        """callback(status, reason, context)"""
        self._line.status_listener = (checked("set_connection_status_callback", callback), context)

    def set_retry_policy(self, policy, timeout_limit_in_seconds):
        """After so many seconds without a connection no more is tried; 0 is never."""
        self._line.retry_policy = (policy, timeout_limit_in_seconds)

    def get_retry_policy(self):
        return GetRetryPolicyReturnValue(*self._line.retry_policy)


def _resolve(arguments):
    """(identity, protocol) of (connection string, protocol) or (transport, config)."""
    if len(arguments) != 2:
        raise TypeError("IoTHubClient takes a connection string and a protocol, or a transport and a configuration")
    first, second = arguments
    try:
        if isinstance(first, IoTHubTransport):
            _check_protocol(second.protocol)
            return _identity_of(first, second), second.protocol
        _check_protocol(second)
        return Identity.from_connection_string(first), second
    except ValueError as error:
        log.error("%s", error)
        raise IoTHubClientError("IoTHubClient", IoTHubClientResult.ERROR) from error


def _identity_of(transport, config):
    return Identity(
        transport.host,
        config.deviceId,
        key=config.deviceKey or None,
        token=config.deviceSasToken or None,
        gateway=config.protocolGatewayHostName or None,
    )


def _check_protocol(protocol):
    if not isinstance(protocol, IoTHubTransportProvider):
        raise TypeError("IoTHubTransportProvider set to unknown protocol")
    if protocol not in (IoTHubTransportProvider.MQTT, IoTHubTransportProvider.MQTT_WS):
        raise ValueError(f"only MQTT and MQTT_WS are spoken here, not {protocol}")
