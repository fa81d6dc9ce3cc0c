"""Reads events with the asynchronous client of azure-eventhub until as many have come as the first argument says."""

import asyncio
import json
import os
import sys

from azure.eventhub.aio import EventHubConsumerClient


async def main(count):
    client = EventHubConsumerClient.from_connection_string(
        os.environ["IOTHUB_EVENTHUB_CONNECTION_STRING"],
        consumer_group="$Default",
        connection_verify=os.environ["SSL_CERT_FILE"],
    )
    events = []
    enough = asyncio.Event()

    async def received(partition, event):
        events.append([event.body_as_str(), event.sequence_number, partition.partition_id])
        if len(events) == count:
            enough.set()

    async with client:
        reading = asyncio.create_task(client.receive(on_event=received, starting_position="-1"))
        await enough.wait()
        about = await client.get_partition_properties("0")
        reading.cancel()
    print(json.dumps({"events": events, "last": about["last_enqueued_sequence_number"]}))


asyncio.run(main(int(sys.argv[1])))
