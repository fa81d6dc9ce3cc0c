"""Stories of messages to and from devices."""

import json

from azure.iot.device import Message
from stage import story

READINGS = [
    {"temperature": 21, "humidity": 61},
    {"temperature": 31, "humidity": 66},
    {"temperature": 24, "humidity": 70},
]


@story("A device sends readings, and marks those that are too high")
def readings(stage):
    device = stage.device(stage.create_device())
    device.connect()
    for reading in READINGS:
        message = Message(json.dumps(reading))
        message.message_id = stage.invent("reading")
        message.custom_properties["temperatureAlert"] = str(reading["temperature"] > 30).lower()
        # python.test.ts checks what has arrived
        device.send_message(message)
        stage.see(f"the hub accepts {reading['temperature']} degrees", device.connected, True)


@story("A back end sends a message to a device and learns that it has arrived")
def cloud_to_device(stage):
    device_id = stage.create_device()
    message_id = stage.invent("message")
    properties = {"messageId": message_id, "iothub-ack": "full", "urgency": "high"}
    # the hub keeps it until the device connects
    stage.registry.send_c2d_message(device_id, "Cloud to device message.", properties)

    device = stage.device(device_id)
    messages = stage.receive(device)
    device.connect()
    received = messages.next()
    stage.see("the device receives the message", received.data.decode(), "Cloud to device message.")
    stage.see("it has its id", received.message_id, message_id)
    stage.see("it has its property", received.custom_properties["urgency"], "high")

    # the SDK has completed the message itself
    records = []

    def told():
        records.extend(stage.feedback())
        return [(one["statusCode"], one["deviceId"]) for one in records if one["originalMessageId"] == message_id]

    seen = stage.until(told, lambda found: found)
    stage.see("the back end receives feedback", seen, [("Success", device_id)])
