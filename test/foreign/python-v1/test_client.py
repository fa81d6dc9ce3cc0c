import contextlib
import gc
import hashlib
import os
import socket
import ssl
import subprocess
import sys
import time
import uuid

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
    IoTHubMessageDispositionResult,
    IoTHubTransportProvider,
    IoTHubTwinUpdateState,
)

LASTING = [each for each in IoTHubTransportProvider if each != IoTHubTransportProvider.HTTP]


def is_mqtt(transport):
    return transport in (IoTHubTransportProvider.MQTT, IoTHubTransportProvider.MQTT_WS)


def desired(values):
    return Twin(properties=TwinProperties(desired=values))


def cut_connections():
    """Cuts the connection below the sockets of the client, as a network does: no side is notified."""
    open_ones = [each for each in gc.get_objects() if isinstance(each, ssl.SSLSocket) and each.fileno() >= 0]
    for each in open_ones:
        with socket.socket(fileno=os.dup(each.fileno())) as copy, contextlib.suppress(OSError):  # or it is over already
            copy.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("transport", IoTHubTransportProvider, ids=str)
def test_telemetry_is_confirmed_and_the_client_is_busy_until_then(device, heard, hub_events, transport):
    client = IoTHubClient(device[1], transport)
    confirmed = heard()
    message = IoTHubMessage("warm")
    message.message_id = "m1"
    message.correlation_id = "c1"
    message.set_content_type_system_property("text/plain")
    message.set_content_encoding_system_property("utf-8")
    message.properties().add("kind", "a b/c&d=e")
    client.send_event_async(message, confirmed, "context")
    assert client.get_send_status() == IoTHubClientStatus.BUSY
    assert confirmed.next() == (message, IoTHubClientConfirmationResult.OK, "context")
    assert client.get_send_status() == IoTHubClientStatus.IDLE
    received = hub_events(1, "telemetry")[0]["message"]
    assert (received["body"], received["properties"]) == ("warm", {"kind": "a b/c&d=e"})
    names = ["messageId", "correlationId", "contentType", "contentEncoding"]
    assert [received["system"][name] for name in names] == ["m1", "c1", "text/plain", "utf-8"]


@pytest.mark.parametrize("transport", LASTING, ids=str)
def test_a_method_is_answered(device, other, heard, transport):
    device_id, device_string = device
    client = IoTHubClient(device_string, transport)
    calls, statuses = heard(), heard()

    def answer(name, payload, context):
        calls(name, payload, context)
        value = DeviceMethodReturnValue()
        value.response, value.status = '{"done":true}', 207
        return value

    client.set_device_method_callback(answer, "context")
    client.send_reported_state("{}", 2, statuses, None)  # what comes after the subscription has seen it done
    assert statuses.next()[0] in (200, 204)
    method = CloudToDeviceMethod(method_name="reboot", payload={"delay": 3}, response_timeout_in_seconds=10)
    result = other.invoke_device_method(device_id, method)
    assert (result.status, result.payload) == (207, {"done": True})
    assert calls.next() == ("reboot", '{"delay": 3}', "context")


ACCEPTED = IoTHubMessageDispositionResult.ACCEPTED
REJECTED = IoTHubMessageDispositionResult.REJECTED
ABANDONED = IoTHubMessageDispositionResult.ABANDONED


@pytest.mark.parametrize("transport", IoTHubTransportProvider, ids=str)
def test_a_message_arrives_with_its_properties(device, other, heard, transport):
    device_id, device_string = device
    sent = {"messageId": "m1", "correlationId": "c1", "contentType": "text/plain", "contentEncoding": "utf-8"}
    other.send_c2d_message(device_id, "open", {**sent, "valve": "a b/c&d=e"})
    client = IoTHubClient(device_string, transport)
    messages = heard()
    client.set_message_callback(lambda message, context: messages(message, context) or ACCEPTED, "context")
    message, context = messages.next()
    assert (message.get_bytearray(), message.get_string(), context) == (bytearray(b"open"), None, "context")
    assert (message.message_id, message.correlation_id) == ("m1", "c1")
    assert message.get_content_type_system_property() == "text/plain"
    assert message.get_content_encoding_system_property() == "utf-8"
    assert message.properties().get_value_from_key("valve") == "a b/c&d=e"
    assert abs(client.get_last_message_receive_time() - time.time()) < 20


