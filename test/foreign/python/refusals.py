"""The errors of Microsoft's SDKs for Python. Arguments: tcp or ws, the program's own device, one that does not answer
`sleep` but answers `babble` with invalid JSON; then ids of devices for which the hub raises errors."""

import json
import os
import sys

from azure.iot.device import IoTHubDeviceClient
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import CloudToDeviceMethod, Twin

transport, device, mute, *troubles = sys.argv[1:]
DEVICE = os.environ["IOTHUB_DEVICE_CONNECTION_STRING"]
registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])
# msrest tries again after 500, 503 and 504; without that, its errors for them are seen
registry.protocol.config.retry_policy.retries = 0


def error_of(work):
    try:
        work()
        return "nothing"
    except Exception as error:
        response = getattr(error, "response", None)
        name = type(error).__name__
        return name if response is None else [name, response.status_code]


def client(text=DEVICE, **options):
    return IoTHubDeviceClient.create_from_connection_string(
        text, websockets=transport == "ws", connection_retry=False, **options
    )


def call(name):
    request = CloudToDeviceMethod(method_name=name, response_timeout_in_seconds=5, connect_timeout_in_seconds=0)
    return lambda: registry.invoke_device_method(mute, request)


mine = client()
mine.connect()
away = client(auto_connect=False)
# nothing listens there
lost = client(f"{DEVICE};GatewayHostName=127.0.0.2")
report = {
    "reported": error_of(lambda: mine.patch_twin_reported_properties({"$no": 1})),
    "away": error_of(lambda: away.send_message("hello")),
    "lost": error_of(lost.connect),
    "argument": error_of(lambda: registry.update_twin(device, Twin(tags={"with.dot": 1}), "*")),
    "absent": error_of(lambda: registry.get_device(f"{device}-nobody")),
    "exists": error_of(lambda: registry.create_device_with_sas(device, None, None, "enabled")),
    "etag": error_of(lambda: registry.update_twin(device, Twin(tags={"a": 1}), "c3RhbGU=")),
    "silent": error_of(call("sleep")),
    "babbling": error_of(call("babble")),
}
for name in troubles:
    report[name] = error_of(lambda: registry.get_device(name))
for each in (mine, away, lost):
    each.shutdown()
print(json.dumps(report))
