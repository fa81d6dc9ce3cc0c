from iothub_v1.credentials import check_key, parse_connection_string, sas_token

API_VERSION = "2021-04-12"
CLIENT_TYPE = "iothubclient-python-v1%2F0.1.0"


class Identity:
    """The credentials of a device. Raises ValueError if something is missing."""

    def __init__(self, host, device_id, key=None, token=None, gateway=None, policy=None, x509=False):
        if not device_id:
            raise ValueError("the device's id is missing")
        if not (key or token or x509):
            raise ValueError("a key, a token or a certificate is missing")
        if key:
            check_key(key)
        self.host = host
        self.device_id = device_id
        self.address = gateway or host
        self.username = f"{host}/{device_id}/?api-version={API_VERSION}&DeviceClientType={CLIENT_TYPE}"
        self.renews = bool(key)
        self._key = key
        self._token = token
        self._policy = policy

    @classmethod
    def from_connection_string(cls, text):
        fields = parse_connection_string(text)
        return cls(
            fields["HostName"],
            fields.get("DeviceId"),
            key=fields.get("SharedAccessKey"),
            token=fields.get("SharedAccessSignature"),
            gateway=fields.get("GatewayHostName"),
            policy=fields.get("SharedAccessKeyName"),
            x509=fields.get("x509", "").lower() == "true",
        )

    def password(self, lifetime):
        """A new token for `lifetime` seconds, the given token, or None with a certificate."""
        if self._key:
            return sas_token(f"{self.host}/devices/{self.device_id}", self._key, lifetime, self._policy)
        return self._token
