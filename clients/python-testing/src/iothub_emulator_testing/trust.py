"""Makes this process and its children accept the emulator's CA."""

import os
import ssl
import tempfile

VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def trust(ca):
    """Sets the variables that name the trusted roots for Python's libraries. Returns a function that undoes it."""
    roots = ssl.get_default_verify_paths().cafile
    with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False, encoding="utf8") as bundle:
        if roots:
            with open(roots, encoding="utf8") as file:
                bundle.write(file.read() + "\n")
        bundle.write(ca)
    before = {name: os.environ.get(name) for name in VARIABLES}
    os.environ.update(dict.fromkeys(VARIABLES, bundle.name))

    def undo():
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        os.unlink(bundle.name)

    return undo
