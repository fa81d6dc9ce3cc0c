import logging
import os
import ssl
import tempfile

log = logging.getLogger("iothub_client")


class Options:
    """The options of set_option, with the names of azure-iot-sdk-c, iothub_client_options.h."""

    # seconds; defaults of azure-iot-sdk-c
    keepalive = 240
    sas_token_lifetime = 3600
    # how often HTTP asks for messages
    polling_time = 25 * 60
    # milliseconds; 0 means no timeout
    message_timeout = 0
    trusted_certificates = None
    certificate = None
    private_key = None

    _NAMES = {
        "TrustedCerts": "trusted_certificates",
        "x509certificate": "certificate",
        "x509privatekey": "private_key",
        "keepalive": "keepalive",
        "messageTimeout": "message_timeout",
        "sas_token_lifetime": "sas_token_lifetime",
        "MinimumPollingTime": "polling_time",
    }
    # of other transports, or without effect here
    _IGNORED = {"logtrace", "product_info", "timeout", "Batching", "CURLOPT_VERBOSE"}

    def set(self, name, value):
        if name in self._NAMES:
            setattr(self, self._NAMES[name], value)
        elif name not in self._IGNORED:
            log.warning("there is no option %s", name)

    def tls(self):
        """A context that trusts the system's roots (or those in SSL_CERT_FILE) and the configured ones."""
        context = ssl.create_default_context()
        if self.trusted_certificates:
            context.load_verify_locations(cadata=self.trusted_certificates)
        if self.certificate and self.private_key:
            _load_pair(context, self.certificate, self.private_key)
        return context


def _load_pair(context, certificate, private_key):
    """Loads key and certificate from a file, because the ssl module accepts only files."""
    descriptor, path = tempfile.mkstemp()
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{certificate.rstrip()}\n{private_key}")
        context.load_cert_chain(path)
    finally:
        os.unlink(path)
