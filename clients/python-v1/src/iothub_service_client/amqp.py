import json
import logging
import ssl
import time

from iothub_v1 import amqp
from iothub_v1.amqp_message import amqp_message
from iothub_v1.worker import Worker, call
from proton import Delivery

from .results import IoTHubFeedbackStatusCode, IoTHubMessagingResult

log = logging.getLogger("iothub_service_client")

# seconds
FIRST_WAIT = 1
LONGEST_WAIT = 30

DEVICEBOUND = "/messages/devicebound"
FEEDBACK = "/messages/servicebound/feedback"

# azure-iot-sdk-c, iothub_messaging_ll.c
STATUS_CODES = {
    "success": IoTHubFeedbackStatusCode.SUCCESS,
    "expired": IoTHubFeedbackStatusCode.EXPIRED,
    "deliverycountexceeded": IoTHubFeedbackStatusCode.DELIVER_COUNT_EXCEEDED,
    "rejected": IoTHubFeedbackStatusCode.REJECTED,
}


class MessagingConnection:
    """A service's connection, made again when it is lost. What was sent, but not confirmed, fails with it."""

    def __init__(self, auth, opened, feedback_listener):
        """`opened` is (callback, context), and `feedback_listener` a function that returns such a pair or None."""
        self._auth = auth
        self._opened = opened
        self._feedback_listener = feedback_listener
        self._worker = Worker("iothub_service_client", self._run)
        self._waiting = []
        self._sending = []
        self._sender = None
        self._worker.post(lambda: None)

    def send(self, address, message, callback, context):
        sending = (amqp_message(message, address), callback, context)
        self._worker.post(lambda: self._waiting.append(sending))

    def close(self):
        self._worker.close()

    def _run(self):
        wait = FIRST_WAIT
        while not self._worker.is_closed:
            try:
                self._run_connection()
            except (OSError, ValueError) as error:
                log.error("not connected to %s: %s", self._auth.host, error)
            wait = FIRST_WAIT if self._sender is not None else min(2 * wait, LONGEST_WAIT)
            self._fail()
            self._pause(wait)
        self._worker.do_work()
        self._fail()

    def _run_connection(self):
        address = self._auth.host.partition(":")[0]
        wire = amqp.open_wire(address, address, ssl.create_default_context(), websockets=False)
        connection = amqp.AmqpConnection(wire, address)
        try:
            claims = amqp.Claims(connection, self._auth.host)
            links = []
            while not self._worker.is_closed:
                self._worker.do_work()
                claims.put(self._auth.token())
                if claims.is_accepted and not links:
                    links = [connection.sender(DEVICEBOUND), connection.receiver(FEEDBACK, self._take_feedback)]
                if links and all(link.is_ready for link in links):
                    self._sender = links[0]
                    self._tell_opened()
                    self._send_waiting()
                connection.exchange(self._worker.wait)
        finally:
            connection.close()

    def _tell_opened(self):
        if self._opened is not None:
            (callback, context), self._opened = self._opened, None
            call(callback, context)

    def _send_waiting(self):
        while self._waiting:
            sending = self._waiting.pop(0)
            self._sending.append(sending)
            self._sender.send(sending[0], lambda delivery, sending=sending: self._settled(sending, delivery))

    def _settled(self, sending, delivery):
        self._sending.remove(sending)
        accepted = delivery.remote_state == Delivery.ACCEPTED
        if not accepted:
            log.error("the hub did not take a message: %s", delivery.remote.condition)
        _, callback, context = sending
        call(callback, context, IoTHubMessagingResult.OK if accepted else IoTHubMessagingResult.ERROR)

    def _fail(self):
        self._sender = None
        failed, self._sending, self._waiting = [*self._sending, *self._waiting], [], []
        for _, callback, context in failed:
            call(callback, context, IoTHubMessagingResult.ERROR)

    def _pause(self, seconds):
        end = time.monotonic() + seconds
        while not self._worker.is_closed and time.monotonic() < end:
            self._worker.wait(max(0, end - time.monotonic()))

    def _take_feedback(self, message):
        """The original completes feedback without a listener, too."""
        try:
            records = [_record(each) for each in json.loads(bytes(message.body))]
        except (TypeError, ValueError, AttributeError) as error:
            log.error("feedback that cannot be read: %s", error)
            return Delivery.REJECTED
        listener = self._feedback_listener()
        if listener is not None:
            callback, context = listener
            call(callback, context, "", "", records)
        return Delivery.ACCEPTED


def _record(fields):
    """As the original has it: the description in lower case, the status as a number, no correlation id."""
    description = fields.get("description")
    lower = None if description is None else description.lower()
    return {
        "description": lower,
        "deviceId": fields.get("deviceId"),
        "correlationId": "",
        "generationId": fields.get("deviceGenerationId"),
        "enqueuedTimeUtc": fields.get("enqueuedTimeUtc"),
        "statusCode": int(STATUS_CODES.get(lower, IoTHubFeedbackStatusCode.UNKNOWN)),
        "originalMessageId": fields.get("originalMessageId"),
    }
