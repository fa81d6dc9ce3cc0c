from proton import Message


def data_message(body, **fields):
    """A message whose body is bytes."""
    return Message(inferred=True, body=bytes(body), **fields)


def amqp_message(message, address=None):
    """An IoTHubMessage as one of AMQP; `address` is where it goes, beyond its link."""
    return data_message(
        message.get_bytearray(),
        address=address,
        id=message.message_id,
        correlation_id=message.correlation_id,
        content_type=message.get_content_type_system_property(),
        content_encoding=message.get_content_encoding_system_property(),
        properties=message.properties().get_internals() or None,
    )


def text_of(value):
    """An id, which may be text, a UUID or a number, as text."""
    return None if value is None else str(value)
