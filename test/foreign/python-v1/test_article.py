import os
import signal
import subprocess
import sys
import uuid

import pytest
from azure.iot.hub.models import Twin, TwinProperties

HERE = os.path.dirname(__file__)


def run_search(*arguments):
    program = [sys.executable, os.path.join(HERE, "search_by_city.py"), *arguments]
    return subprocess.run(program, check=True, capture_output=True, text=True).stdout.splitlines()


def start_report(device_string, *arguments):
    program = [sys.executable, os.path.join(HERE, "report_power.py"), *arguments]
    environment = {**os.environ, "IOTHUB_DEVICE_CONNECTION_STRING": device_string}
    return subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("transport", ["MQTT", "MQTT_WS"])
def test_the_two_programs_of_the_article_see_each_other_s_changes(device, other, transport):
    device_id, device_string = device
    city, power = f"Porto-{uuid.uuid4()}", f"battery-{uuid.uuid4()}"
    statistics = other.get_device_registry_statistics()
    counts = [
        f"Total: {statistics.total_device_count}",
        f"Enabled: {statistics.enabled_device_count}",
        f"Disabled: {statistics.disabled_device_count}",
    ]

    before = run_search(device_id, city, power)
    assert before == [*counts, f"In {city}:", f"- {device_id}", f"In {city} on {power}:"]

    report = start_report(device_string, transport, power)
    try:
        first_lines = [report.stdout.readline().strip() for _ in range(2)]
        assert first_lines == [
            'twin COMPLETE {"desired":{"city":"' + city + '","$version":2},"reported":{"$version":1}}',
            "report 204",
        ]
        after = run_search(device_id, city, power)
        assert after == [*counts, f"In {city}:", f"- {device_id}", f"In {city} on {power}:", f"- {device_id}"]
        assert report.stdout.readline().strip() == 'twin PARTIAL {"city":"' + city + '","$version":3}'

        assert other.get_twin(device_id).properties.reported["power"] == power
        other.update_twin(device_id, Twin(properties=TwinProperties(desired={"city": "Braga"})), "*")
        assert report.stdout.readline().strip() == 'twin PARTIAL {"city":"Braga","$version":4}'
    finally:
        report.send_signal(signal.SIGINT)
    assert report.stdout.read() == "stopped\n"
    assert report.wait(timeout=10) == 0
