from .errors import IoTHubMapError
from .results import IoTHubMapResult


class IoTHubMap:
    """Properties by name. A property is rejected if the filter returns anything other than 0."""

    def __init__(self, filter_callback=None):
        if filter_callback is not None and not callable(filter_callback):
            raise TypeError("expected type callable")
        self._filter = filter_callback
        self._values = {}

    def add(self, key, value):
        if key in self._values:
            raise IoTHubMapError("add", IoTHubMapResult.KEYEXISTS)
        self._set("add", key, value)

    def add_or_update(self, key, value):
        self._set("add_or_update", key, value)

    def delete(self, key):
        if key not in self._values:
            raise IoTHubMapError("delete", IoTHubMapResult.KEYNOTFOUND)
        del self._values[key]

    def contains_key(self, key):
        return key in self._values

    def contains_value(self, value):
        return value in self._values.values()

    def get_value_from_key(self, key):
        if key not in self._values:
            raise IoTHubMapError("get_value_from_key", IoTHubMapResult.KEYNOTFOUND)
        return self._values[key]

    def get_internals(self):
        return dict(self._values)

    def _set(self, func, key, value):
        if not isinstance(key, str) or not isinstance(value, str):
            raise TypeError("expected type str")
        if self._filter is not None and self._filter(key, value) != 0:
            raise IoTHubMapError(func, IoTHubMapResult.FILTER_REJECT)
        self._values[key] = value


def printable(key, value):
    """The filter of message properties: accepts printable US-ASCII (azure-iot-sdk-c, iothub_message.c)."""
    return 0 if all(31 < ord(letter) < 127 for letter in key + value) else 1
