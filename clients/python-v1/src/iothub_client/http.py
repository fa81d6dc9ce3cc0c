import itertools
import time
from urllib.parse import quote

from iothub_v1.https import Https
from iothub_v1.results import IoTHubMessageDispositionResult as Disposition

from .handlers import EVENTS, MESSAGES
from .identity import API_VERSION
from .incoming import incoming_message
from .options import log
from .results import IoTHubClientConfirmationResult as Confirmation
from .results import IoTHubClientConnectionStatusReason as Reason
from .transport import RENEWAL, Lost, Transport, rejected

# https://learn.microsoft.com/rest/api/iothub/device
PROPERTY_PREFIX = "iothub-app-"

# statuses
NOTHING = 204
UNAUTHORIZED = 401
NOT_FOUND = 404
TOO_MANY_REQUESTS = 429


class HttpTransport(Transport):
    """HTTPS: messages in both directions. It asks for messages every `MinimumPollingTime` seconds."""

    def __init__(self, device, identity, options):
        super().__init__(device)
        self._identity = identity
        self._options = options
        self._path = f"/devices/{quote(identity.device_id, safe='')}/messages"
        self._https = None
        self._is_connected = False
        self._is_admitted = False
        self._token = None
        self._token_time = 0.0
        self._keys = itertools.count(1)
        self._settled = []
        self._polled = None

    def open(self):
        self._https = Https(self._identity.address, self._options.tls())

    def exchange(self):
        if not self._is_connected:
            self._is_connected = True
            self._device.connected()
        self._confirm()
        goes_on = MESSAGES in self._asked and self._is_due() and self._receive()
        self._device.wait(0 if goes_on else 1)

    def close(self):
        self._confirm()
        if self._https is not None:
            self._https.close()

    def send(self, message):
        """Returns a key for Events.settled."""
        status, text = self._call("POST", f"{self._path}/events", headers_of(message), message.get_bytearray())
        if status == TOO_MANY_REQUESTS or status >= 500:
            raise Lost(Reason.COMMUNICATION_ERROR, f"{status} {text.decode()}")
        if status >= 300:
            log.error("the hub refused a message: %s %s", status, text.decode())
        key = next(self._keys)
        self._settled.append((key, Confirmation.OK if status < 300 else Confirmation.ERROR))
        return key

    def _confirm(self):
        settled, self._settled = self._settled, []
        for key, result in settled:
            self._device.events.settled(key, result)

    def _subscribe(self, needs):
        self.granted |= needs & {EVENTS, MESSAGES}

    def _is_due(self):
        return self._polled is None or time.monotonic() - self._polled >= self._options.polling_time

    def _receive(self):
        """Returns whether to ask again at once: not without a message, and not for one that has been abandoned."""
        status, headers, body = self._request("GET", f"{self._path}/devicebound")
        self._polled = time.monotonic()
        if status != 200:
            if status != NOTHING:
                log.error("the hub did not return a message: %s %s", status, body.decode())
            return False
        disposition = self._device.messages.received(message_from(headers, body))
        self._settle(headers["ETag"].strip('"'), disposition)
        if disposition == Disposition.ABANDONED:
            return False
        self._polled = None
        return True

    def _settle(self, lock_token, disposition):
        path = f"{self._path}/devicebound/{quote(lock_token, safe='')}"
        if disposition == Disposition.ABANDONED:
            status, text = self._call("POST", f"{path}/abandon")
        else:
            status, text = self._call("DELETE", path, query="&reject" if disposition == Disposition.REJECTED else "")
        if status >= 300:
            log.error("the hub did not settle a message: %s %s", status, text.decode())

    def _call(self, *arguments, **options):
        status, _, text = self._request(*arguments, **options)
        return status, text

    def _request(self, method, path, headers=None, body=None, query=""):
        target = f"{path}?api-version={API_VERSION}{query}"
        answer = self._https.exchange(method, target, {**self._authorization(), **(headers or {})}, body)
        status, _, text = answer
        if status in (UNAUTHORIZED, NOT_FOUND):
            raise rejected(f"{status} {text.decode()}")
        if not self._is_admitted and status < 500:
            self._is_admitted = True
            self._device.admitted()
        return answer

    def _authorization(self):
        lifetime = self._options.sas_token_lifetime
        if self._token is None or time.monotonic() - self._token_time > lifetime * RENEWAL:
            self._token_time = time.monotonic()
            self._token = self._identity.password(lifetime)
        return {} if self._token is None else {"Authorization": self._token}


def headers_of(message):
    system = {
        "iothub-messageid": message.message_id,
        "iothub-correlationid": message.correlation_id,
        "iothub-contenttype": message.get_content_type_system_property(),
        "iothub-contentencoding": message.get_content_encoding_system_property(),
    }
    headers = {name: value for name, value in system.items() if value is not None}
    for name, value in message.properties().get_internals().items():
        headers[PROPERTY_PREFIX + name] = value
    return {"Content-Type": "application/octet-stream", **headers}


def message_from(headers, body):
    system = {
        "message_id": headers.get("iothub-messageid"),
        "correlation_id": headers.get("iothub-correlationid"),
        # the second names: azure-iot-sdk-c, iothubtransporthttp.c
        "content_type": headers.get("iothub-contenttype") or headers.get("ContentType"),
        "content_encoding": headers.get("iothub-contentencoding") or headers.get("ContentEncoding"),
    }
    application = [name for name in headers if name.lower().startswith(PROPERTY_PREFIX)]
    return incoming_message(body, system, {name[len(PROPERTY_PREFIX) :]: headers[name] for name in application})
