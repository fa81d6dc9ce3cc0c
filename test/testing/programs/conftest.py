import pytest


@pytest.fixture(scope="session")
def iot_hub_options():
    return ["--clock", "virtual"]


@pytest.fixture(scope="session")
def iot_hub_seed():
    return {"devices": ["oven", {"id": "sensor-{i}", "count": 1000, "tags": {"site": "site-{i%10}"}}]}
