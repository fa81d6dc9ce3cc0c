"""A device that goes on, whatever happens to its connection, until `last` is desired. Prints what was acknowledged.

Arguments: tcp or ws, how many seconds its tokens are good for.
"""

import json
import os
import queue
import sys
import threading

from azure.iot.device import IoTHubDeviceClient, Message, MethodResponse

transport, seconds = sys.argv[1:]
client = IoTHubDeviceClient.create_from_connection_string(
    os.environ["IOTHUB_DEVICE_CONNECTION_STRING"],
    websockets=transport == "ws",
    sastoken_ttl=int(seconds),
    connection_retry_interval=1,
)
patches = queue.Queue()
over = threading.Event()
acknowledged = []
heard = []


def answer(request):
    client.send_method_response(MethodResponse.create_from_method_request(request, 200, request.payload))


def send():
    number = 0
    while not over.is_set():
        number += 1
        try:
            client.send_message(Message(str(number)))
            acknowledged.append(str(number))
        except Exception:
            pass  # nothing was promised
        over.wait(0.05)


client.connect()
client.on_twin_desired_properties_patch_received = patches.put
client.on_method_request_received = answer
client.patch_twin_reported_properties({"ready": True})
sending = threading.Thread(target=send)
sending.start()
while "last" not in heard:
    patch = patches.get(timeout=60)
    # after a reconnection, the SDK reads the twin and passes on the changes that it missed
    if patch.get("round") is not None:
        heard.append(patch["round"])
over.set()
sending.join()
client.shutdown()
print(json.dumps({"acknowledged": acknowledged, "heard": sorted(set(heard))}))
