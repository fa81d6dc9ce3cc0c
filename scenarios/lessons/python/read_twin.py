import os

from azure.iot.hub import IoTHubRegistryManager

registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])
print(registry.get_twin("myDevice").properties.reported)
