from .properties import IoTHubMap, printable
from .results import IoTHubMessageContent, IoTHubMessageResult


class IoTHubMessageDiagnosticPropertyData:
    def __init__(self, diagnostic_id, creation_time_utc):
        self._diagnostic_id = diagnostic_id
        self._creation_time_utc = creation_time_utc

    def get_diagnostic_id(self):
        return self._diagnostic_id

    def get_diagnostic_time_utc(self):
        return self._creation_time_utc


class IoTHubMessage:
    """A message to or from the hub: text, or a bytearray."""

    def __init__(self, source):
        if not isinstance(source, (str, bytearray)):
            raise TypeError("expected type bytearray")
        self._source = source if isinstance(source, str) else bytearray(source)
        self._properties = IoTHubMap(printable)
        self._content_type = None
        self._content_encoding = None
        self._diagnostic = None
        self.message_id = None
        self.correlation_id = None

    def get_bytearray(self):
        return bytearray(self._source.encode()) if isinstance(self._source, str) else bytearray(self._source)

    def get_string(self):
        return self._source if isinstance(self._source, str) else None

    def get_content_type(self):
        return IoTHubMessageContent.STRING if isinstance(self._source, str) else IoTHubMessageContent.BYTEARRAY

    def properties(self):
        return self._properties

    def get_content_type_system_property(self):
        return self._content_type

    def set_content_type_system_property(self, content_type):
        self._content_type = content_type
        return IoTHubMessageResult.OK

    def get_content_encoding_system_property(self):
        return self._content_encoding

    def set_content_encoding_system_property(self, content_encoding):
        self._content_encoding = content_encoding
        return IoTHubMessageResult.OK

    def get_diagnostic_property_data(self):
        return self._diagnostic

    def set_diagnostic_property_data(self, diagnostic):
        self._diagnostic = diagnostic
        return IoTHubMessageResult.OK
