import os
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import QuerySpecification

registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])
query = QuerySpecification(query="SELECT deviceId FROM devices")
pool = ThreadPoolExecutor(40)
asked = [pool.submit(registry.query_iot_hub, query, None, 100) for _ in range(40)]
ended, waiting = wait(asked, return_when=FIRST_EXCEPTION)
for refused in filter(None, (one.exception() for one in ended)):
    print("refused:", refused)
print(f"{len(ended)} of {len(asked)} have ended; the others wait in line")
pool.shutdown(wait=False)
