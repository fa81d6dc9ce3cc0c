import os

from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import Twin, TwinProperties

registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])
desired = {"telemetryConfig": {"sendFrequency": "24h"}}
registry.update_twin("myDevice", Twin(properties=TwinProperties(desired=desired)), "*")
