import os
import uuid
from datetime import datetime, timezone

from azure.iot.hub import IoTHubJobManager
from azure.iot.hub.models import CloudToDeviceMethod, JobRequest

jobs = IoTHubJobManager(os.environ["IOTHUB_CONNECTION_STRING"])
job = JobRequest(
    job_id=str(uuid.uuid4()),
    type="scheduleDeviceMethod",
    cloud_to_device_method=CloudToDeviceMethod(method_name="lockDoor", payload=None, response_timeout_in_seconds=15),
    query_condition="tags.building = '43'",
    start_time=datetime.now(timezone.utc).isoformat(),
    max_execution_time_in_seconds=300,
)
jobs.create_scheduled_job(job.job_id, job)
