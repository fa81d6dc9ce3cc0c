from .results import IoTHubClientConnectionStatusReason as Reason

# a token is renewed after this part of its lifetime (azure-iot-sdk-c, iothub_transport_ll_mqtt_common.c)
RENEWAL = 0.8


class Lost(Exception):
    """The connection is over, for a reason to tell; without a reason, the transport only wants a new one at once."""

    def __init__(self, reason, text=""):
        super().__init__(text)
        self.reason = reason


class Transport:
    """One connection of a device to its hub; when it is over, the next one is made.

    It calls `device.admitted` when the hub has accepted the credentials, `device.connected` when it can be used, and
    `device.advance` when something was added to `granted`.
    """

    def __init__(self, device):
        self._device = device
        self._asked = set()
        # of handlers.EVENTS, MESSAGES, …
        self.granted = set()

    def open(self):
        """Connects. Raises OSError."""
        raise NotImplementedError

    def exchange(self):
        """Reads and writes what is possible, or waits for it, or for work. Raises Lost or ConnectionError."""
        raise NotImplementedError

    def close(self):
        raise NotImplementedError

    def ask(self, needs):
        """Subscribes to what it has not subscribed to yet."""
        missing = needs - self._asked
        self._asked |= missing
        if missing:
            self._subscribe(missing)

    def _subscribe(self, needs):
        raise NotImplementedError

    def _grant(self, needs):
        self.granted |= needs
        self._device.advance()


def rejected(text):
    return Lost(Reason.BAD_CREDENTIAL, text)
