"""In the style of the article: counts the devices, lists them, sets the city of one, searches the texts of all."""

import os
import sys

from iothub_service_client import IoTHubDeviceTwin, IoTHubError, IoTHubRegistryManager

CONNECTION_STRING = os.environ["IOTHUB_CONNECTION_STRING"]
DEVICE_ID = sys.argv[1]
CITY = sys.argv[2]
POWER = sys.argv[3]

UPDATE_JSON = '{"properties":{"desired":{"city":"' + CITY + '"}}}'
UPDATE_JSON_SEARCH = '"city":"' + CITY + '"'
UPDATE_JSON_CLIENT_SEARCH = '"power":"' + POWER + '"'


def print_found(twins, device_list, *searches):
    for device in device_list:
        twin_text = twins.get_twin(device.deviceId)
        if all(twin_text.find(search) > -1 for search in searches):
            print("- {0}".format(device.deviceId))


def service_run():
    try:
        registry_manager = IoTHubRegistryManager(CONNECTION_STRING)
        statistics = registry_manager.get_statistics()
        print("Total: {0}".format(statistics.totalDeviceCount))
        print("Enabled: {0}".format(statistics.enabledDeviceCount))
        print("Disabled: {0}".format(statistics.disabledDeviceCount))

        number_of_devices = statistics.totalDeviceCount
        device_list = registry_manager.get_device_list(number_of_devices)
        twins = IoTHubDeviceTwin(CONNECTION_STRING)
        for device in range(0, number_of_devices):
            if device_list[device].deviceId == DEVICE_ID:
                twins.update_twin(device_list[device].deviceId, UPDATE_JSON)

        print("In {0}:".format(CITY))
        print_found(twins, device_list, UPDATE_JSON_SEARCH)
        print("In {0} on {1}:".format(CITY, POWER))
        print_found(twins, device_list, UPDATE_JSON_SEARCH, UPDATE_JSON_CLIENT_SEARCH)
    except IoTHubError as iothub_error:
        print("Unexpected error {0}".format(iothub_error))
        return


if __name__ == "__main__":
    service_run()
