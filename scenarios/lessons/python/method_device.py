import os

from azure.iot.device import IoTHubDeviceClient, MethodResponse

client = IoTHubDeviceClient.create_from_connection_string(os.environ["IOTHUB_DEVICE_CONNECTION_STRING"])


def answer(request):
    print("called:", request.name)
    client.send_method_response(MethodResponse.create_from_method_request(request, 200, {"done": request.name}))


client.connect()
client.on_method_request_received = answer
input("Press Enter to end.\n")
client.shutdown()
