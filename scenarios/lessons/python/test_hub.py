import os
import unittest

from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import QuerySpecification, Twin


class HubTest(unittest.TestCase):
    def test_a_tag_that_was_written_can_be_queried(self):
        registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])
        registry.update_twin("myDevice", Twin(tags={"testedBy": "ci"}), "*")
        query = QuerySpecification(query="SELECT * FROM devices WHERE tags.testedBy = 'ci'")
        found = [twin.device_id for twin in registry.query_iot_hub(query).items]
        self.assertEqual(found, ["myDevice"])


if __name__ == "__main__":
    unittest.main(exit=False)
