"""iothub_service_client of the Azure IoT SDK for Python v1: a hub's identities, twins and methods."""

from iothub_v1.errors import IoTHubError, IoTHubMapError, IoTHubMessageError
from iothub_v1.message import IoTHubMessage
from iothub_v1.properties import IoTHubMap
from iothub_v1.results import (
    IoTHubMapResult,
    IoTHubMessageContent,
    IoTHubMessageDispositionResult,
    IoTHubMessageResult,
)

from .errors import (
    IoTHubDeviceMethodError,
    IoTHubDeviceTwinError,
    IoTHubMessagingError,
    IoTHubRegistryManagerError,
    IoTHubServiceClientAuthError,
)
from .identities import IoTHubDevice, IoTHubDeviceCapabilities, IoTHubModule, IoTHubRegistryStatistics
from .messaging import IoTHubMessaging
from .method import IoTHubDeviceMethod, IoTHubDeviceMethodResponse
from .registry import IoTHubRegistryManager
from .rest import IoTHubServiceClientAuth
from .results import (
    IoTHubDeviceConnectionState,
    IoTHubDeviceMethodResult,
    IoTHubDeviceStatus,
    IoTHubDeviceTwinResult,
    IoTHubFeedbackStatusCode,
    IoTHubMessagingResult,
    IoTHubRegistryManagerAuthMethod,
    IoTHubRegistryManagerResult,
)
from .twin import IoTHubDeviceTwin

__version__ = "1.4.0"
