"""The service app: counts the devices, tags one of them, and queries where devices are and how they are connected.

It needs only a connection string of the hub: the emulator's or a real one's.
"""

import os
import re
import sys

from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import QuerySpecification, Twin

CONNECTION_STRING = os.environ["IOTHUB_CONNECTION_STRING"]
NAMED = re.search("DeviceId=([^;]+)", os.environ.get("IOTHUB_DEVICE_CONNECTION_STRING", ""))
DEVICE_ID = sys.argv[1] if len(sys.argv) > 1 else NAMED.group(1) if NAMED else "myDeviceId"


def query(registry, text):
    found = []
    token = None
    while True:
        page = registry.query_iot_hub(QuerySpecification(query=text), token, 100)
        found += [twin.device_id for twin in page.items]
        token = page.continuation_token
        if not token:
            return ", ".join(found)


def main():
    registry = IoTHubRegistryManager(CONNECTION_STRING)

    statistics = registry.get_device_registry_statistics()
    print(f"Total device count: {statistics.total_device_count}")
    print(f"Enabled device count: {statistics.enabled_device_count}")
    print(f"Disabled device count: {statistics.disabled_device_count}")

    devices = registry.get_devices()
    print(f"Devices: {', '.join(device.device_id for device in devices)}")

    twin = registry.get_twin(DEVICE_ID)
    tags = {"location": {"region": "US", "plant": "Redmond43"}}
    registry.update_twin(DEVICE_ID, Twin(tags=tags), twin.etag)
    print(f"{DEVICE_ID} twin updated successfully")

    in_plant = "SELECT * FROM devices WHERE tags.location.plant = 'Redmond43'"
    print(f"Devices in Redmond43: {query(registry, in_plant)}")

    on_cellular = f"{in_plant} AND properties.reported.connectivity.type = 'cellular'"
    print(f"Devices in Redmond43 using cellular network: {query(registry, on_cellular)}")


if __name__ == "__main__":
    main()
