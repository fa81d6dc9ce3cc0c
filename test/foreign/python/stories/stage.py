"""What a story needs: as scenarios/story.ts, for the same stories on Microsoft's SDKs for Python."""

import os
import queue
import re
import time
import uuid
from contextlib import suppress

from azure.iot.device import IoTHubDeviceClient, IoTHubModuleClient, MethodResponse
from azure.iot.hub import (
    DigitalTwinClient,
    IoTHubConfigurationManager,
    IoTHubHttpRuntimeManager,
    IoTHubJobManager,
    IoTHubRegistryManager,
)
from azure.iot.hub.models import QuerySpecification, Twin, TwinProperties
from uamqp import TransportType

SERVICE = os.environ["IOTHUB_CONNECTION_STRING"]
HOST = re.search("HostName=([^;]+)", SERVICE).group(1)
JOBS_END = ("completed", "failed", "cancelled")
STORIES = {}


def story(title):
    """Registers a story by its title, which is the same as in scenarios/stories."""

    def keep(tell):
        STORIES[title] = tell
        return tell

    return keep


class Heard(queue.Queue):
    """The arguments of a handler's calls, in order."""

    def next(self):
        return self.get(timeout=120)


class Stage:
    def __init__(self, transport):
        over = TransportType.AmqpOverWebsocket if transport == "ws" else TransportType.Amqp
        self.registry = IoTHubRegistryManager(SERVICE, transport_type=over)
        self.runtime = IoTHubHttpRuntimeManager(SERVICE)
        self.jobs = IoTHubJobManager(SERVICE)
        self.configurations = IoTHubConfigurationManager(SERVICE)
        self.digital_twins = DigitalTwinClient(SERVICE)
        self.facts = []
        self._options = {"websockets": transport == "ws"}
        self._made = []
        self._configured = []
        self._open = []

    def invent(self, prefix):
        """A unique name."""
        return f"{prefix}-{uuid.uuid4()}"

    def create_device(self):
        """Creates a device."""
        device_id = self.invent("story")
        self._made.append(device_id)
        # without keys: the hub generates them
        self.registry.create_device_with_sas(device_id, None, None, "enabled")
        return device_id

    def key_of(self, device_id):
        return self.registry.get_device(device_id).authentication.symmetric_key.primary_key

    def device(self, device_id, **options):
        """A client of the device, not yet connected."""
        return self.device_with(f"DeviceId={device_id};SharedAccessKey={self.key_of(device_id)}", **options)

    def device_with(self, rest, **options):
        text = f"HostName={HOST};{rest}"
        return self._keep(IoTHubDeviceClient.create_from_connection_string(text, **self._options, **options))

    def device_with_token(self, token):
        return self._keep(IoTHubDeviceClient.create_from_sastoken(token, **self._options))

    def module(self, device_id, module_id):
        key = self.registry.get_module(device_id, module_id).authentication.symmetric_key.primary_key
        text = f"HostName={HOST};DeviceId={device_id};ModuleId={module_id};SharedAccessKey={key}"
        return self._keep(IoTHubModuleClient.create_from_connection_string(text, **self._options))

    def registry_with(self, rest):
        return IoTHubRegistryManager(f"HostName={HOST};{rest}")

    def hear(self, client):
        """The desired patches that a client receives from now on."""
        heard = Heard()
        client.on_twin_desired_properties_patch_received = heard.put
        return heard

    def answer(self, client, answer):
        """Lets a client answer direct methods with the status and payload that `answer(name, payload)` returns."""

        def handle(request):
            status, payload = answer(request.name, request.payload)
            client.send_method_response(MethodResponse.create_from_method_request(request, status, payload))

        client.on_method_request_received = handle

    def receive(self, client):
        """The messages from the cloud that a client receives from now on."""
        received = Heard()
        client.on_message_received = received.put
        return received

    def feedback(self):
        """The records of the next batch of feedback, if there is one; the batch is completed."""
        # the public method returns neither the records nor the lock token
        response = self.runtime.protocol.cloud_to_device_messages.receive_feedback_notification(raw=True).response
        if response.status_code == 204:
            return []
        self.runtime.complete_feedback_notification(response.headers["ETag"].strip('"'))
        return response.json()

    def want(self, device_id, desired, etag="*"):
        return self.registry.update_twin(device_id, Twin(properties=TwinProperties(desired=desired)), etag)

    def tag(self, device_id, tags):
        return self.registry.update_twin(device_id, Twin(tags=tags), "*")

    def configure(self, configuration):
        self._configured.append(configuration.id)
        return self.configurations.create_configuration(configuration)

    def find(self, text, size=2):
        """The ids that a query finds, sorted."""
        found = []
        token = None
        while True:
            page = self.registry.query_iot_hub(QuerySpecification(query=text), token, size)
            found += [twin.device_id for twin in page.items]
            token = page.continuation_token
            if not token:
                return sorted(found)

    def until(self, look, is_enough):
        """Reads until the value is as expected or the time is over; returns the last value."""
        end = time.monotonic() + 60
        while True:
            seen = look()
            if is_enough(seen) or time.monotonic() > end:
                return seen
            time.sleep(0.02)

    def ended(self, job_id):
        return self.until(lambda: self.jobs.get_scheduled_job(job_id), lambda job: job.status in JOBS_END)

    def see(self, fact, actual, expected):
        assert actual == expected, f"{fact}: {actual!r}, not {expected!r}"
        self.facts.append(fact)

    def failure(self, work):
        """The status or the name of the error that `work` raises."""
        try:
            work()
            return "no error"
        except Exception as error:
            response = getattr(error, "response", None)
            return type(error).__name__ if response is None else response.status_code

    def clear(self):
        for client in self._open:
            client.shutdown()
        for configuration_id in self._configured:
            with suppress(Exception):
                self.configurations.delete_configuration(configuration_id)
        for device_id in self._made:
            with suppress(Exception):
                self.registry.delete_device(device_id)

    def _keep(self, client):
        self._open.append(client)
        return client


def plain(section):
    """A part of a twin without what the hub adds."""
    return {name: value for name, value in section.items() if not name.startswith("$")}
