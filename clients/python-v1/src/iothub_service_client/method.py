import json

from .errors import IoTHubDeviceMethodError, IoTHubServiceClientAuthError
from .rest import ErrorResponse, rest_of
from .results import IoTHubDeviceMethodResult
from .twin import twin_path

# seconds that the hub may take in addition to the timeout of the call
EXTRA_WAIT = 10


class IoTHubDeviceMethodResponse:
    """A device's response: a status and JSON text."""

    def __init__(self, status=0, payload=""):
        self.status = status
        self.payload = payload


class IoTHubDeviceMethod:
    """Direct methods. Every error is an IoTHubDeviceMethodError."""

    def __init__(self, connection_string):
        try:
            self._rest = rest_of(connection_string)
        except IoTHubServiceClientAuthError as error:
            raise IoTHubDeviceMethodError("IoTHubDeviceMethod", IoTHubDeviceMethodResult.ERROR) from error

    def invoke(self, *arguments):
        """invoke(device_id, name, payload, timeout) or invoke(device_id, module_id, name, payload, timeout); in seconds."""
        *names, method_name, payload, timeout = arguments
        if not 1 <= len(names) <= 2:
            raise TypeError("invoke takes a device, perhaps a module, a method's name, a JSON text and a timeout")
        func = "invoke" if len(names) == 1 else "invoke_module"
        try:
            body = {"methodName": method_name, "responseTimeoutInSeconds": timeout, "payload": _parse(payload)}
            text = self._rest.call(
                "POST", f"{twin_path(names)}/methods", json.dumps(body), timeout=timeout + EXTRA_WAIT
            )
            answer = json.loads(text)
            payload = json.dumps(answer.get("payload"), separators=(",", ":"), ensure_ascii=False)
            return IoTHubDeviceMethodResponse(answer["status"], payload)
        except (ErrorResponse, ValueError, KeyError) as error:
            raise IoTHubDeviceMethodError(func, IoTHubDeviceMethodResult.ERROR) from error
        except OSError as error:
            raise IoTHubDeviceMethodError(func, IoTHubDeviceMethodResult.HTTPAPI_ERROR) from error


def _parse(payload):
    return json.loads(payload) if payload else None
