"""What a device exchanges with its hub, one class per subject; all run on the connection's thread.

Each class has `needs`, the subscriptions or links that it needs of the transport. `ready` is called when the transport
has them, `lost` when the connection is lost; the transport calls the other functions.
"""

import threading
import time
import uuid
from collections import OrderedDict

from iothub_v1.results import IoTHubMessageDispositionResult
from iothub_v1.worker import call

from .options import log
from .results import IoTHubClientConfirmationResult, IoTHubTwinUpdateState

# what a transport subscribes to
EVENTS = "events"
MESSAGES = "messages"
METHODS = "methods"
TWIN = "twin"
DESIRED = "desired"

OK = 200


class Twin:
    """Twin requests, and changes of desired properties."""

    def __init__(self):
        self._listener = None
        self._waiting = []
        self._asked = OrderedDict()
        self._has_asked = False
        self.needs = set()

    def listen(self, callback, context):
        self._listener = (callback, context)
        self._has_asked = False
        self.needs = {TWIN, DESIRED}

    def report(self, state, callback, context):
        self._waiting.append((state, callback, context))
        self.needs.add(TWIN)

    def ready(self, transport):
        if self._listener is not None and not self._has_asked:
            self._has_asked = True
            transport.get_twin(self._ask(self._complete))
        for report in self._waiting:
            transport.report(self._ask(report), report[0])
        self._waiting = []

    def lost(self):
        reports = [asked for asked in self._asked.values() if isinstance(asked, tuple)]
        self._waiting = reports + self._waiting
        self._asked.clear()
        self._has_asked = False

    def responded(self, rid, status, payload):
        asked = self._asked.pop(rid, None)
        if isinstance(asked, tuple):
            _, callback, context = asked
            call(callback, status, context)
        elif asked is not None:
            asked(status, payload)

    def changed(self, payload):
        self._tell(IoTHubTwinUpdateState.PARTIAL, payload)

    def _ask(self, asked):
        rid = str(uuid.uuid4())
        self._asked[rid] = asked
        return rid

    def _complete(self, status, payload):
        if status == OK:
            self._tell(IoTHubTwinUpdateState.COMPLETE, payload)
        else:
            log.error("the hub did not return the twin: %s %s", status, payload.decode())

    def _tell(self, state, payload):
        if self._listener is not None:
            callback, context = self._listener
            call(callback, state, payload.decode(), context)


class Events:
    """Device-to-cloud messages, each until the hub has confirmed it."""

    def __init__(self):
        self._waiting = []
        self._sent = OrderedDict()
        self._unconfirmed = 0
        self._lock = threading.Lock()
        self.needs = set()

    def __len__(self):
        return self._unconfirmed

    def announce(self):
        """Counts a message that will be sent, so that the client is busy. Can be called on any thread."""
        with self._lock:
            self._unconfirmed += 1

    def send(self, message, callback, context):
        self._waiting.append((message, callback, context, time.monotonic()))
        self.needs = {EVENTS}

    def ready(self, transport):
        while self._waiting:
            key = transport.send(self._waiting[0][0])
            self._sent[key] = self._waiting.pop(0)

    def lost(self):
        self._waiting = list(self._sent.values()) + self._waiting
        self._sent.clear()

    def settled(self, key, result=IoTHubClientConfirmationResult.OK):
        event = self._sent.pop(key, None)
        if event is not None:
            self._confirm(event, result)

    def expire(self, milliseconds):
        """Discards messages that have waited longer; 0 means never."""
        since = time.monotonic() - milliseconds / 1000
        if milliseconds > 0:
            self._drop(lambda event: event[3] < since, IoTHubClientConfirmationResult.MESSAGE_TIMEOUT)

    def destroy(self):
        self._drop(lambda event: True, IoTHubClientConfirmationResult.BECAUSE_DESTROY)

    def _drop(self, late, result):
        dropped = [event for event in [*self._sent.values(), *self._waiting] if late(event)]
        self._sent = OrderedDict((key, event) for key, event in self._sent.items() if not late(event))
        self._waiting = [event for event in self._waiting if not late(event)]
        for event in dropped:
            self._confirm(event, result)

    def _confirm(self, event, result):
        with self._lock:
            self._unconfirmed -= 1
        message, callback, context, _ = event
        call(callback, message, result, context)


class Messages:
    """Cloud-to-device messages."""

    def __init__(self):
        self._listener = None
        self.needs = set()
        self.last_received = None

    def listen(self, callback, context):
        self._listener = (callback, context)
        self.needs = {MESSAGES}

    def ready(self, transport):
        pass

    def lost(self):
        pass

    def received(self, message):
        """What is to become of the message. It comes again if the callback fails, or does not say."""
        self.last_received = int(time.time())
        if self._listener is None:  # an earlier connection has subscribed
            return IoTHubMessageDispositionResult.ABANDONED
        callback, context = self._listener
        disposition = call(callback, message, context)
        if isinstance(disposition, IoTHubMessageDispositionResult):
            return disposition
        log.error("the message callback returned %r, not an IoTHubMessageDispositionResult", disposition)
        return IoTHubMessageDispositionResult.ABANDONED


class Methods:
    """Direct methods. A listener returns the response, or (with `later`) sends it afterwards."""

    def __init__(self):
        self._listener = None
        self.needs = set()

    def listen(self, callback, context, later=False):
        self._listener = (callback, context, later)
        self.needs = {METHODS}

    def ready(self, transport):
        pass

    def lost(self):
        pass

    def called(self, name, rid, payload, transport):
        if self._listener is None:  # an earlier connection has subscribed
            return
        callback, context, later = self._listener
        if later:
            call(callback, name, payload.decode(), rid, context)
            return
        answer = call(callback, name, payload.decode(), context)
        if answer is not None:
            transport.respond(rid, answer.status, answer.response)
