"""Reads events with azure-eventhub until as many have come as the first argument says, and prints them as JSON."""

import json
import os
import sys
import threading

from azure.eventhub import EventHubConsumerClient, TransportType

count, transport = sys.argv[1:]
client = EventHubConsumerClient.from_connection_string(
    os.environ["IOTHUB_EVENTHUB_CONNECTION_STRING"],
    consumer_group="$Default",
    transport_type=TransportType[transport],
    connection_verify=os.environ["SSL_CERT_FILE"],
)
about = client.get_eventhub_properties()
events = []


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def received(partition, event):
    events.append(
        {
            "body": event.body_as_str(),
            "properties": {text(name): text(value) for name, value in event.properties.items()},
            "system": {text(name): text(value) for name, value in event.system_properties.items()},
            "last": partition.last_enqueued_event_properties["sequence_number"],
        }
    )
    if len(events) == int(count):
        threading.Thread(target=client.close).start()


client.receive(on_event=received, starting_position="-1", track_last_enqueued_event_properties=True)
print(json.dumps({"partitions": about["partition_ids"], "events": events}))
