import os
import re

from azure.iot.device import IoTHubDeviceClient

host_name, key = re.search("HostName=([^;]+).*SharedAccessKey=(.+)$", os.environ["IOTHUB_CONNECTION_STRING"]).groups()
client = IoTHubDeviceClient.create_from_connection_string(
    f"HostName={host_name};DeviceId=myDevice;SharedAccessKey={key}"
)
try:
    client.connect()
    print("connected")
except Exception as refused:
    print("refused:", refused)
client.shutdown()
