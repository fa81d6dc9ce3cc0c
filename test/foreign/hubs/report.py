"""A device reports, a service reads it. Arguments: tcp or ws, what to report."""

import json
import os
import sys

from azure.iot.device import IoTHubDeviceClient
from azure.iot.hub import IoTHubRegistryManager

transport, value = sys.argv[1:]
client = IoTHubDeviceClient.create_from_connection_string(
    os.environ["IOTHUB_DEVICE_CONNECTION_STRING"], websockets=transport == "ws"
)
client.connect()
client.patch_twin_reported_properties({"python": value})
twin = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"]).get_twin("oven")
client.shutdown()
print(json.dumps(twin.properties.reported["python"]))
