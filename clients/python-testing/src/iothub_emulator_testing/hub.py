"""One hub for one test."""

from .admin import Refused, quoted
from .until import Until


class Hub(Until):
    """The emulator's hub, taken back to its beginning when made."""

    def __init__(self, emulator):
        self._emulator = emulator
        self._kept = []
        emulator.begin_again()
        self._began = self._last()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in self._kept:
            self._emulator.ask("DELETE", f"/snapshots/{quoted(name)}")

    def connection_string(self, policy="iothubowner"):
        """For service apps. Raises KeyError for a policy that there is not."""
        return self._emulator.connection_string(policy)

    def device_connection_string(self, device_id):
        """For the device's app. Raises KeyError if there is none of that id."""
        return self._emulator.identity_string(device_id)

    def module_connection_string(self, device_id, module_id):
        """For the module's app. Raises KeyError if there is none of that id."""
        return self._emulator.identity_string(device_id, module_id)

    def twin(self, device_id, module_id=None):
        """The twin as it stands. Raises KeyError if there is none of that id."""
        module = "" if module_id is None else f"/modules/{quoted(module_id)}"
        try:
            return self._emulator.ask("GET", f"/twins/{quoted(device_id)}{module}")
        except Refused as refused:
            raise (KeyError(str(refused)) if refused.status == 404 else refused) from None

    def seed(self, seed):
        """Creates what a seed says, a dict or text in any form of a seed file, until the test ends. Raises Refused."""
        return self._emulator.ask("POST", "/seed?seal=no", seed)

    def fail(self, match, effect, window=None):
        """Lets operations that match fail; an effect without parameters may be its name. Gives the fault's id."""
        effect = {"type": effect} if isinstance(effect, str) else effect
        rule = {"match": match, "effect": effect, **({} if window is None else {"window": window})}
        return self._emulator.ask("POST", "/faults", rule)["ids"][0]

    def heal(self):
        """Nothing fails any more."""
        self._emulator.ask("DELETE", "/faults")

    def now(self):
        """The hub's time, as an ISO date."""
        return self._emulator.ask("GET", "/clock")["now"]

    def advance(self, by):
        """Turns a virtual clock on by `1h`, `30s` or milliseconds; gives the time. Raises Refused if it is not virtual."""
        return self._emulator.ask("POST", "/clock/advance", {"by": by})["now"]

    def settle(self):
        """Waits until nothing is due, queued or on its way out."""
        self._emulator.ask("POST", "/clock/settle")

    def snapshot(self):
        """Keeps the present state; gives a name to go back to."""
        name = self._emulator.ask("POST", "/snapshots")["name"]
        self._kept.append(name)
        return name

    def restore(self, snapshot):
        """Back to a state that was kept; connections stay unless their identity is gone."""
        self._emulator.ask("POST", f"/snapshots/{quoted(snapshot)}/restore")

    def disconnect(self, device_id):
        """Ends the device's connection."""
        self._emulator.ask("POST", f"/connections/{quoted(device_id)}/disconnect")

    def expire(self, device_id):
        """Ends the device's connection as if its token had expired now."""
        self._emulator.ask("POST", f"/connections/{quoted(device_id)}/expire")

    def connections(self):
        """Who is connected: by id, what each listens to."""
        return {one["id"]: sorted(one["subscriptions"]) for one in self._emulator.ask("GET", "/connections")}

    def heard(self, type=None, key=None):
        """Events since the test began, oldest first; of one kind and one identity, if told."""
        events = self._emulator.ask("GET", f"/events?format=json&since={self._began}")
        return [event for event in events if type in (None, event["type"]) and key in (None, event.get("key"))]

    def _last(self):
        return self._emulator.ask("GET", "/info")["lastEvent"]
