"""A device whose connection is cut goes on hearing. Arguments: tcp or ws, a property's name, its value."""

import json
import os
import queue
import re
import sys
import urllib.request

from azure.iot.device import IoTHubDeviceClient
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import Twin, TwinProperties

transport, name, value = sys.argv[1:]
device_string = os.environ["IOTHUB_DEVICE_CONNECTION_STRING"]
device_id = re.search("DeviceId=([^;]+)", device_string).group(1)


def cut_connection():
    """From the hub's end and without a word. Cut at its own end, paho's thread dies of the write before it sees the cut."""
    url = f"{os.environ['IOTHUB_EMULATOR_ADMIN_URL']}/connections/{device_id}/disconnect"
    with urllib.request.urlopen(urllib.request.Request(url, method="POST")) as answer:
        return answer.status == 204


client = IoTHubDeviceClient.create_from_connection_string(
    device_string, websockets=transport == "ws", connection_retry_interval=1
)
changes = queue.Queue()
client.on_connection_state_change = lambda: changes.put(client.connected)
client.connect()
patches = queue.Queue()
client.on_twin_desired_properties_patch_received = patches.put
client.patch_twin_reported_properties({name: value})
assert changes.get(timeout=20) is True

is_cut = cut_connection()
seen = [changes.get(timeout=20), changes.get(timeout=20)]
registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])
registry.update_twin(device_id, Twin(properties=TwinProperties(desired={name: value})), "*")
patch = {}
while name not in patch:  # after a reconnection the SDK asks for the twin and hands on what it has not seen
    patch = patches.get(timeout=20)
report = {"cut": is_cut, "seen": seen, "heard": patch[name]}
client.shutdown()
print(json.dumps(report))
