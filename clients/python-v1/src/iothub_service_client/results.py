from iothub_v1.enumeration import Enumeration

# Names and order: azure-iot-sdk-c, the headers of iothub_service_client


class IoTHubRegistryManagerResult(Enumeration):
    OK = 0
    INVALID_ARG = 1
    ERROR = 2
    JSON_ERROR = 3
    HTTPAPI_ERROR = 4
    HTTP_STATUS_ERROR = 5
    DEVICE_EXIST = 6
    DEVICE_NOT_EXIST = 7
    CALLBACK_NOT_SET = 8


class IoTHubRegistryManagerAuthMethod(Enumeration):
    SHARED_PRIVATE_KEY = 0
    X509_THUMBPRINT = 1
    X509_CERTIFICATE_AUTHORITY = 2


class IoTHubDeviceConnectionState(Enumeration):
    CONNECTED = 0
    DISCONNECTED = 1


class IoTHubDeviceStatus(Enumeration):
    ENABLED = 0
    DISABLED = 1


class IoTHubDeviceMethodResult(Enumeration):
    OK = 0
    INVALID_ARG = 1
    ERROR = 2
    HTTPAPI_ERROR = 3


class IoTHubDeviceTwinResult(Enumeration):
    OK = 0
    INVALID_ARG = 1
    ERROR = 2
    HTTPAPI_ERROR = 3


class IoTHubMessagingResult(Enumeration):
    OK = 0
    INVALID_ARG = 1
    ERROR = 2
    INVALID_JSON = 3
    DEVICE_EXIST = 4
    CALLBACK_NOT_SET = 5


class IoTHubFeedbackStatusCode(Enumeration):
    SUCCESS = 0
    EXPIRED = 1
    DELIVER_COUNT_EXCEEDED = 2
    REJECTED = 3
    UNKNOWN = 4
