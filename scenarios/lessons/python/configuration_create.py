import os

from azure.iot.hub import IoTHubConfigurationManager
from azure.iot.hub.models import Configuration, ConfigurationContent, ConfigurationMetrics

configurations = IoTHubConfigurationManager(os.environ["IOTHUB_CONNECTION_STRING"])
firmware = {"fwVersion": "1.0.1", "fwPackageURI": "https://example.com/firmware-1.0.1"}
current = "SELECT deviceId FROM devices WHERE properties.reported.firmware.fwUpdateStatus = 'current'"
configurations.create_configuration(
    Configuration(
        id="firmware285",
        content=ConfigurationContent(device_content={"properties.desired.firmware": firmware}),
        target_condition="tags.devicetype = 'chiller'",
        priority=20,
        metrics=ConfigurationMetrics(queries={"current": current}),
    )
)
