import json
from urllib.parse import quote

from .errors import IoTHubRegistryManagerError, IoTHubServiceClientAuthError
from .identities import IoTHubDevice, IoTHubModule, IoTHubRegistryStatistics, authentication
from .rest import ErrorResponse, rest_of
from .results import IoTHubDeviceStatus, IoTHubRegistryManagerResult

NOT_FOUND = 404
CONFLICT = 409
ANY = "*"
# of one list; 0 means the same (azure-iot-sdk-c, iothub_registrymanager.c)
MOST_DEVICES = 1000


class IoTHubRegistryManager:
    """The identities of a hub. Every error is an IoTHubRegistryManagerError."""

    def __init__(self, connection_string):
        try:
            self._rest = rest_of(connection_string)
        except IoTHubServiceClientAuthError as error:
            raise IoTHubRegistryManagerError("IoTHubRegistryManager", IoTHubRegistryManagerResult.ERROR) from error

    def get_statistics(self):
        return IoTHubRegistryStatistics(self._call("get_statistics", "GET", "/statistics/devices"))

    def create_device(self, device_id, primary_key, secondary_key, auth_method, capabilities=None):
        body = {
            "deviceId": device_id,
            "status": "enabled",
            "authentication": authentication(auth_method, primary_key, secondary_key),
            "capabilities": _capabilities(capabilities),
        }
        return IoTHubDevice(self._call("create_device", "PUT", _device("create_device", device_id), body))

    def get_device(self, device_id):
        return IoTHubDevice(self._call("get_device", "GET", _device("get_device", device_id)))

    def update_device(self, device_id, primary_key, secondary_key, status, auth_method, capabilities=None):
        body = {
            "deviceId": device_id,
            "status": "enabled" if status == IoTHubDeviceStatus.ENABLED else "disabled",
            "authentication": authentication(auth_method, primary_key, secondary_key),
        }
        if capabilities is not None:
            body["capabilities"] = _capabilities(capabilities)
        self._call("update_device", "PUT", _device("update_device", device_id), body, ANY)

    def delete_device(self, device_id):
        self._call("delete_device", "DELETE", _device("delete_device", device_id), None, ANY)

    def get_device_list(self, number_of_devices):
        top = number_of_devices if 0 < number_of_devices <= MOST_DEVICES else MOST_DEVICES
        return [IoTHubDevice(body) for body in self._call("get_device_list", "GET", f"/devices?top={top}")]

    def create_module(self, device_id, primary_key, secondary_key, module_id, auth_method, managed_by=""):
        path = _module("create_module", device_id, module_id)
        body = _module_body(device_id, module_id, authentication(auth_method, primary_key, secondary_key), managed_by)
        return IoTHubModule(self._call("create_module", "PUT", path, body))

    def update_module(self, device_id, primary_key, secondary_key, module_id, auth_method, managed_by=""):
        path = _module("update_module", device_id, module_id)
        body = _module_body(device_id, module_id, authentication(auth_method, primary_key, secondary_key), managed_by)
        self._call("update_module", "PUT", path, body, ANY)

    def get_module(self, device_id, module_id):
        return IoTHubModule(self._call("get_module", "GET", _module("get_module", device_id, module_id)))

    def get_module_list(self, device_id):
        path = f"{_device('get_module_list', device_id)}/modules"
        return [IoTHubModule(body) for body in self._call("get_module_list", "GET", path)]

    def delete_module(self, device_id, module_id):
        self._call("delete_module", "DELETE", _module("delete_module", device_id, module_id), None, ANY)

    def _call(self, func, method, path, body=None, if_match=None):
        try:
            text = self._rest.call(method, path, None if body is None else json.dumps(body), if_match)
            return json.loads(text) if text else None
        except ErrorResponse as error:
            results = {
                NOT_FOUND: IoTHubRegistryManagerResult.DEVICE_NOT_EXIST,
                CONFLICT: IoTHubRegistryManagerResult.DEVICE_EXIST,
            }
            result = results.get(error.status, IoTHubRegistryManagerResult.HTTP_STATUS_ERROR)
            raise IoTHubRegistryManagerError(func, result) from error
        except OSError as error:
            raise IoTHubRegistryManagerError(func, IoTHubRegistryManagerResult.HTTPAPI_ERROR) from error
        except ValueError as error:
            raise IoTHubRegistryManagerError(func, IoTHubRegistryManagerResult.JSON_ERROR) from error


def _capabilities(capabilities):
    return {"iotEdge": capabilities is not None and capabilities.iot_edge}


def _module_body(device_id, module_id, proof, managed_by):
    body = {"deviceId": device_id, "moduleId": module_id, "authentication": proof}
    return {**body, "managedBy": managed_by} if managed_by else body


def _device(func, device_id):
    if not device_id or " " in device_id:
        raise IoTHubRegistryManagerError(func, IoTHubRegistryManagerResult.INVALID_ARG)
    return f"/devices/{quote(device_id, safe='')}"


def _module(func, device_id, module_id):
    if not module_id or " " in module_id:
        raise IoTHubRegistryManagerError(func, IoTHubRegistryManagerResult.INVALID_ARG)
    return f"{_device(func, device_id)}/modules/{quote(module_id, safe='')}"
