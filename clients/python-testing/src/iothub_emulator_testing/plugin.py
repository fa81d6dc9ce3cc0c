"""Fixtures: an emulator for the session, a hub for each test."""

import os

import pytest

from .emulator import Emulator
from .hub import Hub


def pytest_addoption(parser):
    parser.addoption(
        "--iothub-emulator",
        metavar="WHICH",
        help="start (default): one of our own; running: the one that was started last; or the URL of its admin API",
    )


@pytest.fixture(scope="session")
def iot_hub_options():
    """Flags of `iothub-emulator start`, such as `["--clock", "virtual"]`; override it in a conftest."""
    return []


@pytest.fixture(scope="session")
def iot_hub_seed():
    """What every test begins with besides: a dict, or text in any form of a seed file; override it in a conftest."""
    return None


@pytest.fixture(scope="session")
def iothub_emulator(request, iot_hub_options, iot_hub_seed):
    """The emulator, found and trusted by this process as long as the session lasts."""
    which = request.config.getoption("--iothub-emulator") or os.environ.get("IOTHUB_EMULATOR_ADMIN_URL") or "start"
    if which == "start":
        opened = Emulator.start(iot_hub_options)
    elif "PYTEST_XDIST_WORKER" in os.environ:
        raise pytest.UsageError("workers of pytest-xdist cannot share a hub: let each start its own emulator")
    else:
        opened = Emulator.running() if which == "running" else Emulator.at(which)
    with opened as emulator, emulator.lent(iot_hub_seed):
        yield emulator


@pytest.fixture
def iot_hub(iothub_emulator):
    """The hub as it was in the beginning, without connections and faults."""
    with Hub(iothub_emulator) as hub:
        yield hub
