"""Fixtures: one emulator per session, one hub per test."""

import os

import pytest

from .emulator import Emulator
from .hub import Hub


def pytest_addoption(parser):
    parser.addoption(
        "--iothub-emulator",
        metavar="WHICH",
        help="start (default): starts one; running: uses the one that was started last; or the URL of an admin API",
    )


@pytest.fixture(scope="session")
def iot_hub_options():
    """Flags of `iothub-emulator start`, such as `["--clock", "virtual"]`; override it in a conftest."""
    return []


@pytest.fixture(scope="session")
def iot_hub_seed():
    """The devices that every test begins with: a dict, or the text of any seed file; override it in a conftest."""
    return None


@pytest.fixture(scope="session")
def iothub_emulator(request, iot_hub_options, iot_hub_seed):
    """The emulator; this process finds and trusts it during the session."""
    which = request.config.getoption("--iothub-emulator") or os.environ.get("IOTHUB_EMULATOR_ADMIN_URL") or "start"
    if which == "start":
        opened = Emulator.start(iot_hub_options)
    elif "PYTEST_XDIST_WORKER" in os.environ:
        raise pytest.UsageError("workers of pytest-xdist cannot share a hub: let each worker start its own emulator")
    else:
        opened = Emulator.running() if which == "running" else Emulator.at(which)
    with opened as emulator, emulator.seeded(iot_hub_seed):
        yield emulator


@pytest.fixture
def iot_hub(iothub_emulator):
    """The hub in its initial state, without connections and faults."""
    with Hub(iothub_emulator) as hub:
        yield hub
