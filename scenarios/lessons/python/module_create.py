import os

from azure.iot.hub import IoTHubRegistryManager

registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])
# without keys: the hub makes them
registry.create_module_with_sas("myDevice", "myModule", "", None, None)
