"""The fixtures with Microsoft's SDKs, unmodified."""

import os
import queue
import subprocess
import sys
import threading

import pytest
from azure.iot.device import IoTHubDeviceClient, IoTHubModuleClient, Message, MethodResponse
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import CloudToDeviceMethod, Twin, TwinProperties


@pytest.fixture
def oven(iot_hub):
    client = IoTHubDeviceClient.create_from_connection_string(iot_hub.device_connection_string("oven"))
    yield client
    client.shutdown()


@pytest.fixture
def registry(iot_hub):
    return IoTHubRegistryManager(iot_hub.connection_string())


def test_a_report_is_waited_for(iot_hub, oven):
    oven.patch_twin_reported_properties({"fw": {"version": "2"}})
    iot_hub.until_reported("oven", "fw.version", "2")
    assert [event["type"] for event in iot_hub.events(key="oven")][-1] == "twin.reported"


def test_every_test_begins_fresh(iot_hub):
    assert "fw" not in iot_hub.twin("oven")["properties"]["reported"]
    assert iot_hub.events() == []
    assert iot_hub.connections() == {}


def test_a_seed_of_the_session_is_there(iot_hub):
    assert [iot_hub.twin(f"sensor-{n}")["tags"] for n in range(3)] == [{"n": 0}, {"n": 1}, {"n": 2}]


def test_a_service_finds_the_same_hub(iot_hub, registry):
    iot_hub.seed("devices: [{ id: lamp, tags: { room: 7 } }]")
    assert registry.get_twin("lamp").tags == {"room": 7}


def test_a_seed_of_a_test_is_gone_with_it(iot_hub):
    with pytest.raises(KeyError):
        iot_hub.twin("lamp")
    with pytest.raises(KeyError):
        iot_hub.device_connection_string("lamp")


def in_peace(act, handled):
    """The SDK never ends a client whose handler waits for an answer: `handled` is set when it waits no more."""

    def handle(given):
        act(given)
        handled.set()

    return handle


def test_desired_properties_reach_the_device(iot_hub, oven, registry):
    handled = threading.Event()
    oven.on_twin_desired_properties_patch_received = in_peace(
        lambda patch: oven.patch_twin_reported_properties({"celsius": patch["celsius"]}), handled
    )
    iot_hub.until_listens("oven", "desired")
    registry.update_twin("oven", Twin(properties=TwinProperties(desired={"celsius": 220})), "*")
    iot_hub.until_desired("oven", "celsius", 220)
    iot_hub.until_reported("oven", "celsius", 220)
    assert handled.wait(10)


def test_a_message_is_waited_for(iot_hub, oven):
    message = Message('{"celsius": 199}')
    message.custom_properties["alarm"] = "yes"
    oven.send_message(message)
    sent = iot_hub.until_sent("oven", lambda message: message["properties"].get("alarm") == "yes")
    assert sent["body"] == '{"celsius": 199}'


def test_a_module_has_a_string_as_well(iot_hub):
    iot_hub.seed({"devices": [{"id": "gateway", "modules": [{"id": "filter"}]}]})
    client = IoTHubModuleClient.create_from_connection_string(iot_hub.module_connection_string("gateway", "filter"))
    client.connect()
    iot_hub.until_connected("gateway/filter")
    client.shutdown()
    iot_hub.until_disconnected("gateway/filter")


def test_another_hub_has_devices_of_the_same_names(iot_hub, oven, iothub_emulator):
    oven.patch_twin_reported_properties({"hub": "first"})
    with iothub_emulator.fork() as other:
        assert other.connection_string() != iot_hub.connection_string()
        client = IoTHubDeviceClient.create_from_connection_string(other.identity_string("oven"))
        client.patch_twin_reported_properties({"hub": "second"})
        assert IoTHubRegistryManager(other.connection_string()).get_twin("oven").properties.reported["hub"] == "second"
        client.shutdown()
    assert iot_hub.twin("oven")["properties"]["reported"]["hub"] == "first"


