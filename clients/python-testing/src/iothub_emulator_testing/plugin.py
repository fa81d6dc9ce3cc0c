"""Fixtures: one emulator per session, one hub per test."""

import os

import pytest

from .emulator import Emulator
from .hub import Hub
from .shared import Shared

SHARED = pytest.StashKey()
# under this name workers of pytest-xdist are told where the emulator is that they share
INPUT = "iothub_emulator"


def pytest_addoption(parser):
    parser.addoption(
        "--iothub-emulator",
        metavar="WHICH",
        help="start (default): starts one; running: uses the one that was started last; or the URL of an admin API",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Of pytest-xdist, in the process that starts the workers."""
    if SHARED not in node.config.stash:
        node.config.stash[SHARED] = Shared()
    node.workerinput[INPUT] = str(node.config.stash[SHARED].folder)


def pytest_unconfigure(config):
    if SHARED in config.stash:
        config.stash[SHARED].end()


@pytest.fixture(scope="session")
def iot_hub_options():
    """Flags of `iothub-emulator start`, such as `["--clock", "virtual"]`; override it in a conftest."""
    return []


@pytest.fixture(scope="session")
def iot_hub_seed():
    """The devices that every test begins with: a dict, or the text of any seed file; override it in a conftest."""
    return None


@pytest.fixture(scope="session")
def iot_hub_isolation():
    """`fork`: a hub of its own for each test; `reset`: one hub, reset for each test, for apps that know only its host name."""
    return "fork"


@pytest.fixture(scope="session")
def iothub_emulator(request, iot_hub_options, iot_hub_seed, iot_hub_isolation):
    """The emulator; this process finds and trusts it during the session."""
    which = request.config.getoption("--iothub-emulator") or os.environ.get("IOTHUB_EMULATOR_ADMIN_URL") or "start"
    forks = iot_hub_isolation == "fork"
    worker = getattr(request.config, "workerinput", None)
    if which == "start" and forks and worker:
        opened = Emulator.at(Shared(worker[INPUT]).url(iot_hub_options))
    elif which == "start":
        opened = Emulator.start(iot_hub_options)
    elif worker and not forks:
        raise pytest.UsageError("workers of pytest-xdist cannot share a hub: let iot_hub_isolation be fork")
    else:
        opened = Emulator.running() if which == "running" else Emulator.at(which)
    with opened as emulator, (emulator.forking if forks else emulator.seeded)(iot_hub_seed):
        yield emulator


@pytest.fixture
def iot_hub(iothub_emulator, iot_hub_isolation, monkeypatch):
    """A hub in its initial state, without connections and faults."""
    if iot_hub_isolation == "fork":
        with iothub_emulator.fork() as fork, Hub(fork) as hub:
            # `iothub-emulator exec` has set them for its own hub
            for name in set(os.environ).intersection(environment := hub.environment()):
                monkeypatch.setenv(name, environment[name])
            yield hub
    else:
        iothub_emulator.reset()
        with Hub(iothub_emulator) as hub:
            yield hub
