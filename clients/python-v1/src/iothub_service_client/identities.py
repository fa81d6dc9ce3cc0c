from .results import IoTHubDeviceConnectionState, IoTHubDeviceStatus, IoTHubRegistryManagerAuthMethod

Auth = IoTHubRegistryManagerAuthMethod

_TYPES = {
    Auth.SHARED_PRIVATE_KEY: "sas",
    Auth.X509_THUMBPRINT: "selfSigned",
    Auth.X509_CERTIFICATE_AUTHORITY: "certificateAuthority",
}
_METHODS = {name: method for method, name in _TYPES.items()}


class IoTHubDeviceCapabilities:
    def __init__(self, iot_edge=False):
        self.iot_edge = iot_edge


class IoTHubRegistryStatistics:
    def __init__(self, body):
        self.totalDeviceCount = body["totalDeviceCount"]
        self.enabledDeviceCount = body["enabledDeviceCount"]
        self.disabledDeviceCount = body["disabledDeviceCount"]


class _Identity:
    def __init__(self, body):
        authentication = body.get("authentication") or {}
        self.authMethod = _METHODS.get(authentication.get("type"), Auth.SHARED_PRIVATE_KEY)
        self.primaryKey, self.secondaryKey = _keys(authentication, self.authMethod)
        self.deviceId = body["deviceId"]
        self.generationId = body.get("generationId")
        self.eTag = body.get("etag")
        self.connectionState = (
            IoTHubDeviceConnectionState.CONNECTED
            if body.get("connectionState") == "Connected"
            else IoTHubDeviceConnectionState.DISCONNECTED
        )
        self.connectionStateUpdatedTime = body.get("connectionStateUpdatedTime")
        self.lastActivityTime = body.get("lastActivityTime")
        self.cloudToDeviceMessageCount = body.get("cloudToDeviceMessageCount", 0)


class IoTHubDevice(_Identity):
    def __init__(self, body):
        super().__init__(body)
        self.status = IoTHubDeviceStatus.DISABLED if body.get("status") == "disabled" else IoTHubDeviceStatus.ENABLED
        self.statusReason = body.get("statusReason")
        self.statusUpdatedTime = body.get("statusUpdatedTime")
        # the hub no longer returns these
        self.isManaged = False
        self.configuration = None
        self.deviceProperties = None
        self.serviceProperties = None


class IoTHubModule(_Identity):
    def __init__(self, body):
        super().__init__(body)
        self.moduleId = body["moduleId"]
        self.managedBy = body.get("managedBy")


def authentication(method, primary, secondary):
    """The `authentication` of a request; the hub generates empty keys."""
    if method == Auth.X509_THUMBPRINT:
        secret = {"x509Thumbprint": {"primaryThumbprint": primary, "secondaryThumbprint": secondary}}
    elif method == Auth.X509_CERTIFICATE_AUTHORITY:
        secret = {}
    else:
        secret = {"symmetricKey": {"primaryKey": primary, "secondaryKey": secondary}}
    return {"type": _TYPES[method], **secret}


def _keys(authentication, method):
    if method == Auth.X509_THUMBPRINT:
        thumbprints = authentication.get("x509Thumbprint") or {}
        return thumbprints.get("primaryThumbprint"), thumbprints.get("secondaryThumbprint")
    keys = authentication.get("symmetricKey") or {}
    return keys.get("primaryKey"), keys.get("secondaryKey")
