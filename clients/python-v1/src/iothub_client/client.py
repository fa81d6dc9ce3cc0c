import functools
import weakref

from iothub_v1.message import IoTHubMessage

from .callbacks import checked
from .errors import IoTHubClientError
from .identity import Identity
from .connection import Connection
from .options import log
from .results import IoTHubClientResult, IoTHubClientStatus, IoTHubTransportProvider


class IoTHubConfig:
    """The parts of a device connection string, one by one; unknown parts are empty strings."""

    def __init__(self, protocol, device_id, device_key, device_sas_token, hub_name, hub_suffix, gateway_host_name):
        self.protocol = protocol
        self.deviceId = device_id
        self.deviceKey = device_key
        self.deviceSasToken = device_sas_token
        self.iotHubName = hub_name
        self.iotHubSuffix = hub_suffix
        self.protocolGatewayHostName = gateway_host_name


class IoTHubTransport:
    """A hub for several clients, each with a connection of its own."""

    def __init__(self, protocol, hub_name, hub_suffix):
        _check_protocol(protocol)
        self.protocol = protocol
        self.host = f"{hub_name}.{hub_suffix}"


class DeviceMethodReturnValue:
    """The response to a direct method: JSON text and a status."""

    def __init__(self):
        self.response = ""
        self.status = 0


class GetRetryPolicyReturnValue:
    def __init__(self, retry_policy, retry_timeout_limit_in_seconds):
        self.retryPolicy = retry_policy
        self.retryTimeoutLimitInSeconds = retry_timeout_limit_in_seconds


class IoTHubClient:
    """A device. It connects at the first operation that needs a connection, and stays connected until it is deleted.

    Callbacks run on another thread, one at a time.
    """

    def __init__(self, *arguments):
        identity, self.protocol = _resolve(arguments)
        self._connection = Connection(identity, _transport_of(self.protocol))
        self._connection_end = weakref.finalize(self, self._connection.close)

    def set_option(self, name, value):
        self._connection.options.set(name, value)

    def set_device_twin_callback(self, callback, context):
        """callback(state, payload, context): COMPLETE with the whole twin, then PARTIAL with each desired patch."""
        checked("set_device_twin_callback", callback)
        self._refuse_over_http("set_device_twin_callback")
        self._connection.post(lambda: self._connection.twin.listen(callback, context))

    def send_reported_state(self, reported_state, size, callback, context):
        """callback(status, context): 204 when the hub has accepted it."""
        checked("send_reported_state", callback)
        self._refuse_over_http("send_reported_state")
        self._connection.post(lambda: self._connection.twin.report(reported_state[:size], callback, context))

    def send_event_async(self, message, callback, context):
        """callback(message, result, context)"""
        checked("send_event_async", callback)
        if not isinstance(message, IoTHubMessage):
            raise TypeError("send_event_async expected type IoTHubMessage")
        self._connection.events.announce()
        self._connection.post(lambda: self._connection.events.send(message, callback, context))

    def get_send_status(self):
        """BUSY while messages are not confirmed yet."""
        return IoTHubClientStatus.BUSY if len(self._connection.events) > 0 else IoTHubClientStatus.IDLE

    def set_message_callback(self, callback, context):
        """callback(message, context) -> IoTHubMessageDispositionResult"""
        checked("set_message_callback", callback)
        self._connection.post(lambda: self._connection.messages.listen(callback, context))

    def get_last_message_receive_time(self):
        """Seconds since 1970; INDEFINITE_TIME if there was no message yet."""
        received = self._connection.messages.last_received
        if received is None:
            raise IoTHubClientError("get_last_message_receive_time", IoTHubClientResult.INDEFINITE_TIME)
        return received

    def set_device_method_callback(self, callback, context):
        """callback(name, payload, context) -> DeviceMethodReturnValue"""
        checked("set_device_method_callback", callback)
        self._refuse_over_http("set_device_method_callback")
        self._connection.post(lambda: self._connection.methods.listen(callback, context))

    def set_device_method_callback_ex(self, callback, context):
        """callback(name, payload, method_id, context); respond with device_method_response."""
        checked("set_device_method_callback", callback)
        self._refuse_over_http("set_device_method_callback")
        self._connection.post(lambda: self._connection.methods.listen(callback, context, later=True))

    def device_method_response(self, method_id, response, size, status):
        self._connection.post(lambda: self._connection.respond(method_id, status, response[:size]))

    def set_connection_status_callback(self, callback, context):
        """callback(status, reason, context)"""
        self._connection.status_listener = (checked("set_connection_status_callback", callback), context)

    def set_retry_policy(self, policy, timeout_limit_in_seconds):
        """Stops reconnecting after this many seconds without a connection; 0 means never."""
        self._connection.retry_policy = (policy, timeout_limit_in_seconds)

    def get_retry_policy(self):
        return GetRetryPolicyReturnValue(*self._connection.retry_policy)

    def _refuse_over_http(self, func):
        """Over HTTP there are messages only (azure-iot-sdk-c, iothubtransporthttp.c)."""
        if self.protocol == IoTHubTransportProvider.HTTP:
            raise IoTHubClientError(func, IoTHubClientResult.ERROR)


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


def _transport_of(protocol):
    """The transport's class, with what it needs, imported at the first use."""
    try:
        if protocol == IoTHubTransportProvider.HTTP:
            from .http import HttpTransport

            return HttpTransport
        if protocol in (IoTHubTransportProvider.AMQP, IoTHubTransportProvider.AMQP_WS):
            from .amqp import AmqpTransport

            return functools.partial(AmqpTransport, websockets=protocol == IoTHubTransportProvider.AMQP_WS)
        from .mqtt import MqttTransport

        return functools.partial(MqttTransport, websockets=protocol == IoTHubTransportProvider.MQTT_WS)
    except ImportError as error:
        log.error("%s needs more packages, pip install 'iothub-emulator-python-v1[amqp]': %s", protocol, error)
        raise IoTHubClientError("IoTHubClient", IoTHubClientResult.ERROR) from error
