import os
import uuid
from datetime import datetime, timezone

from azure.iot.hub import IoTHubJobManager
from azure.iot.hub.models import JobRequest, Twin

jobs = IoTHubJobManager(os.environ["IOTHUB_CONNECTION_STRING"])
job = JobRequest(
    job_id=str(uuid.uuid4()),
    type="scheduleUpdateTwin",
    update_twin=Twin(etag="*", tags={"building": "43"}),
    query_condition="deviceId IN ['myDevice']",
    start_time=datetime.now(timezone.utc).isoformat(),
    max_execution_time_in_seconds=300,
)
print("scheduled", jobs.create_scheduled_job(job.job_id, job).job_id)
