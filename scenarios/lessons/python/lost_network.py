import os

from azure.iot.device import IoTHubDeviceClient, Message

client = IoTHubDeviceClient.create_from_connection_string(
    os.environ["IOTHUB_DEVICE_CONNECTION_STRING"], connection_retry_interval=1
)
client.on_connection_state_change = lambda: print("connected" if client.connected else "disconnected")
client.connect()
# the hub cuts the connection instead of an answer: the SDK connects again and sends it once more
cut = Message("cut the connection, please")
cut.custom_properties["AzIoTHub_FaultOperationType"] = "KillTcp"
client.send_message(cut)
again = Message("I am back")
again.custom_properties["after"] = "the loss"
client.send_message(again)
client.shutdown()
