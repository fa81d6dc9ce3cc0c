import os
import re

from azure.iot.device import IoTHubModuleClient
from azure.iot.hub import IoTHubRegistryManager

service = os.environ["IOTHUB_CONNECTION_STRING"]
module = IoTHubRegistryManager(service).get_module("myDevice", "myModule")
host_name = re.search("HostName=([^;]+)", service).group(1)
key = module.authentication.symmetric_key.primary_key
client = IoTHubModuleClient.create_from_connection_string(
    f"HostName={host_name};DeviceId=myDevice;ModuleId=myModule;SharedAccessKey={key}"
)
client.connect()
client.patch_twin_reported_properties({"filter": "on"})
client.shutdown()
