import base64
import binascii
import hashlib
import hmac
import time
from urllib.parse import quote


def parse_connection_string(text):
    """The fields of a connection string. Raises ValueError if it is invalid."""
    fields = {}
    for part in text.strip().split(";"):
        if part == "":
            continue
        name, equals, value = part.partition("=")
        if equals == "" or name in fields:
            raise ValueError(f"connection string: {part!r} is not NAME=VALUE, or occurs twice")
        fields[name] = value
    if not fields.get("HostName"):
        raise ValueError("connection string: HostName is missing")
    return fields


def check_key(key):
    """Raises ValueError if the key is not base64, before anything is signed."""
    try:
        base64.b64decode(key, validate=True)
    except binascii.Error:
        raise ValueError("the key is not base64") from None


def sas_token(resource, key, lifetime, policy=None):
    """A token for `resource` that expires in `lifetime` seconds.

    https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-sas
    """
    resource = quote(resource, safe="")
    expiry = int(time.time() + lifetime)
    digest = hmac.new(base64.b64decode(key), f"{resource}\n{expiry}".encode(), hashlib.sha256).digest()
    token = f"SharedAccessSignature sr={resource}&sig={quote(base64.b64encode(digest), safe='')}&se={expiry}"
    return token if policy is None else f"{token}&skn={policy}"
