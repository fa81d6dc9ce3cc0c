"""What a device and a service are told whose keys are wrong. Argument: tcp or ws."""

import json
import os
import re
import sys

from azure.iot.device import IoTHubDeviceClient
from azure.iot.hub import IoTHubRegistryManager

(transport,) = sys.argv[1:]


def with_wrong_key(text):
    return re.sub("SharedAccessKey=.*", "SharedAccessKey=bm90IHRoZSBrZXk=", text)


def name_of_error(work):
    try:
        work()
        return None
    except Exception as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        return [type(error).__name__] if status is None else [type(error).__name__, status]


client = IoTHubDeviceClient.create_from_connection_string(
    with_wrong_key(os.environ["IOTHUB_DEVICE_CONNECTION_STRING"]), websockets=transport == "ws"
)
registry = IoTHubRegistryManager(with_wrong_key(os.environ["IOTHUB_CONNECTION_STRING"]))
report = {"device": name_of_error(client.connect), "service": name_of_error(registry.get_device_registry_statistics)}
client.shutdown()
print(json.dumps(report))
