from iothub_v1.errors import IoTHubError, ResultError


class IoTHubServiceClientAuthError(IoTHubError):
    pass


class IoTHubRegistryManagerError(ResultError):
    ORIGIN = "IoTHubRegistryManager"


class IoTHubDeviceMethodError(ResultError):
    ORIGIN = "IoTHubDeviceMethod"


class IoTHubDeviceTwinError(ResultError):
    ORIGIN = "IoTHubTwin"


class IoTHubMessagingError(ResultError):
    ORIGIN = "IoTHubMessaging"
