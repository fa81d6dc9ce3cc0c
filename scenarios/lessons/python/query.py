import os

from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import QuerySpecification

registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])
query = QuerySpecification(query="SELECT * FROM devices WHERE tags.location.plant = 'Redmond43'")
print([twin.device_id for twin in registry.query_iot_hub(query, None, 100).items])
