"""A device sends a message that has everything which a message can have. Argument: `tcp` or `websockets`."""

import os
import sys

from azure.iot.device import IoTHubDeviceClient, Message

device = IoTHubDeviceClient.create_from_connection_string(
    os.environ["IOTHUB_DEVICE_CONNECTION_STRING"], websockets=sys.argv[1] == "websockets"
)
message = Message('{"reading":21.5}', message_id="reading 1/2", content_encoding="utf-8", content_type="application/json")
message.correlation_id = "c 1"
message.user_id = "u1"
message.set_as_security_message()
message.custom_properties["place"] = "hall = 7 & cellar"
device.send_message(message)
device.shutdown()
print("{}")
