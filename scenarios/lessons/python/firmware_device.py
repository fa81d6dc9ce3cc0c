import os

from azure.iot.device import IoTHubDeviceClient

client = IoTHubDeviceClient.create_from_connection_string(os.environ["IOTHUB_DEVICE_CONNECTION_STRING"])


def update(desired):
    if "firmware" not in desired:
        return
    for status in ("downloading", "verifying", "applying", "rebooting"):
        client.patch_twin_reported_properties({"firmware": {"fwUpdateStatus": status}})
    version = desired["firmware"]["fwVersion"]
    client.patch_twin_reported_properties({"firmware": {"fwUpdateStatus": "current", "currentFwVersion": version}})


client.connect()
client.on_twin_desired_properties_patch_received = update
update(client.get_twin()["desired"])
input("Press Enter to end.\n")
client.shutdown()
