"""Stories of one device and its twin."""

from stage import plain, story


@story("A device reports properties, and a service reads and queries them")
def reported(stage):
    device_id = stage.create_device()
    device = stage.device(device_id)
    device.connect()
    ssid = stage.invent("net")
    device.patch_twin_reported_properties({"connectivity": {"type": "cellular", "ssid": ssid}, "battery": 1})
    device.patch_twin_reported_properties({"connectivity": {"type": "wifi"}, "battery": None})

    seen = stage.registry.get_twin(device_id).properties.reported
    stage.see("the reports were merged", plain(seen), {"connectivity": {"type": "wifi", "ssid": ssid}})
    stage.see("the version counts both", seen["$version"], 3)
    stage.see("each part has a timestamp", sorted(seen["$metadata"]), ["$lastUpdated", "connectivity"])
    query = f"SELECT * FROM devices WHERE properties.reported.connectivity.ssid = '{ssid}'"
    stage.see("a query finds it", stage.find(query), [device_id])


@story("A device receives its desired properties")
def desired(stage):
    device_id = stage.create_device()
    stage.want(device_id, {"climate": {"min": 18, "max": 21}})
    device = stage.device(device_id)
    device.connect()
    missed = {"climate": {"min": 18, "max": 21}, "$version": 2}
    stage.see("its twin has what it missed", device.get_twin()["desired"], missed)
    heard = stage.hear(device)

    stage.want(device_id, {"climate": {"max": 23}})
    stage.see("it receives only the change", heard.next(), {"climate": {"max": 23}, "$version": 3})
    stage.want(device_id, {"climate": {"min": None}})
    stage.see("a removal is null", heard.next(), {"climate": {"min": None}, "$version": 4})
    stage.see("all desired properties", device.get_twin()["desired"], {"climate": {"max": 23}, "$version": 4})


@story("A device that was disconnected catches up and receives further changes")
def reconnect(stage):
    device_id = stage.create_device()
    device = stage.device(device_id)
    device.connect()
    heard = stage.hear(device)
    device.get_twin()
    device.disconnect()
    stage.want(device_id, {"rate": 5})

    device.connect()
    caught_up = heard.next()
    while "rate" not in caught_up:
        caught_up = heard.next()
    stage.see("its listener gets what it missed", caught_up, {"rate": 5, "$version": 2})
    stage.see("its twin has what it missed", device.get_twin()["desired"], {"rate": 5, "$version": 2})
    stage.want(device_id, {"rate": 7})
    stage.see("it receives the next change", heard.next(), {"rate": 7, "$version": 3})


@story("A back end configures the components of a device, and the device reports what it has done")
def components(stage):
    device_id = stage.create_device()
    want = lambda desired: stage.want(device_id, desired, stage.registry.get_twin(device_id).etag)
    device = stage.device(device_id)
    device.connect()
    stage.see("at first there are no desired properties", device.get_twin()["desired"], {"$version": 1})
    heard = stage.hear(device)

    want({"patchId": "Switch fan on", "fanOn": "true"})
    stage.see("in one patch", heard.next(), {"patchId": "Switch fan on", "fanOn": "true", "$version": 2})
    two = {"system": {"id": "17", "units": "farenheit"}, "wifi": {"channel": "6"}}
    want({"components": two})
    stage.see("two components are new", heard.next()["components"], two)
    want({"components": {"wifi": {"channel": "13", "ssid": "my_network"}}})
    stage.see("one is changed", heard.next()["components"], {"wifi": {"channel": "13", "ssid": "my_network"}})
    want({"components": {"system": None}})
    stage.see("the other is removed", heard.next()["components"], {"system": None})
    wanted = device.get_twin()["desired"]
    wifi = {"channel": "13", "ssid": "my_network"}
    all_in_all = {"patchId": "Switch fan on", "fanOn": "true", "components": {"wifi": wifi}, "$version": 5}
    stage.see("all desired properties", wanted, all_in_all)

    device.patch_twin_reported_properties({"fanOn": "true", "components": {"wifi": wifi}})
    seen = stage.registry.get_twin(device_id).properties.reported
    stage.see("the back end reads the new state", seen["components"], {"wifi": wifi})
