"""Records which methods of an SDK's classes are called; lists those that were not and have no reason."""

import inspect

from azure.iot.hub import (
    DigitalTwinClient,
    IoTHubConfigurationManager,
    IoTHubHttpRuntimeManager,
    IoTHubJobManager,
    IoTHubRegistryManager,
)

EXCUSED = {}
CLASSES = (
    IoTHubRegistryManager,
    IoTHubJobManager,
    IoTHubConfigurationManager,
    DigitalTwinClient,
    IoTHubHttpRuntimeManager,
)
for one in CLASSES:
    EXCUSED[f"{one.__name__}.from_token_credential"] = "Microsoft Entra ID"

_called = set()


class Noted:
    """An object of a class of the SDK, whose calls are recorded."""

    def __init__(self, kind, connection_string):
        _called.add(f"{kind.__name__}.from_connection_string")
        self._kind = kind.__name__
        self._inner = kind.from_connection_string(connection_string)

    def __getattr__(self, name):
        _called.add(f"{self._kind}.{name}")
        return getattr(self._inner, name)


def public_methods():
    return {
        f"{kind.__name__}.{name}"
        for kind in CLASSES
        for name, _ in inspect.getmembers(kind, callable)
        if not name.startswith("_")
    }


def uncalled():
    return sorted(public_methods() - _called - EXCUSED.keys())


def called_in_spite_of_excuse():
    return sorted(_called & EXCUSED.keys())
