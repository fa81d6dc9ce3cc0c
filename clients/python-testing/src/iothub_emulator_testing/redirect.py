"""Redirects connections of this process, because SDKs always use the ports 443, 8883 and 5671."""

import socket

NAMES = ("localhost", "127.0.0.1", "::1")


def redirect(ports, names=(), address="127.0.0.1"):
    """Redirects connections to this machine or to `names` from the ports in `ports` to the ports that they map to.

    Every library calls getaddrinfo before it connects, and uses the port in its result. Returns a function that undoes it.
    """
    ports = dict(ports)
    names = {*NAMES, *names}
    original = socket.getaddrinfo

    def redirected(host, port, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else str(host)
        is_ours = name.lower() in names or name.lower().endswith(".localhost")
        real = ports.get(_number(port)) if is_ours else None
        return original(host, port, *args, **kwargs) if real is None else original(address, real, *args, **kwargs)

    socket.getaddrinfo = redirected

    def undo():
        # if another library has patched it since, ours stays in place without effect
        ports.clear()
        if socket.getaddrinfo is redirected:
            socket.getaddrinfo = original

    return undo


def _number(port):
    try:
        return int(port)
    except (TypeError, ValueError):
        return None
