"""Waiting without polling: a condition is checked after each event of the hub."""

import socket
import time

TIMEOUT = 5.0


class Until:
    """Waits for conditions of a hub. Each method raises TimeoutError, which says what the value is instead."""

    def until(self, found, timeout=TIMEOUT, what="it", instead=lambda: "it did not happen"):
        """Returns the result of `found()` as soon as it is true."""
        end = time.monotonic() + timeout
        last = self._last()
        result = found()
        while not result and (left := end - time.monotonic()) > 0:
            try:
                for event in self._api.follow(last, left):
                    last = event["sequence"]
                    result = found()
                    if result or time.monotonic() > end:
                        break
            except (TimeoutError, socket.timeout):  # nothing happened for that long
                break
        if result:
            return result
        raise TimeoutError(f"waited {timeout:g} s for {what}; {instead()}")

    def until_reported(self, device_id, path, value, timeout=TIMEOUT):
        """Until a reported property has that value; dots in `path` separate the names of nested objects."""
        self._until_value(device_id, "reported", path, value, timeout)

    def until_desired(self, device_id, path, value, timeout=TIMEOUT):
        """Until a desired property has that value."""
        self._until_value(device_id, "desired", path, value, timeout)

    def until_tag(self, device_id, path, value, timeout=TIMEOUT):
        """Until a tag has that value."""
        self._until_value(device_id, "tag", path, value, timeout)

    def until_connected(self, device_id, timeout=TIMEOUT):
        """Until the device is connected."""
        self.until(
            lambda: device_id in self.connections(),
            timeout,
            f"{device_id} to connect",
            lambda: f"connected: {', '.join(self.connections()) or 'none'}",
        )

    def until_disconnected(self, device_id, timeout=TIMEOUT):
        """Until the device is not connected."""
        self.until(
            lambda: device_id not in self.connections(),
            timeout,
            f"{device_id} to disconnect",
            lambda: "it is connected",
        )

    def until_listens(self, device_id, feature, timeout=TIMEOUT):
        """Until the device has subscribed to `methods`, `desired`, …"""
        self.until(
            lambda: feature in self.connections().get(device_id, ()),
            timeout,
            f"{device_id} to subscribe to {feature}",
            lambda: f"it is subscribed to {', '.join(self.connections().get(device_id, ())) or 'nothing'}",
        )

    def until_event(self, type, key=None, fits=lambda event: True, timeout=TIMEOUT):
        """Returns the first event of that type since the test began for which `fits` is true."""
        return self.until(
            lambda: next((event for event in self.events(type, key) if fits(event)), None),
            timeout,
            f"an event {type}",
            lambda: f"there were {_summary(self.events())}",
        )

    def until_sent(self, device_id, fits=lambda message: True, timeout=TIMEOUT):
        """Returns the first message that the device has sent since the test began for which `fits` is true."""
        return self.until_event("telemetry", device_id, lambda event: fits(event["message"]), timeout)["message"]

    def until_completed(self, device_id, fits=lambda message: True, timeout=TIMEOUT):
        """Returns the first message from the cloud that it has completed since the test began and for which `fits` is true."""
        return self.until_event("c2d.completed", device_id, lambda event: fits(event["message"]), timeout)["message"]

    def _until_value(self, device_id, section, path, value, timeout):
        def read():
            twin = self.twin(device_id)
            return _at(twin.get("tags", {}) if section == "tag" else twin["properties"][section], path)

        self.until(
            lambda: read() == value,
            timeout,
            f"{section} {path} of {device_id} to be {value!r}",
            lambda: "there is none" if read() is None else f"it is {read()!r}",
        )


def _at(values, path):
    for name in path.split("."):
        values = values.get(name) if isinstance(values, dict) else None
    return values


def _summary(events):
    counted = {}
    for event in events:
        counted[event["type"]] = counted.get(event["type"], 0) + 1
    return ", ".join(f"{count} {type}" for type, count in counted.items()) or "none at all"
