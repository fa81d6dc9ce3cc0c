"""Stories of many devices: the registry, queries, jobs, configurations."""

from datetime import datetime, timedelta, timezone

from azure.iot.hub.models import (
    CloudToDeviceMethod,
    Configuration,
    ConfigurationContent,
    ConfigurationMetrics,
    JobRequest,
    QuerySpecification,
    Twin,
    TwinProperties,
)
from stage import plain, story

STATES = ["current", "applying", "rebooting", "error", "rolledback"]


@story("A device is registered, changed and removed")
def identities(stage):
    registry = stage.registry
    device_id = stage.create_device()
    created = registry.get_device(device_id)
    key = created.authentication.symmetric_key.primary_key
    stage.see("the hub has generated a key", len(key) >= 24, True)
    stage.see("it is enabled", created.status, "enabled")
    again = lambda: registry.create_device_with_sas(device_id, None, None, "enabled")
    stage.see("it cannot be registered twice", stage.failure(again), 409)

    changed = registry.update_device_with_sas(device_id, created.etag, key, key, "disabled")
    stage.see("it is disabled", changed.status, "disabled")
    stage.see("it has kept its key", changed.authentication.symmetric_key.primary_key, key)
    listed = [device.device_id for device in registry.get_devices()]
    stage.see("the list contains it", listed.count(device_id), 1)

    registry.delete_device(device_id)
    stage.see("it no longer exists", stage.failure(lambda: registry.get_device(device_id)), 404)


@story("A query finds tagged devices, page by page")
def tags_and_query(stage):
    plant = stage.invent("plant")
    ids = sorted(stage.create_device() for _ in range(3))
    for floor, device_id in enumerate(ids):
        stage.tag(device_id, {"location": {"plant": plant, "floor": floor}})

    in_plant = f"SELECT * FROM devices WHERE tags.location.plant = '{plant}'"
    stage.see("all are in the plant", stage.find(in_plant), ids)
    stage.see("two are upstairs", stage.find(f"{in_plant} AND tags.location.floor >= 1"), ids[1:])
    stage.tag(ids[0], {"location": None})
    stage.see("one is no longer there", stage.find(in_plant), ids[1:])


@story("Jobs lock doors and set buildings")
def lock_doors(stage):
    device_id = stage.create_device()
    device = stage.device(device_id)
    device.connect()
    calls = []

    def lock(name, _payload):
        calls.append(name)
        return 200, "Locking Door!"

    stage.answer(device, lock)
    condition = f"deviceId IN ['{device_id}']"

    def order(start, **what):
        request = JobRequest(
            job_id=stage.invent("job"),
            query_condition=condition,
            start_time=start,
            max_execution_time_in_seconds=300,
            **what,
        )
        return stage.jobs.create_scheduled_job(request.job_id, request).job_id

    call = CloudToDeviceMethod(method_name="lockDoor", response_timeout_in_seconds=15, connect_timeout_in_seconds=5)
    now = datetime.now(timezone.utc)
    method_job = order(now, type="scheduleDeviceMethod", cloud_to_device_method=call)
    locked = stage.ended(method_job)
    stage.see("the method job is done", [locked.status, calls], ["completed", ["lockDoor"]])
    stage.see("for the one device", locked.device_job_statistics.succeeded_count, 1)

    patch = Twin(etag="*", properties=TwinProperties(desired={"building": "43", "floor": 3}))
    twin_job = order(now, type="scheduleUpdateTwin", update_twin=patch)
    stage.see("the twin job is done", stage.ended(twin_job).status, "completed")
    desired = plain(stage.registry.get_twin(device_id).properties.desired)
    stage.see("the twin has the desired properties", desired, {"building": "43", "floor": 3})

    text = f"SELECT * FROM devices.jobs WHERE devices.jobs.jobId = '{method_job}'"
    rows = stage.registry.query_iot_hub(QuerySpecification(query=text)).items
    answers = [row.additional_properties["outcome"]["deviceMethodResponse"] for row in rows]
    stage.see("the response of the device is stored", answers, [{"status": 200, "payload": "Locking Door!"}])

    later = order(now + timedelta(hours=1), type="scheduleUpdateTwin", update_twin=patch)
    stage.see("a job can be cancelled", stage.jobs.cancel_scheduled_job(later).status, "cancelled")
    stage.see("it stays cancelled", stage.ended(later).status, "cancelled")


