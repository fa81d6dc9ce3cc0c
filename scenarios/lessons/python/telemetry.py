import json
import os

from azure.iot.device import IoTHubDeviceClient, Message

client = IoTHubDeviceClient.create_from_connection_string(os.environ["IOTHUB_DEVICE_CONNECTION_STRING"])
client.connect()
client.send_message(Message(json.dumps({"temperature": 21.5})))
client.shutdown()
