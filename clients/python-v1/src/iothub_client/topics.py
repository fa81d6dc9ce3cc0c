"""MQTT topics of a device. https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub"""

import re
from urllib.parse import quote, unquote

from .incoming import incoming_message

TWIN_RESPONSES = "$iothub/twin/res/#"
DESIRED = "$iothub/twin/PATCH/properties/desired/#"
METHODS = "$iothub/methods/POST/#"

_RESPONSE = re.compile(r"^\$iothub/twin/res/(\d+)/\?\$rid=([^&]+)")
_METHOD = re.compile(r"^\$iothub/methods/POST/([^/]+)/\?\$rid=(.+)$")
_DESIRED_PREFIX = DESIRED[:-1]

# system properties in the bag
_SYSTEM = {"$.mid": "message_id", "$.cid": "correlation_id", "$.ct": "content_type", "$.ce": "content_encoding"}


def devicebound(device_id):
    return f"devices/{device_id}/messages/devicebound/#"


def events(device_id, message):
    bag = {
        "$.mid": message.message_id,
        "$.cid": message.correlation_id,
        "$.ct": message.get_content_type_system_property(),
        "$.ce": message.get_content_encoding_system_property(),
        **message.properties().get_internals(),
    }
    pairs = [f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in bag.items() if value is not None]
    return f"devices/{device_id}/messages/events/{'&'.join(pairs)}"


def twin_get(rid):
    return f"$iothub/twin/GET/?$rid={rid}"


def twin_report(rid):
    return f"$iothub/twin/PATCH/properties/reported/?$rid={rid}"


def method_response(status, rid):
    return f"$iothub/methods/res/{status}/?$rid={rid}"


def parse_response(topic):
    """(status, rid) of a twin response, or None."""
    found = _RESPONSE.match(topic)
    return found and (int(found.group(1)), found.group(2))


def parse_method(topic):
    """(name, rid) of a direct method, or None."""
    found = _METHOD.match(topic)
    return found and (found.group(1), found.group(2))


def is_desired(topic):
    return topic.startswith(_DESIRED_PREFIX)


def parse_message(topic, payload, device_id):
    """The cloud-to-device message, or None."""
    prefix = devicebound(device_id)[:-1]
    if not topic.startswith(prefix):
        return None
    system, properties = {}, {}
    for pair in topic[len(prefix) :].split("&"):
        key, _, value = (unquote(part) for part in pair.partition("="))
        if key in _SYSTEM:
            system[_SYSTEM[key]] = value
        elif key != "" and not key.startswith("$.") and key != "iothub-ack":
            properties[key] = value
    return incoming_message(payload, system, properties)
