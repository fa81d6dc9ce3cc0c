"""Stories of direct methods and of modules."""

from datetime import datetime, timezone

from azure.iot.hub.models import CloudToDeviceMethod, Twin, TwinProperties
from stage import plain, story


def invoke(stage, device_id, name, payload=None, module_id=None):
    call = CloudToDeviceMethod(method_name=name, payload=payload, response_timeout_in_seconds=20)
    if module_id is not None:
        answer = stage.registry.invoke_device_module_method(device_id, module_id, call)
    else:
        answer = stage.registry.invoke_device_method(device_id, call)
    return answer.status, answer.payload


@story("A module has a twin of its own")
def modules(stage):
    device_id = stage.create_device()
    stage.registry.create_module_with_sas(device_id, "thermostat", "", None, None)
    wanted = Twin(properties=TwinProperties(desired={"target": 20}))
    stage.registry.update_module_twin(device_id, "thermostat", wanted, "*")

    module = stage.module(device_id, "thermostat")
    module.connect()
    stage.see("it reads its desired properties", module.get_twin()["desired"], {"target": 20, "$version": 2})
    module.patch_twin_reported_properties({"heating": True})
    seen = stage.registry.get_module_twin(device_id, "thermostat").properties.reported
    stage.see("the service reads its report", seen["heating"], True)
    around = stage.registry.get_twin(device_id).properties.reported
    stage.see("the twin of the device does not have it", plain(around), {})


@story("A module is created, reports, receives changes and is called")
def module_client(stage):
    device_id = stage.create_device()
    name = "myFirstModule"
    make = lambda: stage.registry.create_module_with_sas(device_id, name, "", None, None)
    make()
    stage.see("it cannot be created twice", stage.failure(make), 409)

    module = stage.module(device_id, name)
    module.connect()
    stage.see("at first there are no desired properties", module.get_twin()["desired"], {"$version": 1})
    heard = stage.hear(module)
    stage.answer(module, lambda _name, payload: (200, {"opened": payload}))
    module.patch_twin_reported_properties({"weather": {"temperature": 72, "humidity": 17}})
    seen = stage.registry.get_module_twin(device_id, name)
    stage.see("it has reported", seen.properties.reported["weather"], {"temperature": 72, "humidity": 17})
    wanted = Twin(properties=TwinProperties(desired={"rate": 3}))
    stage.registry.update_module_twin(device_id, name, wanted, seen.etag)
    stage.see("it receives the desired properties", heard.next(), {"rate": 3, "$version": 2})
    stage.see("it responds", invoke(stage, device_id, "open", "valve", name), (200, {"opened": "valve"}))


@story("A service calls a method of a device")
def methods(stage):
    device_id = stage.create_device()
    device = stage.device(device_id)
    device.connect()
    stage.answer(device, lambda _name, payload: (202, {"answer": payload}))
    answer = invoke(stage, device_id, "reboot", {"delay": 3})
    stage.see("the device responds", answer, (202, {"answer": {"delay": 3}}))


@story("A service reboots a device, and the device reports when")
def reboot(stage):
    device_id = stage.create_device()
    device = stage.device(device_id)
    device.connect()
    last_reboot = datetime.now(timezone.utc).isoformat()

    def restart(_name, _payload):
        device.patch_twin_reported_properties({"iothubDM": {"reboot": {"lastReboot": last_reboot}}})
        return 200, "Reboot started"

    stage.answer(device, restart)
    stage.see("it says that it starts", invoke(stage, device_id, "reboot"), (200, "Reboot started"))
    seen = plain(stage.registry.get_twin(device_id).properties.reported)
    stage.see("it reports when", seen, {"iothubDM": {"reboot": {"lastReboot": last_reboot}}})

    device.disconnect()
    gone = stage.until(lambda: stage.failure(lambda: invoke(stage, device_id, "reboot")), lambda name: name == 404)
    stage.see("while it is disconnected, it cannot be called", gone, 404)


@story("A back end sets the telemetry interval of a device")
def telemetry_interval(stage):
    device_id = stage.create_device()
    device = stage.device(device_id)
    device.connect()
    seconds = []

    def set_interval(_name, payload):
        if not isinstance(payload, int):
            return 400, "Invalid direct method parameter"
        seconds.append(payload)
        return 200, f"Telemetry interval set: {payload}"

    stage.answer(device, set_interval)
    say = lambda payload: invoke(stage, device_id, "SetTelemetryInterval", payload)
    stage.see("it confirms", say(10), (200, "Telemetry interval set: 10"))
    stage.see("it applies the interval", seconds, [10])
    stage.see("its own errors are passed on", say("often"), (400, "Invalid direct method parameter"))


MODEL = "dtmi:com:example:TemperatureController;1"


@story("A device announces its model, and services read and command it by this model")
def model(stage):
    twins = stage.digital_twins
    device_id = stage.create_device()
    device = stage.device(device_id, product_info=MODEL)
    device.connect()
    answers = {"reboot": lambda payload: (200, {"after": payload}), "thermostat1*getMaxMinReport": lambda _: (202, "soon")}
    stage.answer(device, lambda name, payload: answers[name](payload))
    thermostat = {"__t": "c", "maxTempSinceLastReboot": 38.2}
    device.patch_twin_reported_properties({"serialNumber": "alwinexlepaho8329", "thermostat1": thermostat})

    seen = twins.get_digital_twin(device_id)
    stage.see("its model is known", [seen["$dtId"], seen["$metadata"]["$model"]], [device_id, MODEL])
    stage.see("its properties are at the root", seen["serialNumber"], "alwinexlepaho8329")
    stage.see("and in components", seen["thermostat1"]["maxTempSinceLastReboot"], 38.2)

    patch = [{"op": "add", "path": "/thermostat1/targetTemperature", "value": 21.5}]
    twins.update_digital_twin(device_id, patch, "*")
    done = {"__t": "c", "targetTemperature": {"value": 21.5, "ac": 200, "av": 2, "ad": "done"}}
    device.patch_twin_reported_properties({"thermostat1": done})
    changed = twins.get_digital_twin(device_id)["thermostat1"]
    stage.see("the desired property is applied", changed["targetTemperature"], 21.5)
    said = changed["$metadata"]["targetTemperature"]
    stage.see("the device acknowledges it", [said["desiredValue"], said["ackVersion"], said["ackCode"]], [21.5, 2, 200])

    stage.see("it receives a command", twins.invoke_command(device_id, "reboot", 5), {"after": 5})
    report = twins.invoke_component_command(device_id, "thermostat1", "getMaxMinReport", "today")
    stage.see("so does its component", report, "soon")
