import threading
import traceback

from .errors import IoTHubMessagingError
from .results import IoTHubMessagingResult


class IoTHubMessaging:
    """Cloud-to-device messages, over AMQP with Microsoft's azure-iot-hub (install with [messaging])."""

    def __init__(self, connection_string):
        self._connection_string = connection_string
        self._manager = None

    def open(self, callback, context):
        """Calls callback(context) when messages can be sent."""
        try:
            from azure.iot.hub import IoTHubRegistryManager as Manager

            self._manager = Manager(self._connection_string)
        except Exception as error:  # any error of that package, or the package is missing
            raise IoTHubMessagingError("open", IoTHubMessagingResult.ERROR) from error
        callback(context)

    def close(self):
        self._manager = None

    def send_async(self, device_id, message, callback, context):
        """callback(context, result), on another thread."""
        manager = self._manager
        if manager is None:
            raise IoTHubMessagingError("send_async", IoTHubMessagingResult.ERROR)

        def send():
            try:
                manager.send_c2d_message(device_id, message.get_bytearray(), _properties(message))
                result = IoTHubMessagingResult.OK
            except Exception:  # any error of that package
                traceback.print_exc()
                result = IoTHubMessagingResult.ERROR
            callback(context, result)

        threading.Thread(target=send, daemon=True).start()

    def set_feedback_message_callback(self, callback, context):
        """Not supported: this module does not receive feedback."""
        raise IoTHubMessagingError("set_feedback_message_callback", IoTHubMessagingResult.ERROR)


def _properties(message):
    system = {"messageId": message.message_id, "correlationId": message.correlation_id}
    known = {name: value for name, value in system.items() if value is not None}
    return {**message.properties().get_internals(), **known}
