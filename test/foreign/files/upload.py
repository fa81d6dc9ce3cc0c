"""A device uploads a file, says so, and reads it again."""

import json
import os

from azure.iot.device import IoTHubDeviceClient
from azure.storage.blob import BlobClient

client = IoTHubDeviceClient.create_from_connection_string(os.environ["IOTHUB_DEVICE_CONNECTION_STRING"])
client.connect()
told = []
for name, content in (("a b.txt", b"hello world"), ("logs/ä.bin", bytes(range(256)) * 30_000)):
    place = client.get_storage_info_for_blob(name)
    url = "https://{hostName}/{containerName}/{blobName}{sasToken}".format(**place)
    blob = BlobClient.from_blob_url(
        url,
        connection_verify=os.environ["SSL_CERT_FILE"],
        max_single_put_size=4_000_000,
        max_block_size=4_000_000,
    )
    blob.upload_blob(content, overwrite=True)
    client.notify_blob_upload_status(place["correlationId"], True, 200, "OK")
    told.append([place["blobName"], blob.download_blob().readall() == content])
client.shutdown()
print(json.dumps({"told": told}))
