import time

import pytest
from azure.iot.device import IoTHubDeviceClient
from iothub_client import IoTHubClient, IoTHubMessageDispositionResult, IoTHubTransportProvider
from iothub_service_client import IoTHubMessage, IoTHubMessaging, IoTHubMessagingError, IoTHubMessagingResult
from test_client import cut_connections


def message_with_feedback(text, message_id):
    message = IoTHubMessage(bytearray(text, "utf8"))
    message.message_id = message_id
    message.correlation_id = f"correlation of {message_id}"
    message.properties().add("Property", f"PropMsg_{message_id}")
    message.properties().add("iothub-ack", "full")
    return message


@pytest.fixture
def messaging(service_string, heard):
    """An IoTHubMessaging that is open, and its feedback callback."""
    opened, feedback = heard(), heard()
    client = IoTHubMessaging(service_string)
    client.set_feedback_message_callback(feedback, "feedback")
    client.open(opened, "open")
    assert opened.next() == ("open",)
    yield client, feedback
    client.close()


def test_microsoft_s_device_receives_what_is_sent_and_feedback_says_so(messaging, device, other, heard):
    client, feedback = messaging
    device_id, device_string = device
    sent, arrived = heard(), heard()
    receiver = IoTHubDeviceClient.create_from_connection_string(device_string)
    receiver.on_message_received = arrived
    receiver.connect()
    client.send_async(device_id, message_with_feedback("spin", "m1"), sent, 7)
    assert sent.next() == (7, IoTHubMessagingResult.OK)
    message = arrived.next()[0]
    assert (message.data, message.message_id, message.correlation_id) == (b"spin", "m1", "correlation of m1")
    assert message.custom_properties["Property"] == "PropMsg_m1"

    context, user_id, lock_token, [record] = feedback.next()
    receiver.shutdown()
    assert (context, user_id, lock_token) == ("feedback", "", "")
    enqueued = record.pop("enqueuedTimeUtc")
    assert enqueued.endswith("Z")
    assert record == {
        "description": "success",
        "deviceId": device_id,
        "correlationId": "",
        "generationId": other.get_device(device_id).generation_id,
        "statusCode": 0,
        "originalMessageId": "m1",
    }


@pytest.mark.parametrize("transport", ["HTTP", "AMQP", "AMQP_WS"])
def test_feedback_says_that_a_device_has_rejected_a_message(messaging, device, heard, transport):
    client, feedback = messaging
    device_id, device_string = device
    sent = heard()
    client.send_async(device_id, message_with_feedback("no", "m2"), sent, None)
    assert sent.next()[1] == IoTHubMessagingResult.OK
    receiver = IoTHubClient(device_string, IoTHubTransportProvider[transport])
    receiver.set_message_callback(lambda _message, _context: IoTHubMessageDispositionResult.REJECTED, None)
    [record] = feedback.next()[3]
    assert (record["originalMessageId"], record["statusCode"], record["description"]) == ("m2", 3, "rejected")


def test_a_message_that_the_hub_refuses_is_an_error(messaging, heard):
    sent = heard()
    messaging[0].send_async("nobody", IoTHubMessage("lost"), sent, "context")
    assert sent.next() == ("context", IoTHubMessagingResult.ERROR)


def test_after_a_lost_connection_messages_are_sent_again(messaging, device, hub_events, heard):
    client, _ = messaging
    cut_connections()
    deadline, result = time.time() + 20, None
    while result != IoTHubMessagingResult.OK and time.time() < deadline:
        sent = heard()
        client.send_async(device[0], IoTHubMessage("after the cut"), sent, None)
        result = sent.next()[1]
    assert hub_events(1, "c2d.enqueued")[0]["key"] == device[0]


def test_what_cannot_work_is_said_at_once(service_string, device):
    client = IoTHubMessaging(service_string)
    with pytest.raises(IoTHubMessagingError) as caught:
        client.send_async(device[0], IoTHubMessage("early"), print, None)
    assert str(caught.value) == "IoTHubMessaging.send_async, IoTHubMessagingResult.ERROR"
    with pytest.raises(TypeError):
        client.set_feedback_message_callback(1, None)
    with pytest.raises(IoTHubMessagingError) as caught:
        IoTHubMessaging("HostName=localhost")
    assert str(caught.value) == "IoTHubMessaging.IoTHubMessaging, IoTHubMessagingResult.ERROR"
