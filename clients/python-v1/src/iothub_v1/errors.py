class ErrorArg:
    """The only argument of an error: the function that failed, and its result."""

    def __init__(self, error, func, result):
        self.func = func
        self.result = result
        self._error = error
        self._origin = error.ORIGIN

    def __str__(self):
        return f"{self._origin}.{self.func}, {type(self.result).__name__}.{self.result.name}"

    def __repr__(self):
        return f"{self._error.__name__}({self})"


class IoTHubError(Exception):
    """Any error of these modules. The error of the hub or the network is its __cause__."""


class ResultError(IoTHubError):
    """An error with a result; the class names the kind of result."""

    ORIGIN = "IoTHub"

    def __init__(self, func, result):
        super().__init__(ErrorArg(type(self), func, result))

    @property
    def func(self):
        return self.args[0].func

    @property
    def result(self):
        return self.args[0].result


class IoTHubMapError(ResultError):
    ORIGIN = "IoTHubMap"


class IoTHubMessageError(ResultError):
    ORIGIN = "IoTHubMessage"