SETTLING = [each for each in IoTHubTransportProvider if not each.name.startswith("MQTT")]


@pytest.mark.parametrize("transport", SETTLING, ids=str)
def test_a_message_is_accepted_rejected_or_abandoned_as_the_callback_says(device, other, heard, hub_events, transport):
    device_id, device_string = device
    client = IoTHubClient(device_string, transport)
    client.set_option("MinimumPollingTime", 1)
    answers = iter([ABANDONED, ACCEPTED, REJECTED])
    messages = heard()
    client.set_message_callback(lambda message, _context: messages(message) or next(answers), None)
    other.send_c2d_message(device_id, "first")
    assert [messages.next()[0].get_bytearray() for _ in range(2)] == [b"first", b"first"]
    other.send_c2d_message(device_id, "second")
    assert messages.next()[0].get_bytearray() == b"second"
    settled = hub_events(3, "c2d.abandoned", "c2d.completed", "c2d.rejected")
    assert [event["type"] for event in settled] == ["c2d.abandoned", "c2d.completed", "c2d.rejected"]


@pytest.mark.parametrize("transport", SETTLING, ids=str)
def test_a_message_whose_callback_fails_comes_again(device, other, heard, transport):
    device_id, device_string = device
    client = IoTHubClient(device_string, transport)
    client.set_option("MinimumPollingTime", 1)
    outcomes, messages = iter([lambda: 1 / 0, lambda: None, lambda: ACCEPTED]), heard()

    def take(message, _context):
        messages(message)
        return next(outcomes)()

    client.set_message_callback(take, None)
    other.send_c2d_message(device_id, "stubborn")
    assert [messages.next()[0].get_bytearray() for _ in range(3)] == [b"stubborn"] * 3


@pytest.mark.parametrize("transport", LASTING, ids=str)
def test_a_twin_is_read_reported_and_changed(device, other, heard, transport):
    device_id, device_string = device
    other.update_twin(device_id, desired({"rate": 4}), "*")
    client = IoTHubClient(device_string, transport)
    twins, reports = heard(), heard()
    client.set_device_twin_callback(twins, "twin")
    whole = '{"desired":{"rate":4,"$version":2},"reported":{"$version":1}}'
    assert twins.next() == (IoTHubTwinUpdateState.COMPLETE, whole, "twin")
    client.send_reported_state('{"power":"battery"}', 19, reports, "report")
    assert reports.next() == (204 if is_mqtt(transport) else 200, "report")
    assert other.get_twin(device_id).properties.reported["power"] == "battery"
    other.update_twin(device_id, desired({"rate": 5}), "*")
    assert twins.next() == (IoTHubTwinUpdateState.PARTIAL, '{"rate":5,"$version":3}', "twin")


def test_over_http_there_are_no_twins_and_methods(device, heard):
    client = IoTHubClient(device[1], IoTHubTransportProvider.HTTP)
    calls = {
        "set_device_twin_callback": lambda: client.set_device_twin_callback(heard(), None),
        "send_reported_state": lambda: client.send_reported_state("{}", 2, heard(), None),
        "set_device_method_callback": lambda: client.set_device_method_callback(heard(), None),
    }
    for name, work in calls.items():
        with pytest.raises(IoTHubClientError) as caught:
            work()
        assert str(caught.value) == f"IoTHubClient.{name}, IoTHubClientResult.ERROR"


def test_a_message_that_is_too_large_is_not_confirmed(device, heard):
    for transport in SETTLING:
        client = IoTHubClient(device[1], transport)
        confirmed = heard()
        client.send_event_async(IoTHubMessage(bytearray(257 * 1024)), confirmed, None)
        assert confirmed.next()[1] == IoTHubClientConfirmationResult.ERROR


@pytest.mark.parametrize("transport", LASTING, ids=str)
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


@pytest.mark.parametrize("transport", [IoTHubTransportProvider.AMQP, IoTHubTransportProvider.AMQP_WS], ids=str)
def test_over_amqp_a_token_is_renewed_on_the_connection(device, heard, transport):
    client = IoTHubClient(device[1], transport)
    statuses, confirmed = heard(), heard()
    client.set_connection_status_callback(statuses, None)
    client.set_option("sas_token_lifetime", 2)
    first_expires = time.time() + 3
    while time.time() < first_expires:
        client.send_event_async(IoTHubMessage("more"), confirmed, None)
        assert confirmed.next()[1] == IoTHubClientConfirmationResult.OK
    assert statuses.next()[0] == IoTHubConnectionStatus.AUTHENTICATED
    assert statuses.empty()


