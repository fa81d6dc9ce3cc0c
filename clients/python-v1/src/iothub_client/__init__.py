"""iothub_client of the Azure IoT SDK for Python v1: a device and its hub."""

from iothub_v1.errors import IoTHubError, IoTHubMapError, IoTHubMessageError
from iothub_v1.message import IoTHubMessage, IoTHubMessageDiagnosticPropertyData
from iothub_v1.properties import IoTHubMap
from iothub_v1.results import (
    IoTHubMapResult,
    IoTHubMessageContent,
    IoTHubMessageDispositionResult,
    IoTHubMessageResult,
)

from .client import DeviceMethodReturnValue, GetRetryPolicyReturnValue, IoTHubClient, IoTHubConfig, IoTHubTransport
from .errors import IoTHubClientError
from .results import (
    IoTHubClientConfirmationResult,
    IoTHubClientConnectionStatusReason,
    IoTHubClientResult,
    IoTHubClientRetryPolicy,
    IoTHubClientStatus,
    IoTHubConnectionStatus,
    IoTHubSecurityType,
    IoTHubTransportProvider,
    IoTHubTwinUpdateState,
)

__version__ = "1.4.9"