@story("A configuration updates the firmware of all chillers, and its metrics show the progress")
def firmware(stage):
    name, devicetype = stage.invent("firmware285"), stage.invent("chiller")
    chiller, other = stage.create_device(), stage.create_device()
    stage.tag(chiller, {"devicetype": devicetype})
    device = stage.device(chiller)
    device.connect()
    heard = stage.hear(device)
    device.patch_twin_reported_properties({"firmware": {"currentFwVersion": "1.0.0", "fwUpdateStatus": "current"}})

    wanted = {"fwVersion": "1.0.1", "fwPackageURI": "https://secureuri/package.bin", "fwPackageCheckValue": "1234"}
    applied = f"SELECT deviceId FROM devices WHERE configurations.[[{name}]].status='Applied'"
    reports = "properties.reported.firmware.fwUpdateStatus"
    stage.configure(
        Configuration(
            id=name,
            schema_version="1.0",
            content=ConfigurationContent(device_content={"properties.desired.firmware": wanted}),
            target_condition=f"tags.devicetype = '{devicetype}'",
            priority=20,
            metrics=ConfigurationMetrics(queries={state: f"{applied} AND {reports}='{state}'" for state in STATES}),
        )
    )
    stage.see("the chiller receives it", heard.next()["firmware"], wanted)

    def metrics():
        configuration = stage.configurations.get_configuration(name)
        return {**configuration.system_metrics.results, **configuration.metrics.results}

    for state in ("applying", "rebooting", "current"):
        device.patch_twin_reported_properties({"firmware": {"fwUpdateStatus": state}})
        seen = stage.until(metrics, lambda results: results[state] == 1)
        counts = {each: int(each == state) for each in STATES}
        stage.see(f"the metrics say: {state}", seen, {"targetedCount": 1, "appliedCount": 1, **counts})
    untouched = plain(stage.registry.get_twin(other).properties.desired)
    stage.see("another device does not get it", untouched, {})


@story("Configurations apply to the devices that they target, also when these change")
def at_scale(stage):
    site = stage.invent("site")
    early, late = stage.create_device(), stage.create_device()
    rate = lambda device_id: stage.registry.get_twin(device_id).properties.desired.get("rate")
    until = lambda device_id, wanted: stage.until(lambda: rate(device_id), lambda seen: seen == wanted)

    def configure(value, priority):
        content = ConfigurationContent(device_content={"properties.desired.rate": value})
        return stage.configure(
            Configuration(
                id=stage.invent("rate"),
                schema_version="1.0",
                content=content,
                target_condition=f"tags.site = '{site}'",
                priority=priority,
            )
        )

    stage.tag(early, {"site": site})
    base = configure(60, 1)
    stage.see("a device of the site gets the setting", until(early, 60), 60)
    stage.tag(late, {"site": site})
    stage.see("a device that joins later gets it, too", until(late, 60), 60)

    urgent = configure(5, 10)
    stage.see("the higher priority wins", until(late, 5), 5)
    query = f"SELECT * FROM devices WHERE configurations.[[{urgent.id}]].status = 'Applied'"
    stage.see("a query finds both by it", stage.find(query), sorted([early, late]))

    stage.tag(late, {"site": None})
    stage.see("a device that leaves loses the setting", until(late, None), None)
    base = stage.configurations.get_configuration(base.id)
    etag, base.priority = base.etag, 20
    stage.configurations.update_configuration(base, f'"{etag}"')
    stage.see("with changed priorities the other one wins", until(early, 60), 60)
    stale = lambda: stage.configurations.update_configuration(base, f'"{etag}"')
    stage.see("a change with an old etag is rejected", stage.failure(stale), 412)
