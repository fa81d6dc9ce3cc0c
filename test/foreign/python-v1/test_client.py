import contextlib
import gc
import os
import socket
import ssl

import pytest
from azure.iot.hub.models import CloudToDeviceMethod, Twin, TwinProperties
from iothub_client import (
    DeviceMethodReturnValue,
    IoTHubClient,
    IoTHubClientConfirmationResult,
    IoTHubClientConnectionStatusReason,
    IoTHubClientError,
    IoTHubClientRetryPolicy,
    IoTHubClientStatus,
    IoTHubConnectionStatus,
    IoTHubMessage,
    IoTHubTransportProvider,
    IoTHubTwinUpdateState,
)

TRANSPORTS = [IoTHubTransportProvider.MQTT, IoTHubTransportProvider.MQTT_WS]


def desired(values):
    return Twin(properties=TwinProperties(desired=values))


def cut_connections():
    """Cuts the connection below the sockets of the client, as a network does: no side is notified."""
    open_ones = [each for each in gc.get_objects() if isinstance(each, ssl.SSLSocket) and each.fileno() >= 0]
    for each in open_ones:
        with socket.socket(fileno=os.dup(each.fileno())) as copy, contextlib.suppress(OSError):  # or it is over already
            copy.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("transport", TRANSPORTS, ids=str)
def test_telemetry_is_confirmed_and_the_client_is_busy_until_then(device, heard, transport):
    client = IoTHubClient(device[1], transport)
    confirmed = heard()
    message = IoTHubMessage("warm")
    message.message_id = "m1"
    message.properties().add("kind", "a b/c&d=e")
    client.send_event_async(message, confirmed, "context")
    assert client.get_send_status() == IoTHubClientStatus.BUSY
    assert confirmed.next() == (message, IoTHubClientConfirmationResult.OK, "context")
    assert client.get_send_status() == IoTHubClientStatus.IDLE


def test_a_method_is_answered(device, other, heard):
    device_id, device_string = device
    client = IoTHubClient(device_string, IoTHubTransportProvider.MQTT)
    calls, statuses = heard(), heard()

    def answer(name, payload, context):
        calls(name, payload, context)
        value = DeviceMethodReturnValue()
        value.response, value.status = '{"done":true}', 207
        return value

    client.set_device_method_callback(answer, "context")
    client.send_reported_state("{}", 2, statuses, None)  # what comes after the subscription has seen it done
    assert statuses.next() == (204, None)
    method = CloudToDeviceMethod(method_name="reboot", payload={"delay": 3}, response_timeout_in_seconds=10)
    result = other.invoke_device_method(device_id, method)
    assert (result.status, result.payload) == (207, {"done": True})
    assert calls.next() == ("reboot", '{"delay": 3}', "context")


@pytest.mark.parametrize("transport", TRANSPORTS, ids=str)
def test_a_client_whose_connection_is_cut_reconnects_and_receives(device, other, heard, transport):
    device_id, device_string = device
    client = IoTHubClient(device_string, transport)
    statuses, twins = heard(), heard()
    client.set_connection_status_callback(statuses, None)
    client.set_retry_policy(IoTHubClientRetryPolicy.RETRY_IMMEDIATE, 0)
    client.set_device_twin_callback(twins, None)
    up = (IoTHubConnectionStatus.AUTHENTICATED, IoTHubClientConnectionStatusReason.CONNECTION_OK, None)
    assert statuses.next() == up
    assert twins.next()[0] == IoTHubTwinUpdateState.COMPLETE

    cut_connections()
    assert statuses.next() == (
        IoTHubConnectionStatus.UNAUTHENTICATED,
        IoTHubClientConnectionStatusReason.COMMUNICATION_ERROR,
        None,
    )
    assert statuses.next() == up
    assert twins.next()[0] == IoTHubTwinUpdateState.COMPLETE
    other.update_twin(device_id, desired({"rate": 5}), "*")
    assert twins.next() == (IoTHubTwinUpdateState.PARTIAL, '{"rate":5,"$version":2}', None)


def test_a_token_is_renewed_before_it_expires(device, heard):
    client = IoTHubClient(device[1], IoTHubTransportProvider.MQTT)
    statuses, confirmed = heard(), heard()
    client.set_connection_status_callback(statuses, None)
    client.set_option("sas_token_lifetime", 2)
    client.send_event_async(IoTHubMessage(bytearray(b"1")), confirmed, None)
    up = (IoTHubConnectionStatus.AUTHENTICATED, IoTHubClientConnectionStatusReason.CONNECTION_OK, None)
    assert [statuses.next(), statuses.next()] == [up, up]
    client.send_event_async(IoTHubMessage(bytearray(b"2")), confirmed, None)
    assert [confirmed.next()[1], confirmed.next()[1]] == [IoTHubClientConfirmationResult.OK] * 2


def test_a_wrong_key_is_reported(device, heard):
    wrong = device[1].split("SharedAccessKey=")[0] + "SharedAccessKey=bm90IHRoZSBrZXk="
    client = IoTHubClient(wrong, IoTHubTransportProvider.MQTT)
    statuses, confirmed = heard(), heard()
    client.set_connection_status_callback(statuses, "context")
    client.set_retry_policy(IoTHubClientRetryPolicy.RETRY_NONE, 0)
    client.send_event_async(IoTHubMessage("lost"), confirmed, None)
    unauthenticated = IoTHubConnectionStatus.UNAUTHENTICATED
    reasons = IoTHubClientConnectionStatusReason
    assert statuses.next() == (unauthenticated, reasons.DEVICE_DISABLED, "context")
    assert statuses.next() == (unauthenticated, reasons.RETRY_EXPIRED, "context")
    assert confirmed.next()[1] == IoTHubClientConfirmationResult.BECAUSE_DESTROY


def test_the_ca_can_be_an_option(device, heard, monkeypatch):
    bundle = open(ssl.get_default_verify_paths().cafile).read()
    monkeypatch.delenv("SSL_CERT_FILE")
    client = IoTHubClient(device[1], IoTHubTransportProvider.MQTT)
    client.set_option("TrustedCerts", bundle)
    confirmed = heard()
    client.send_event_async(IoTHubMessage("trusted"), confirmed, None)
    assert confirmed.next()[1] == IoTHubClientConfirmationResult.OK


def test_a_callback_that_is_not_a_function_is_refused(device):
    client = IoTHubClient(device[1], IoTHubTransportProvider.MQTT)
    with pytest.raises(TypeError, match="set_device_twin_callback expected type callable"):
        client.set_device_twin_callback(1, None)
    with pytest.raises(IoTHubClientError) as caught:
        client.get_last_message_receive_time()
    assert str(caught.value) == "IoTHubClient.get_last_message_receive_time, IoTHubClientResult.INDEFINITE_TIME"
