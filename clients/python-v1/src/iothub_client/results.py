from iothub_v1.enumeration import Enumeration

# Names and order: azure-iot-sdk-c, iothub_client_core_common.h; transports: the original module


class IoTHubTransportProvider(Enumeration):
    HTTP = 0
    AMQP = 1
    MQTT = 2
    AMQP_WS = 3
    MQTT_WS = 4


class IoTHubClientResult(Enumeration):
    OK = 0
    INVALID_ARG = 1
    ERROR = 2
    INVALID_SIZE = 3
    INDEFINITE_TIME = 4


class IoTHubClientStatus(Enumeration):
    IDLE = 0
    BUSY = 1


class IoTHubClientConfirmationResult(Enumeration):
    OK = 0
    BECAUSE_DESTROY = 1
    MESSAGE_TIMEOUT = 2
    ERROR = 3


class IoTHubConnectionStatus(Enumeration):
    AUTHENTICATED = 0
    UNAUTHENTICATED = 1


class IoTHubClientConnectionStatusReason(Enumeration):
    EXPIRED_SAS_TOKEN = 0
    DEVICE_DISABLED = 1
    BAD_CREDENTIAL = 2
    RETRY_EXPIRED = 3
    NO_NETWORK = 4
    COMMUNICATION_ERROR = 5
    CONNECTION_OK = 6


class IoTHubClientRetryPolicy(Enumeration):
    RETRY_NONE = 0
    RETRY_IMMEDIATE = 1
    RETRY_INTERVAL = 2
    RETRY_LINEAR_BACKOFF = 3
    RETRY_EXPONENTIAL_BACKOFF = 4
    RETRY_EXPONENTIAL_BACKOFF_WITH_JITTER = 5
    RETRY_RANDOM = 6


class IoTHubTwinUpdateState(Enumeration):
    COMPLETE = 0
    PARTIAL = 1


class IoTHubSecurityType(Enumeration):
    UNKNOWN = 0
    SAS = 1
    X509 = 2
