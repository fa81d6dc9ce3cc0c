"""A device of Adafruit's library for CircuitPython, on CPython: reports, hears a change, answers a method."""

import json
import os
import socket
import ssl
import time

from adafruit_azureiot import IoTHubDevice, hmac
from adafruit_azureiot.iot_mqtt import IoTResponse

# CPython, unlike CircuitPython, prefixes names with two underscores inside of a class
hmac._HMAC__translate = getattr(hmac, "__translate")

heard = {}


def desired_updated(name, value, version):
    heard[name] = [value, version]


def method_invoked(name, payload):
    heard["method"] = [name, payload]
    return IoTResponse(207, '{"blinked": 3}')


device = IoTHubDevice(socket, ssl.create_default_context(), os.environ["IOTHUB_DEVICE_CONNECTION_STRING"])
device.on_device_twin_desired_updated = desired_updated
device.on_direct_method_invoked = method_invoked
device.connect()
device.send_device_to_cloud_message('{"celsius": 20.5}')
device.update_twin({"firmware": "1.0"})
print("ready", flush=True)
end = time.monotonic() + 60
while not ("rate" in heard and "method" in heard) and time.monotonic() < end:
    device.loop()
device.disconnect()
print(json.dumps(heard))
