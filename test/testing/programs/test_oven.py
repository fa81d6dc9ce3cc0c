import pytest
from azure.iot.device import IoTHubDeviceClient


@pytest.fixture
def oven(iot_hub):
    client = IoTHubDeviceClient.create_from_connection_string(iot_hub.device_connection_string("oven"))
    yield client
    client.shutdown()


def test_the_oven_reports(iot_hub, oven):
    oven.patch_twin_reported_properties({"celsius": 180})
    iot_hub.until_reported("oven", "celsius", 180)


def test_and_the_next_test_knows_nothing_of_it(iot_hub):
    assert "celsius" not in iot_hub.twin("oven")["properties"]["reported"]


def test_the_hub_does_not_answer_once(iot_hub, oven):
    iot_hub.fail({"operation": "twin.get", "times": 1}, {"type": "error", "code": "ServiceUnavailable"})
    with pytest.raises(Exception):
        oven.get_twin()
    assert "desired" in oven.get_twin()
    assert iot_hub.events("fault.injected")[0]["key"] == "oven"


def test_a_day_goes_by_at_once(iot_hub):
    before = iot_hub.now()
    assert iot_hub.advance("1d") > before
