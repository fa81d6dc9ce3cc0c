"""The device app: reports how it is connected, then prints the desired properties until it is interrupted.

It needs only a connection string of the device, for the emulator or for a real hub.
"""

import json
import os
import signal
import threading

from azure.iot.device import IoTHubDeviceClient

CONNECTION_STRING = os.environ["IOTHUB_DEVICE_CONNECTION_STRING"]


def print_desired(patch):
    print(f"Desired properties: {json.dumps(patch)}", flush=True)


def main():
    interrupted = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: interrupted.set())

    client = IoTHubDeviceClient.create_from_connection_string(CONNECTION_STRING)
    client.connect()
    print("Client connected to IoT Hub", flush=True)

    client.on_twin_desired_properties_patch_received = print_desired
    print_desired(client.get_twin()["desired"])

    client.patch_twin_reported_properties({"connectivity": {"type": "cellular"}})
    print("Twin state reported", flush=True)

    interrupted.wait()
    client.shutdown()
    print("Client closed", flush=True)


if __name__ == "__main__":
    main()
