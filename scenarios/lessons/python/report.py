import os

from azure.iot.device import IoTHubDeviceClient

client = IoTHubDeviceClient.create_from_connection_string(os.environ["IOTHUB_DEVICE_CONNECTION_STRING"])
client.connect()
client.patch_twin_reported_properties({"firmware": {"version": "1.0.0"}})
client.shutdown()
