import json
import os
import queue
import urllib.request
import uuid

import pytest
from azure.iot.hub import IoTHubRegistryManager as OtherService


@pytest.fixture
def service_string():
    return os.environ["IOTHUB_CONNECTION_STRING"]


@pytest.fixture
def other(service_string):
    """A second service, on Microsoft's current package: it reads the state of the hub."""
    return OtherService(service_string)


@pytest.fixture
def device(other, service_string):
    """(id, connection string) of a device that exists during one test."""
    device_id = f"d-{uuid.uuid4()}"
    created = other.create_device_with_sas(device_id, "", "", "enabled")
    host = service_string.split(";")[0]
    key = created.authentication.symmetric_key.primary_key
    yield device_id, f"{host};DeviceId={device_id};SharedAccessKey={key}"
    other.delete_device(device_id)


class Heard(queue.Queue):
    """A callback that records its arguments, without the last one (the context)."""

    def __call__(self, *arguments):
        self.put(arguments)

    def next(self):
        return self.get(timeout=20)


@pytest.fixture
def heard():
    return Heard


@pytest.fixture
def hub_events(device):
    """hub_events(count, *types): the first `count` events of these types about the device, once the hub has them."""
    stream = f"{os.environ['IOTHUB_EMULATOR_ADMIN_URL']}/events"

    def read(count, *types):
        found = []
        with urllib.request.urlopen(stream, timeout=20) as lines:
            while len(found) < count:
                name, _, value = next(lines).decode().partition(": ")
                event = json.loads(value) if name == "data" else {}
                if event.get("type") in types and event.get("key") == device[0]:
                    found.append(event)
        return found

    return read