def test_a_device_comes_back(iot_hub, oven):
    oven.connect()
    iot_hub.until_connected("oven")
    iot_hub.disconnect("oven")
    iot_hub.until(lambda: len(iot_hub.events("session.opened", "oven")) == 2, timeout=30)


def test_what_fails_is_an_event(iot_hub, oven):
    iot_hub.fail({"operation": "twin.get", "times": 1}, {"type": "error", "code": "ServiceUnavailable"})
    with pytest.raises(Exception):
        oven.get_twin()
    assert "desired" in oven.get_twin()
    assert [event["operation"] for event in iot_hub.events("fault.injected")] == ["twin.get"]


def test_a_service_is_throttled_and_healed(iot_hub, registry):
    iot_hub.fail({"operation": "rest", "path": "/twins/*"}, "throttle")
    with pytest.raises(Exception, match="Too Many Requests"):
        registry.get_twin("oven")
    iot_hub.clear_faults()
    assert registry.get_twin("oven").device_id == "oven"


def test_time_goes_by_at_once(iot_hub):
    before = iot_hub.now()
    assert iot_hub.advance("24h")[:10] > before[:10]


def test_the_hub_goes_back_to_a_moment(iot_hub):
    before = iot_hub.snapshot()
    iot_hub.seed("devices: [lamp]")
    iot_hub.restore(before)
    with pytest.raises(KeyError):
        iot_hub.twin("lamp")


def test_a_method_is_answered(iot_hub, oven, registry):
    handled = threading.Event()
    oven.on_method_request_received = in_peace(
        lambda request: oven.send_method_response(
            MethodResponse.create_from_method_request(request, 200, {"minutes": request.payload})
        ),
        handled,
    )
    iot_hub.until_listens("oven", "methods")
    answer = registry.invoke_device_method("oven", CloudToDeviceMethod(method_name="clean", payload=90))
    assert (answer.status, answer.payload) == (200, {"minutes": 90})
    assert handled.wait(10)


def test_what_does_not_come_is_said_in_words(iot_hub):
    iot_hub.seed("devices: [{ id: oven, tags: { hall: 3 } }]")
    with pytest.raises(TimeoutError, match=r"waited 0.1 s for tag hall of oven to be 4; it is 3"):
        iot_hub.until_tag("oven", "hall", 4, timeout=0.1)
    with pytest.raises(TimeoutError, match=r"waited 0.1 s for reported fw of oven to be '2'; there is none"):
        iot_hub.until_reported("oven", "fw", "2", timeout=0.1)
    with pytest.raises(TimeoutError, match=r"waited 0.1 s for oven to connect; connected: none"):
        iot_hub.until_connected("oven", timeout=0.1)
    with pytest.raises(TimeoutError, match=r"waited 0.1 s for an event telemetry; there were 1 identity.replaced, "):
        iot_hub.until_event("telemetry", timeout=0.1)


def test_programs_find_the_hub(iot_hub):
    program = "import os, urllib.request as r; print(r.urlopen(os.environ['IOTHUB_EMULATOR_ADMIN_URL'] + '/info').status)"
    environment = {**os.environ, **iot_hub.environment()}
    assert subprocess.check_output([sys.executable, "-c", program], env=environment) == b"200\n"
    assert os.path.exists(environment["SSL_CERT_FILE"])


def test_a_message_from_the_cloud_is_completed(iot_hub, oven):
    received = queue.Queue()
    iot_hub.send_message("oven", "hello", {"place": "hall = 7"}, messageId="m1", ack="full")
    assert [message["body"] for message in iot_hub.inbox("oven")] == ["hello"]
    oven.on_message_received = received.put
    message = received.get(timeout=10)
    assert (message.data, message.message_id, message.ack) == (b"hello", "m1", "full")
    assert message.custom_properties == {"place": "hall = 7"}
    assert iot_hub.until_completed("oven")["body"] == "hello"
    iot_hub.settle()
    (record,) = iot_hub.until_event("feedback.enqueued")["records"]
    assert (record["originalMessageId"], record["statusCode"]) == ("m1", "Success")
    assert iot_hub.inbox("oven") == []
