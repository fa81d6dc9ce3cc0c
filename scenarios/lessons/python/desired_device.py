import os

from azure.iot.device import IoTHubDeviceClient

client = IoTHubDeviceClient.create_from_connection_string(os.environ["IOTHUB_DEVICE_CONNECTION_STRING"])


def do(desired):
    if "telemetryConfig" not in desired:
        return
    print("the hub wants", desired["telemetryConfig"])
    client.patch_twin_reported_properties({"telemetryConfig": desired["telemetryConfig"]})


client.connect()
# called with each change; what is wanted already is in the twin
client.on_twin_desired_properties_patch_received = do
do(client.get_twin()["desired"])
input("Press Enter to end.\n")
client.shutdown()
