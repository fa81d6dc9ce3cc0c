import random

from .results import IoTHubClientRetryPolicy as Policy

# seconds; azure-iot-sdk-c, iothub_client_retry_control.c
FIRST_WAIT = 1
LONGEST_WAIT = 30
JITTER = 0.05
INTERVAL = 5


def wait_before(policy, attempt):
    """Seconds to wait before the reconnection `attempt` (0 is the first), or None to stop."""
    if policy == Policy.RETRY_NONE:
        return None
    if policy == Policy.RETRY_IMMEDIATE:
        return 0
    if policy == Policy.RETRY_INTERVAL:
        return INTERVAL
    if policy == Policy.RETRY_LINEAR_BACKOFF:
        return min(INTERVAL * attempt, LONGEST_WAIT)
    if policy == Policy.RETRY_RANDOM:
        return random.uniform(0, INTERVAL)
    wait = min(FIRST_WAIT * 2**attempt, LONGEST_WAIT)
    return wait * (1 + random.uniform(0, JITTER)) if policy == Policy.RETRY_EXPONENTIAL_BACKOFF_WITH_JITTER else wait
