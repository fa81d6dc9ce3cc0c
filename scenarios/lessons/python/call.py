import os

from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import CloudToDeviceMethod

registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])
method = CloudToDeviceMethod(method_name="reboot", payload={}, response_timeout_in_seconds=15)
answer = registry.invoke_device_method("myDevice", method)
print(answer.status, answer.payload)
