"""One hub for one test."""

from .admin import EmulatorError, quoted
from .until import Until


class Hub(Until):
    """A hub, given by what asks its admin API: a fork, or the emulator itself."""

    def __init__(self, api):
        self._api = api
        self._kept = []
        self._began = self._last()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in self._kept:
            self._api.ask("DELETE", f"/snapshots/{quoted(name)}")

    def connection_string(self, policy="iothubowner"):
        """For service apps. Raises KeyError if the policy does not exist."""
        return self._api.connection_string(policy)

    def device_connection_string(self, device_id):
        """For the device's app. Raises KeyError if the device does not exist."""
        return self._api.identity_string(device_id)

    def module_connection_string(self, device_id, module_id):
        """For the module's app. Raises KeyError if the module does not exist."""
        return self._api.identity_string(device_id, module_id)

    def environment(self):
        """Environment variables for programs that a test starts."""
        return self._api.environment()

    def twin(self, device_id, module_id=None):
        """The current twin. Raises KeyError if the device or module does not exist."""
        module = "" if module_id is None else f"/modules/{quoted(module_id)}"
        try:
            return self._api.ask("GET", f"/twins/{quoted(device_id)}{module}")
        except EmulatorError as error:
            raise (KeyError(str(error)) if error.status == 404 else error) from None

    def seed(self, seed):
        """Creates the devices of a seed until the test ends: a dict, or the text of any seed file. Raises EmulatorError."""
        return self._api.ask("POST", "/seed?seal=no", seed)

    def fail(self, match, effect, window=None):
        """Makes matching operations fail. An effect without parameters can be its name. Returns the id of the fault."""
        effect = {"type": effect} if isinstance(effect, str) else effect
        rule = {"match": match, "effect": effect, **({} if window is None else {"window": window})}
        return self._api.ask("POST", "/faults", rule)["ids"][0]

    def clear_faults(self):
        """Removes all faults."""
        self._api.ask("DELETE", "/faults")

    def now(self):
        """The hub's time, as an ISO date."""
        return self._api.ask("GET", "/clock")["now"]

    def advance(self, by):
        """Moves a virtual clock by `1h`, `30s` or milliseconds; returns the time. Raises EmulatorError if it is not virtual."""
        return self._api.ask("POST", "/clock/advance", {"by": by})["now"]

    def settle(self):
        """Waits until the hub has nothing left to do or to send."""
        self._api.ask("POST", "/clock/settle")

    def snapshot(self):
        """Saves the current state; returns the name for `restore`."""
        name = self._api.ask("POST", "/snapshots")["name"]
        self._kept.append(name)
        return name

    def restore(self, snapshot):
        """Restores a saved state. Connections stay open unless their identity no longer exists."""
        self._api.ask("POST", f"/snapshots/{quoted(snapshot)}/restore")

    def send_message(self, device_id, body="", properties=None, module_id=None, **system):
        """Sends a message from the cloud; `system` are names such as `messageId` and `ack`. Returns it. Raises EmulatorError."""
        message = {"body": body, "properties": properties or {}, "system": system}
        return self._api.ask("POST", _messages(device_id, module_id), message)

    def inbox(self, device_id, module_id=None):
        """The messages from the cloud that a device or module has not completed, oldest first."""
        return self._api.ask("GET", _messages(device_id, module_id))

    def disconnect(self, device_id):
        """Closes the device's connection."""
        self._api.ask("POST", f"/connections/{quoted(device_id)}/disconnect")

    def expire(self, device_id):
        """Closes the device's connection as if its token had expired."""
        self._api.ask("POST", f"/connections/{quoted(device_id)}/expire")

    def connections(self):
        """The connected devices and modules: id -> subscriptions."""
        return {one["id"]: sorted(one["subscriptions"]) for one in self._api.ask("GET", "/connections")}

    def events(self, type=None, key=None):
        """Events since the test began, oldest first; optionally of one type and one identity."""
        events = self._api.ask("GET", f"/events?format=json&since={self._began}")
        return [event for event in events if type in (None, event["type"]) and key in (None, event.get("key"))]

    def _last(self):
        return self._api.ask("GET", "/info")["lastEvent"]


def _messages(device_id, module_id):
    module = "" if module_id is None else f"/modules/{quoted(module_id)}"
    return f"/messages/{quoted(device_id)}{module}"
