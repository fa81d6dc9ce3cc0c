import threading
from urllib.parse import quote

from iothub_v1.errors import IoTHubError
from iothub_v1.message import IoTHubMessage

from .errors import IoTHubMessagingError
from .results import IoTHubMessagingResult
from .rest import auth_of


class IoTHubMessaging:
    """Cloud-to-device messages and their feedback, over AMQP; needs the extra [amqp]. Callbacks run on another thread."""

    def __init__(self, connection_string):
        try:
            self._auth = auth_of(connection_string)
        except IoTHubError as error:
            raise IoTHubMessagingError("IoTHubMessaging", IoTHubMessagingResult.ERROR) from error
        self._connection = None
        self._feedback_listener = None
        self._lock = threading.Lock()

    def open(self, callback, context):
        """Calls callback(context) when messages can be sent."""
        with self._lock:
            if self._connection is not None:
                return
            try:
                from .amqp import MessagingConnection
            except ImportError as error:
                raise IoTHubMessagingError("open", IoTHubMessagingResult.ERROR) from error
            self._connection = MessagingConnection(self._auth, (callback, context), self._feedback)

    def close(self):
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def send_async(self, *arguments):
        """send_async(device_id, message, callback, context) or send_async(device_id, module_id, message, callback, context)

        callback(context, result): OK when the hub has taken the message, else ERROR.
        """
        *names, message, callback, context = arguments
        if not 1 <= len(names) <= 2 or not isinstance(message, IoTHubMessage):
            raise TypeError("send_async takes a device, perhaps a module, an IoTHubMessage, a callback and a context")
        connection = self._connection
        if connection is None:
            raise IoTHubMessagingError("send_async", IoTHubMessagingResult.ERROR)
        connection.send(_address(*names), message, callback, context)

    def set_feedback_message_callback(self, callback, context):
        """callback(context, batch_user_id, batch_lock_token, records), with a list of dictionaries.

        The hub has feedback of messages with the property `iothub-ack`: `full`, `positive` or `negative`.
        """
        if not callable(callback):
            raise TypeError("set_feedback_message_callback expected type callable")
        self._feedback_listener = (callback, context)

    def _feedback(self):
        return self._feedback_listener


def _address(device_id, module_id=None):
    device = f"/devices/{quote(device_id, safe='')}"
    module = "" if module_id is None else f"/modules/{quote(module_id, safe='')}"
    return f"{device}{module}/messages/devicebound"
