"""Stories of connections and of messages."""

import base64
import hashlib
import hmac
import json
import time
import urllib.parse

from azure.iot.device import Message
from calls import invoke
from stage import HOST, story

WRONG_KEY = "SharedAccessKey=bm90IHRoZSBrZXk="
KEY = "bXkgb3duIGtleSBvZiB0aGlydHktdHdvIGJ5dGVzISE="


@story("A device sends telemetry")
def telemetry(stage):
    device = stage.device(stage.create_device())
    device.connect()
    message = Message(json.dumps({"temperature": 21.5}), content_encoding="utf-8", content_type="application/json")
    message.message_id = "the Python story's message"
    message.custom_properties["alert"] = "a b/c&d=é"
    device.send_message(message)
    # python.test.ts checks what has arrived
    stage.see("the hub has accepted it", device.connected, True)


@story("Operations that are not allowed are rejected, and the error says why")
def refusals(stage):
    registry = stage.registry
    device_id = stage.create_device()
    impostor = stage.device_with(f"DeviceId={device_id};{WRONG_KEY}")
    stage.see("a device with a wrong key is rejected", stage.failure(impostor.connect), "CredentialError")
    unregistered = stage.device_with(f"DeviceId={stage.invent('unknown')};{WRONG_KEY}")
    stage.see("an unknown device is rejected", stage.failure(unregistered.connect), "CredentialError")
    service = stage.registry_with(f"SharedAccessKeyName=iothubowner;{WRONG_KEY}")
    stage.see("a service with a wrong key is rejected", stage.failure(service.get_device_registry_statistics), 401)

    unknown = stage.invent("unknown")
    stage.see("an unknown device has no twin", stage.failure(lambda: registry.get_twin(unknown)), 404)
    stage.see("an unknown device cannot be called", stage.failure(lambda: invoke(stage, unknown, "wave")), 404)
    stale = lambda: stage.want(device_id, {"a": 1}, "AAAAAAAAAAk=")
    stage.see("a change with an old etag is rejected", stage.failure(stale), 412)
    stage.see("a key with a dot is rejected", stage.failure(lambda: stage.tag(device_id, {"no.dots": 1})), 400)
    stage.see("an invalid query is rejected", stage.failure(lambda: stage.find("SELECT WHERE")), 400)
    stage.see("nothing has changed", registry.get_twin(device_id).etag, "AAAAAAAAAAE=")


@story("The reason why a device cannot connect is found and fixed")
def connectivity(stage):
    device_id = stage.create_device()
    own = lambda: stage.device_with(f"DeviceId={device_id};SharedAccessKey={KEY}")
    stage.see("with a wrong key it cannot connect", stage.failure(own().connect), "CredentialError")
    stage.registry.update_device_with_sas(device_id, None, KEY, KEY, "enabled")
    fixed = own()
    stage.see("with the right key it can", stage.failure(fixed.connect), "no error")
    fixed.disconnect()

    device = stage.device_with_token(sign(device_id, KEY))
    device.connect()
    stage.answer(device, lambda _name, _payload: (200, "Done"))
    device.send_message('{"temperature":25}')
    stage.see("with a token it can, too", device.connected, True)
    device.patch_twin_reported_properties({"status": "reported"})
    stage.see("a method reaches it", invoke(stage, device_id, "TestMethod"), (200, "Done"))
    seen = stage.registry.get_twin(device_id).properties.reported
    stage.see("its report has arrived", seen["status"], "reported")


def sign(device_id, key):
    """https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-sas"""
    resource = urllib.parse.quote_plus(f"{HOST}/devices/{device_id}")
    expiry = int(time.time()) + 3600
    digest = hmac.HMAC(base64.b64decode(key), f"{resource}\n{expiry}".encode(), hashlib.sha256).digest()
    signature = urllib.parse.quote_plus(base64.b64encode(digest))
    return f"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}"
