"""The exchanges between a device and its hub, one class per subject; all run on the connection's thread.

Each class has `filters` to subscribe to, with their QoS. `ready` is called when they are subscribed, `lost` when the
connection is lost. `take` returns True if a packet belongs to the subject.
"""

import itertools
import threading
import time
from collections import OrderedDict

from . import topics
from .callbacks import call
from .options import log
from .results import IoTHubClientConfirmationResult, IoTHubTwinUpdateState

OK = 200


class Twin:
    """Twin requests, and changes of desired properties."""

    def __init__(self):
        self._listener = None
        self._waiting = []
        self._asked = OrderedDict()
        self._rids = itertools.count(1)
        self._has_asked = False
        self.filters = {}

    def listen(self, callback, context):
        self._listener = (callback, context)
        self._has_asked = False
        self.filters = {topics.TWIN_RESPONSES: 0, topics.DESIRED: 0}

    def report(self, state, callback, context):
        self._waiting.append((state, callback, context))
        self.filters.setdefault(topics.TWIN_RESPONSES, 0)

    def ready(self, publish):
        if self._listener is not None and not self._has_asked:
            self._has_asked = True
            self._ask(publish, topics.twin_get, "", self._complete)
        for state, callback, context in self._waiting:
            report = (state, callback, context)
            self._ask(publish, topics.twin_report, state, report)
        self._waiting = []

    def lost(self):
        reports = [asked for asked in self._asked.values() if isinstance(asked, tuple)]
        self._waiting = reports + self._waiting
        self._asked.clear()
        self._has_asked = False

    def take(self, topic, payload, publish):
        if topics.is_desired(topic):
            self._tell(IoTHubTwinUpdateState.PARTIAL, payload)
            return True
        response = topics.parse_response(topic)
        if response is None:
            return False
        status, rid = response
        asked = self._asked.pop(rid, None)
        if isinstance(asked, tuple):
            _, callback, context = asked
            call(callback, status, context)
        elif asked is not None:
            asked(status, payload)
        return True

    def _ask(self, publish, topic, body, asked):
        rid = str(next(self._rids))
        self._asked[rid] = asked
        publish(topic(rid), body, 0)

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

    filters = {}

    def __init__(self, device_id):
        self._device_id = device_id
        self._waiting = []
        self._sent = OrderedDict()
        self._unconfirmed = 0
        self._lock = threading.Lock()

    def __len__(self):
        return self._unconfirmed

    def announce(self):
        """Counts a message that will be sent, so that the client is busy. Can be called on any thread."""
        with self._lock:
            self._unconfirmed += 1

    def send(self, message, callback, context):
        self._waiting.append((message, callback, context, time.monotonic()))

    def ready(self, publish):
        for event in self._waiting:
            message = event[0]
            mid = publish(topics.events(self._device_id, message), bytes(message.get_bytearray()), 1)
            self._sent[mid] = event
        self._waiting = []

    def lost(self):
        self._waiting = list(self._sent.values()) + self._waiting
        self._sent.clear()

    def take(self, topic, payload, publish):
        return False

    def confirmed(self, mid):
        event = self._sent.pop(mid, None)
        if event is not None:
            self._confirm(event, IoTHubClientConfirmationResult.OK)

    def expire(self, milliseconds):
        """Discards messages that have waited longer; 0 means never."""
        since = time.monotonic() - milliseconds / 1000
        if milliseconds > 0:
            self._drop(lambda event: event[3] < since, IoTHubClientConfirmationResult.MESSAGE_TIMEOUT)

    def destroy(self):
        self._drop(lambda event: True, IoTHubClientConfirmationResult.BECAUSE_DESTROY)

    def _drop(self, late, result):
        dropped = [event for event in [*self._sent.values(), *self._waiting] if late(event)]
        self._sent = OrderedDict((mid, event) for mid, event in self._sent.items() if not late(event))
        self._waiting = [event for event in self._waiting if not late(event)]
        for event in dropped:
            self._confirm(event, result)

    def _confirm(self, event, result):
        with self._lock:
            self._unconfirmed -= 1
        message, callback, context, _ = event
        call(callback, message, result, context)


class Messages:
    """Cloud-to-device messages. Over MQTT the hub learns that a message arrived, not whether it was processed."""

    def __init__(self, device_id):
        self._device_id = device_id
        self._listener = None
        self.filters = {}
        self.last_received = None

    def listen(self, callback, context):
        self._listener = (callback, context)
        self.filters = {topics.devicebound(self._device_id): 1}

    def ready(self, publish):
        pass

    def lost(self):
        pass

    def take(self, topic, payload, publish):
        message = topics.parse_message(topic, payload, self._device_id)
        if message is None:
            return False
        self.last_received = int(time.time())
        if self._listener is not None:
            callback, context = self._listener
            call(callback, message, context)
        return True


class Methods:
    """Direct methods. A listener returns the response, or (with `later`) sends it afterwards."""

    def __init__(self):
        self._listener = None
        self.filters = {}

    def listen(self, callback, context, later=False):
        self._listener = (callback, context, later)
        self.filters = {topics.METHODS: 0}

    def ready(self, publish):
        pass

    def lost(self):
        pass

    def take(self, topic, payload, publish):
        method = topics.parse_method(topic)
        if method is None:
            return False
        if self._listener is not None:
            name, rid = method
            callback, context, later = self._listener
            if later:
                call(callback, name, payload.decode(), rid, context)
            else:
                answer = call(callback, name, payload.decode(), context)
                if answer is not None:
                    publish(topics.method_response(answer.status, rid), answer.response, 0)
        return True
