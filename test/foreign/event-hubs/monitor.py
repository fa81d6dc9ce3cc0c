"""Reads events with uamqp as `az iot hub monitor-events` did: it asks the hub where they are, which partitions there are, and
reads those from a time on. Arguments: the hub's host name, policy, key, how many events to read, and the time in ms."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.parse

import uamqp
from uamqp.authentication import SASLPlain, SASTokenAsync

host, policy, key, count, since = sys.argv[1:]
CA = os.environ["SSL_CERT_FILE"]


def token_for(uri):
    return SASTokenAsync.from_shared_access_key(uri, policy, key, verify=CA)


def hub_token():
    expiry = str(int(time.time()) + 360)
    signature = hmac.new(base64.b64decode(key), f"{host}\n{expiry}".encode(), hashlib.sha256).digest()
    fields = {"sr": host, "sig": base64.b64encode(signature), "se": expiry, "skn": policy}
    return "SharedAccessSignature " + urllib.parse.urlencode(fields)


async def redirect():
    source = f"amqps://{host}/messages/events/$management"
    auth = SASLPlain(host, f"{policy}@sas.root.{host}", hub_token(), verify=CA)
    client = uamqp.ReceiveClientAsync(source, auth=auth, prefetch=1, timeout=30000)
    try:
        await client.receive_message_batch_async(max_batch_size=1)
    except uamqp.errors.LinkRedirect as found:
        return found.hostname.decode(), found.address.decode()
    finally:
        await client.close_async()


async def partitions_of(address, path, auth):
    client = uamqp.ReceiveClientAsync(uamqp.address.Source(address), auth=auth, timeout=30000)
    try:
        await client.open_async()
        question = uamqp.Message(application_properties={"name": path})
        answer = await client.mgmt_request_async(
            question,
            b"READ",
            op_type=b"com.microsoft:eventhub",
            status_code_field=b"status-code",
            description_fields=b"status-description",
            timeout=30000,
        )
        return [id.decode() for id in answer.get_data()[b"partition_ids"]]
    finally:
        await client.close_async()


async def read(address, partition, auth):
    source = uamqp.address.Source(f"{address}/ConsumerGroups/$Default/Partitions/{partition}")
    source.set_filter(f"amqp.annotation.x-opt-enqueuedtimeutc > {since}".encode())
    client = uamqp.ReceiveClientAsync(source, auth=auth, timeout=5000, prefetch=0)
    try:
        return await client.receive_message_batch_async(max_batch_size=int(count))
    finally:
        await client.close_async()


def shown(message):
    return {
        "body": next(message.get_data()).decode(),
        "properties": {name.decode(): value.decode() for name, value in message.application_properties.items()},
        "device": message.annotations[b"iothub-connection-device-id"].decode(),
    }


async def main():
    endpoint, address = await redirect()
    path = address.split("/")[3]
    address = f"amqps://{endpoint}/{path}"
    partitions = await partitions_of(address, path, token_for(f"sb://{endpoint}/{path}"))
    events = []
    for partition in partitions:
        events += [shown(message) for message in await read(address, partition, token_for(f"sb://{endpoint}/{path}"))]
    print(json.dumps({"endpoint": endpoint, "partitions": partitions, "events": events}))


asyncio.run(main())
