from urllib.parse import quote

from .errors import IoTHubDeviceTwinError, IoTHubServiceClientAuthError
from .rest import ErrorResponse, rest_of
from .results import IoTHubDeviceTwinResult

ANY = "*"


def twin_path(names):
    """The path /twins/… of a device or of a module."""
    device_id, *module_id = (quote(name, safe="") for name in names)
    return f"/twins/{device_id}/modules/{module_id[0]}" if module_id else f"/twins/{device_id}"


class IoTHubDeviceTwin:
    """Twins as JSON text from the hub, without blanks. Every error is an IoTHubDeviceTwinError."""

    def __init__(self, connection_string):
        try:
            self._rest = rest_of(connection_string)
        except IoTHubServiceClientAuthError as error:
            raise IoTHubDeviceTwinError("IoTHubDeviceTwin", IoTHubDeviceTwinResult.ERROR) from error

    def get_twin(self, device_id, module_id=None):
        func = "get_twin" if module_id is None else "get_module_twin"
        return self._call(func, "GET", _names(device_id, module_id))

    def update_twin(self, *arguments):
        """update_twin(device_id, json) or update_twin(device_id, module_id, json)"""
        *names, patch = arguments
        if not 1 <= len(names) <= 2:
            raise TypeError("update_twin takes a device, perhaps a module, and a JSON text")
        return self._call("update_twin" if len(names) == 1 else "update_module_twin", "PATCH", names, patch)

    def _call(self, func, method, names, patch=None):
        try:
            return self._rest.call(method, twin_path(names), patch, None if patch is None else ANY)
        except (ErrorResponse, OSError) as error:
            raise IoTHubDeviceTwinError(func, IoTHubDeviceTwinResult.ERROR) from error


def _names(device_id, module_id):
    return [device_id] if module_id is None else [device_id, module_id]