def test_over_mqtt_a_connection_with_a_new_token_is_made_before_the_old_one_expires(device, heard):
    client = IoTHubClient(device[1], IoTHubTransportProvider.MQTT)
    statuses, confirmed = heard(), heard()
    client.set_connection_status_callback(statuses, None)
    client.set_option("sas_token_lifetime", 2)
    client.send_event_async(IoTHubMessage(bytearray(b"1")), confirmed, None)
    up = (IoTHubConnectionStatus.AUTHENTICATED, IoTHubClientConnectionStatusReason.CONNECTION_OK, None)
    assert [statuses.next(), statuses.next()] == [up, up]
    client.send_event_async(IoTHubMessage(bytearray(b"2")), confirmed, None)
    assert [confirmed.next()[1], confirmed.next()[1]] == [IoTHubClientConfirmationResult.OK] * 2


@pytest.mark.parametrize("transport", IoTHubTransportProvider, ids=str)
def test_a_wrong_key_is_reported(device, heard, transport):
    wrong = device[1].split("SharedAccessKey=")[0] + "SharedAccessKey=bm90IHRoZSBrZXk="
    client = IoTHubClient(wrong, transport)
    statuses, confirmed = heard(), heard()
    client.set_connection_status_callback(statuses, "context")
    client.set_retry_policy(IoTHubClientRetryPolicy.RETRY_NONE, 0)
    client.send_event_async(IoTHubMessage("lost"), confirmed, None)
    unauthenticated = IoTHubConnectionStatus.UNAUTHENTICATED
    reasons = IoTHubClientConnectionStatusReason
    # MQTT's only answer is code 5, which azure-iot-sdk-c takes for a disabled device
    reason = reasons.DEVICE_DISABLED if is_mqtt(transport) else reasons.BAD_CREDENTIAL
    assert statuses.next() == (unauthenticated, reason, "context")
    assert statuses.next() == (unauthenticated, reasons.RETRY_EXPIRED, "context")
    assert confirmed.next()[1] == IoTHubClientConfirmationResult.BECAUSE_DESTROY


@pytest.mark.parametrize("transport", IoTHubTransportProvider, ids=str)
def test_a_certificate_takes_the_place_of_a_key(other, heard, tmp_path, transport):
    device_id, key, certificate = f"x-{uuid.uuid4()}", tmp_path / "key.pem", tmp_path / "certificate.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={device_id}"]
    subprocess.run([*request, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    der = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    thumbprint = hashlib.sha1(der).hexdigest()
    other.create_device_with_x509(device_id, thumbprint, thumbprint, "enabled")
    client = IoTHubClient(f"HostName=localhost;DeviceId={device_id};x509=true", transport)
    client.set_option("x509certificate", certificate.read_text())
    client.set_option("x509privatekey", key.read_text())
    confirmed = heard()
    client.send_event_async(IoTHubMessage("signed"), confirmed, None)
    assert confirmed.next()[1] == IoTHubClientConfirmationResult.OK
    other.delete_device(device_id)


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


PROGRAM_WITHOUT_PROTON = """
import sys
from iothub_client import IoTHubClient, IoTHubError, IoTHubTransportProvider
assert not {"proton", "wsproto", "paho"} & set(sys.modules)
sys.modules["proton"] = None  # as if it were not installed
try:
    IoTHubClient("HostName=localhost;DeviceId=d;SharedAccessKey=a2V5", IoTHubTransportProvider.AMQP)
except IoTHubError as error:
    print(error)
"""


def test_what_a_transport_needs_is_imported_when_it_is_used():
    ran = subprocess.run([sys.executable, "-c", PROGRAM_WITHOUT_PROTON], check=True, capture_output=True, text=True)
    assert ran.stdout == "IoTHubClient.IoTHubClient, IoTHubClientResult.ERROR\n"
    assert "pip install 'iothub-emulator-python-v1[amqp]'" in ran.stderr
