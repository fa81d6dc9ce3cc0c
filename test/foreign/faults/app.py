"""An app that meets a fault and goes on. Prints for each episode, given as JSON, what it saw at first and later."""

import concurrent.futures
import json
import os
import queue
import sys
import threading
import time
import urllib.error
import urllib.request

from azure.iot.device import IoTHubDeviceClient, Message, MethodResponse
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import CloudToDeviceMethod, Twin, TwinProperties

EPISODES = json.loads(sys.argv[1])
SERVICE = os.environ["IOTHUB_CONNECTION_STRING"]

# how long the app waits for an answer, seconds: see app.js
TIMEOUT = 15
LONG = 30
# the delay of a delayed answer, seconds
DELAY = 1
# longer than the hub holds back a message that another one is to overtake, seconds
HELD_BACK = 1.5


def begin(work):
    """Runs `work` in a thread of its own, which may never end."""
    future = concurrent.futures.Future()

    def run():
        try:
            start = time.monotonic()
            work()
            future.set_result("done" if time.monotonic() - start < DELAY else "done late")
        except Exception as error:  # noqa: BLE001 - whatever the SDK throws is what we are after
            status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
            future.set_result(type(error).__name__ + (f" {status}" if status else ""))

    threading.Thread(target=run, daemon=True).start()
    return future


def outcome(future, timeout=LONG):
    try:
        return future.result(timeout=timeout)
    except concurrent.futures.TimeoutError:
        return "nothing"


def admin(path, body=None):
    """Calls the admin API of the emulator; tells whether it succeeded."""
    url = f"{os.environ['IOTHUB_EMULATOR_ADMIN_URL']}{path}"
    text = json.dumps(body or {}).encode()
    request = urllib.request.Request(url, text, {"content-type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status < 300
    except urllib.error.HTTPError:
        return False


def cut(device_id):
    """Has the hub close the connection of a device; tells whether there was one."""
    return admin(f"/connections/{device_id}/disconnect")


def twice(device_id, work):
    """Does `work` twice. If it does not end the first time, its connection is cut."""
    first = begin(work)
    saw = outcome(first, TIMEOUT)
    after = outcome(first, TIMEOUT) if saw == "nothing" and cut(device_id) else None
    return {"saw": saw, "after": after, "again": outcome(begin(work)).replace(" late", "")}


def connect(client, _episode):
    saw = outcome(begin(client.connect))
    return {"saw": saw, "again": outcome(begin(client.connect))}


def telemetry(client, episode):
    client.connect()
    bodies = iter(["1", "2"])

    def send():
        message = Message(next(bodies))
        if message.data == "1":
            message.custom_properties.update(episode.get("properties", {}))
        client.send_message(message)

    return twice(episode["id"], send)


def twin_report(client, episode):
    client.connect()
    client.get_twin()
    return twice(episode["id"], lambda: client.patch_twin_reported_properties({"at": time.time()}))


def twin_get(client, episode):
    client.connect()
    return twice(episode["id"], client.get_twin)


def desire(device_id, value):
    registry = IoTHubRegistryManager(SERVICE)
    registry.update_twin(device_id, Twin(properties=TwinProperties(desired={"n": value})), "*")


def twin_desired(client, episode):
    patches = queue.Queue()
    client.connect()
    client.on_twin_desired_properties_patch_received = patches.put
    client.patch_twin_reported_properties({"ready": True})
    for value in (1, 2):
        desire(episode["id"], value)
    time.sleep(HELD_BACK)
    desire(episode["id"], 3)
    heard = []
    while 3 not in heard:
        heard.append(patches.get(timeout=TIMEOUT).get("n"))
    return {"heard": heard}


def method(client, episode):
    calls = []

    def answer(request):
        calls.append(request.name)
        client.send_method_response(MethodResponse.create_from_method_request(request, 200, len(calls)))

    client.connect()
    client.on_method_request_received = answer
    client.patch_twin_reported_properties({"ready": True})

    def call():
        request = CloudToDeviceMethod(
            method_name="work", response_timeout_in_seconds=5, connect_timeout_in_seconds=5
        )
        IoTHubRegistryManager(SERVICE).invoke_device_method(episode["id"], request)

    saw = outcome(begin(call))
    return {"saw": saw, "again": outcome(begin(call)), "calls": len(calls)}


def rest(_client, episode):
    def tag():
        IoTHubRegistryManager(SERVICE).update_twin(episode["id"], Twin(tags={"at": time.time()}), "*")

    return twice(episode["id"], tag)


def rest_in_pairs(_client, episode):
    heard = []

    def ask(number):
        IoTHubRegistryManager(SERVICE).update_twin(episode["id"], Twin(tags={"n": number}), "*")
        heard.append(number)

    first = begin(lambda: ask(1))
    time.sleep(DELAY / 2)
    second = begin(lambda: ask(2))
    for future in (first, second):
        outcome(future)
    return {"heard": heard}


ACTS = {
    "connect": connect,
    "telemetry": telemetry,
    "twin.report": twin_report,
    "twin.get": twin_get,
    "twin.desired": twin_desired,
    "method": method,
    "rest": rest,
    "rest in pairs": rest_in_pairs,
}


def play(episode):
    client = IoTHubDeviceClient.create_from_connection_string(
        episode["connectionString"], keep_alive=2, connection_retry_interval=1
    )
    if "fault" in episode:
        admin("/faults", episode["fault"])
    try:
        seen = ACTS[episode["act"]](client, episode)
    except Exception as error:  # noqa: BLE001
        seen = {"failed": repr(error)}
    outcome(begin(client.shutdown), 1)
    return episode["id"], seen


crowd = [episode for episode in EPISODES if "fault" not in episode]
with concurrent.futures.ThreadPoolExecutor(max_workers=len(crowd)) as pool:
    report = dict(pool.map(play, crowd))
# a fault that can hit any device comes last, when all other episodes have ended
report.update(play(episode) for episode in EPISODES if "fault" in episode)
print(json.dumps(report), flush=True)
os._exit(0)  # threads that still wait for an answer
