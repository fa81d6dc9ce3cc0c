import json
import uuid

import pytest
from azure.iot.hub.models import Twin
from iothub_service_client import (
    IoTHubDeviceConnectionState,
    IoTHubDeviceMethod,
    IoTHubDeviceStatus,
    IoTHubDeviceTwin,
    IoTHubDeviceTwinError,
    IoTHubError,
    IoTHubRegistryManager,
    IoTHubRegistryManagerAuthMethod,
    IoTHubRegistryManagerError,
    IoTHubRegistryManagerResult,
)

KEY = "AAECAwQFBgcICQoLDA0ODw=="
OTHER_KEY = "Dw4NDAsKCQgHBgUEAwIBAA=="


def failure(work, *arguments):
    with pytest.raises(IoTHubError) as caught:
        work(*arguments)
    return str(caught.value)


def test_a_device_is_created_read_changed_and_deleted(service_string, other):
    manager = IoTHubRegistryManager(service_string)
    device_id = f"d-{uuid.uuid4()}"
    auth = IoTHubRegistryManagerAuthMethod.SHARED_PRIVATE_KEY

    created = manager.create_device(device_id, KEY, OTHER_KEY, auth)
    assert (created.deviceId, created.primaryKey, created.secondaryKey) == (device_id, KEY, OTHER_KEY)
    assert created.status == IoTHubDeviceStatus.ENABLED
    assert created.connectionState == IoTHubDeviceConnectionState.DISCONNECTED
    assert device_id in [each.deviceId for each in manager.get_device_list(1000)]

    manager.update_device(device_id, OTHER_KEY, KEY, IoTHubDeviceStatus.DISABLED, auth)
    changed = manager.get_device(device_id)
    assert (changed.primaryKey, changed.status, str(changed.status)) == (OTHER_KEY, IoTHubDeviceStatus.DISABLED, "DISABLED")
    assert other.get_device(device_id).status == "disabled"

    manager.delete_device(device_id)
    assert failure(manager.get_device, device_id) == "IoTHubRegistryManager.get_device, IoTHubRegistryManagerResult.DEVICE_NOT_EXIST"


def test_empty_keys_are_made_by_the_hub(service_string, other):
    manager = IoTHubRegistryManager(service_string)
    device_id = f"d-{uuid.uuid4()}"
    created = manager.create_device(device_id, "", "", IoTHubRegistryManagerAuthMethod.SHARED_PRIVATE_KEY)
    assert created.primaryKey == other.get_device(device_id).authentication.symmetric_key.primary_key != ""
    manager.delete_device(device_id)


def test_errors_name_the_call_and_the_result(service_string, device):
    device_id, _ = device
    manager = IoTHubRegistryManager(service_string)
    auth = IoTHubRegistryManagerAuthMethod.SHARED_PRIVATE_KEY
    with pytest.raises(IoTHubRegistryManagerError) as caught:
        manager.create_device(device_id, KEY, KEY, auth)
    assert caught.value.args[0].result == IoTHubRegistryManagerResult.DEVICE_EXIST
    assert str(caught.value) == "IoTHubRegistryManager.create_device, IoTHubRegistryManagerResult.DEVICE_EXIST"
    assert failure(manager.create_device, "a b", KEY, KEY, auth) == (
        "IoTHubRegistryManager.create_device, IoTHubRegistryManagerResult.INVALID_ARG"
    )
    wrong = IoTHubRegistryManager("HostName=localhost;SharedAccessKeyName=iothubowner;SharedAccessKey=" + KEY)
    assert failure(wrong.get_statistics) == "IoTHubRegistryManager.get_statistics, IoTHubRegistryManagerResult.HTTP_STATUS_ERROR"
    unreachable = IoTHubRegistryManager("HostName=localhost:1;SharedAccessKeyName=iothubowner;SharedAccessKey=" + KEY)
    assert failure(unreachable.get_statistics) == "IoTHubRegistryManager.get_statistics, IoTHubRegistryManagerResult.HTTPAPI_ERROR"
    assert failure(IoTHubRegistryManager, "HostName=localhost") == (
        "IoTHubRegistryManager.IoTHubRegistryManager, IoTHubRegistryManagerResult.ERROR"
    )


def test_a_twin_is_text_without_blanks(service_string, device, other):
    device_id, _ = device
    twins = IoTHubDeviceTwin(service_string)
    text = twins.update_twin(device_id, '{"tags": {"note": "two  blanks", "floor": 3}}')
    assert '"tags":{"note":"two  blanks","floor":3}' in text
    assert twins.get_twin(device_id) == text
    assert other.get_twin(device_id).tags == {"note": "two  blanks", "floor": 3}
    with pytest.raises(IoTHubDeviceTwinError) as caught:
        twins.get_twin("nobody")
    assert str(caught.value) == "IoTHubTwin.get_twin, IoTHubDeviceTwinResult.ERROR"
    assert caught.value.__cause__.status == 404


def test_a_module_has_an_identity_and_a_twin(service_string, device):
    device_id, _ = device
    manager = IoTHubRegistryManager(service_string)
    created = manager.create_module(device_id, KEY, OTHER_KEY, "pump", IoTHubRegistryManagerAuthMethod.SHARED_PRIVATE_KEY)
    assert (created.moduleId, created.primaryKey) == ("pump", KEY)
    assert [each.moduleId for each in manager.get_module_list(device_id)] == ["pump"]
    twins = IoTHubDeviceTwin(service_string)
    twins.update_twin(device_id, "pump", '{"properties":{"desired":{"speed":5}}}')
    assert json.loads(twins.get_twin(device_id, "pump"))["properties"]["desired"]["speed"] == 5
    manager.delete_module(device_id, "pump")
    assert manager.get_module_list(device_id) == []


def test_a_method_of_a_device_that_is_not_connected_fails(service_string, device):
    method = IoTHubDeviceMethod(service_string)
    assert failure(method.invoke, device[0], "reboot", "{}", 5) == "IoTHubDeviceMethod.invoke, IoTHubDeviceMethodResult.ERROR"


def test_changes_of_a_second_service_are_seen(service_string, device, other):
    device_id, _ = device
    other.update_twin(device_id, Twin(tags={"floor": 7}), "*")
    assert '"tags":{"floor":7}' in IoTHubDeviceTwin(service_string).get_twin(device_id)
