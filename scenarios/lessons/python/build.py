import os
import subprocess
import sys

from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import Twin

# a hub for the test alone; Python's SDKs know no other ports than the usual ones
HUB = ["iothub-emulator", "exec", "--ports", "default", "--device", "myDevice", "--"]
ended = subprocess.run([*HUB, sys.executable, "test_hub.py"])
result = "passed" if ended.returncode == 0 else "failed"
print("the test has", result)
# the hub of this class is another one
registry = IoTHubRegistryManager(os.environ["IOTHUB_CONNECTION_STRING"])
registry.update_twin("myDevice", Twin(tags={"build": result}), "*")
