import os

from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import Twin

registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])
registry.update_twin("myDevice", Twin(tags={"location": {"plant": "Redmond43"}}), "*")
