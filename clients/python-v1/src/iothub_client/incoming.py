from iothub_v1.errors import IoTHubMapError
from iothub_v1.message import IoTHubMessage

from .options import log


def incoming_message(body, system, properties):
    """A message to the device; `system` has message_id, correlation_id, content_type and content_encoding, or fewer."""
    message = IoTHubMessage(bytearray(body))
    message.message_id = system.get("message_id")
    message.correlation_id = system.get("correlation_id")
    message.set_content_type_system_property(system.get("content_type"))
    message.set_content_encoding_system_property(system.get("content_encoding"))
    for name, value in properties.items():
        try:
            message.properties().add_or_update(name, value)
        except IoTHubMapError as error:
            log.error("a message comes without its property %r: %s", name, error)
    return message
