from .enumeration import Enumeration

# Names and order: azure-iot-sdk-c, map.h and iothub_message.h


class IoTHubMapResult(Enumeration):
    OK = 0
    ERROR = 1
    INVALIDARG = 2
    KEYEXISTS = 3
    KEYNOTFOUND = 4
    FILTER_REJECT = 5


class IoTHubMessageResult(Enumeration):
    OK = 0
    INVALID_ARG = 1
    INVALID_TYPE = 2
    ERROR = 3


class IoTHubMessageDispositionResult(Enumeration):
    ACCEPTED = 0
    REJECTED = 1
    ABANDONED = 2


class IoTHubMessageContent(Enumeration):
    BYTEARRAY = 0
    STRING = 1
    UNKNOWN = 2
