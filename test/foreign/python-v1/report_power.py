"""In the style of the article: a client that reports its power source, then waits for desired properties."""

import os
import sys
import time

from iothub_client import IoTHubClient, IoTHubError, IoTHubTransportProvider

CONNECTION_STRING = os.environ["IOTHUB_DEVICE_CONNECTION_STRING"]
PROTOCOL = getattr(IoTHubTransportProvider, sys.argv[1])
POWER = sys.argv[2]

TIMER_COUNT = 5
TWIN_CONTEXT = "twin"
SEND_REPORTED_STATE_CONTEXT = "report"


def device_twin_callback(update_state, payload, user_context):
    print("%s %s %s" % (user_context, update_state, payload), flush=True)


def send_reported_state_callback(status_code, user_context):
    print("%s %d" % (user_context, status_code), flush=True)


def client_init():
    client = IoTHubClient(CONNECTION_STRING, PROTOCOL)
    if client.protocol == IoTHubTransportProvider.MQTT or client.protocol == IoTHubTransportProvider.MQTT_WS:
        client.set_device_twin_callback(device_twin_callback, TWIN_CONTEXT)
    return client


def client_run():
    try:
        client = client_init()
        reported_state = '{"power":"' + POWER + '"}'
        client.send_reported_state(
            reported_state, len(reported_state), send_reported_state_callback, SEND_REPORTED_STATE_CONTEXT
        )
        while True:
            status_counter = 0
            while status_counter <= TIMER_COUNT:
                client.get_send_status()
                time.sleep(10)
                status_counter += 1
    except IoTHubError as iothub_error:
        print("Unexpected error %s from IoTHub" % iothub_error)
        return
    except KeyboardInterrupt:
        print("stopped")


if __name__ == "__main__":
    client_run()
