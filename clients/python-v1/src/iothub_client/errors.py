from iothub_v1.errors import ResultError


class IoTHubClientError(ResultError):
    ORIGIN = "IoTHubClient"
