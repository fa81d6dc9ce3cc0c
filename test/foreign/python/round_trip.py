"""A device reports, a service wants, each hears of the other. Arguments: tcp or ws, a property's name, its value."""

import json
import os
import queue
import re
import sys

from azure.iot.device import IoTHubDeviceClient
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import QuerySpecification, Twin, TwinProperties

transport, name, value = sys.argv[1:]
device_string = os.environ["IOTHUB_DEVICE_CONNECTION_STRING"]
device_id = re.search("DeviceId=([^;]+)", device_string).group(1)
registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])

client = IoTHubDeviceClient.create_from_connection_string(device_string, websockets=transport == "ws")
client.connect()
patches = queue.Queue()
client.on_twin_desired_properties_patch_received = patches.put
client.patch_twin_reported_properties({name: value})
changed = registry.update_twin(device_id, Twin(properties=TwinProperties(desired={name: value})), "*")

query = f"SELECT * FROM devices WHERE properties.reported.{name} = '{value}' AND properties.desired.{name} = '{value}'"
found = registry.query_iot_hub(QuerySpecification(query=query)).items
report = {
    "reported": changed.properties.reported[name],
    "heard": patches.get(timeout=20)[name],
    "twin": client.get_twin()["desired"][name],
    "found": [twin.device_id for twin in found],
}
client.shutdown()
print(json.dumps(report))
