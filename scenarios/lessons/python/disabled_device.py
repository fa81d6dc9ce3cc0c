import os

from azure.iot.device import IoTHubDeviceClient
from azure.iot.hub import IoTHubRegistryManager

registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])


def be(status):
    device = registry.get_device("myDevice")
    keys = device.authentication.symmetric_key
    registry.update_device_with_sas("myDevice", device.etag, keys.primary_key, keys.secondary_key, status)


be("disabled")
client = IoTHubDeviceClient.create_from_connection_string(os.environ["IOTHUB_DEVICE_CONNECTION_STRING"])
try:
    client.connect()
    print("connected")
except Exception as refused:
    print("refused:", refused)
client.shutdown()
be("enabled")
