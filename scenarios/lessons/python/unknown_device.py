import base64
import hashlib
import hmac
import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request


def sign(resource, key, expiry, policy=None):
    """A token as the SDKs make it: https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas"""
    sr = urllib.parse.quote(resource, safe="")
    digest = hmac.new(base64.b64decode(key), f"{sr}\n{expiry}".encode(), hashlib.sha256).digest()
    skn = "" if policy is None else f"&skn={policy}"
    sig = urllib.parse.quote(base64.b64encode(digest), safe="")
    return f"SharedAccessSignature sr={sr}&sig={sig}&se={expiry}{skn}"


def send(host_name, device_id, token):
    """Sends a message over HTTPS."""
    url = f"https://{host_name}/devices/{device_id}/messages/events?api-version=2021-04-12"
    request = urllib.request.Request(url, b"{}", {"Authorization": token}, method="POST")
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as refused:
        return refused.code


service = os.environ["IOTHUB_CONNECTION_STRING"]
host_name, key = re.search("HostName=([^;]+).*SharedAccessKey=(.+)$", service).groups()
in_an_hour = int(time.time()) + 3600
token = sign(host_name, key, in_an_hour, "iothubowner")
print("the hub answered", send(host_name, "noSuchDevice", token))
