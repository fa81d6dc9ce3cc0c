"""Leads connections of this process: SDKs have the ports of a hub built in."""

import socket

NAMES = ("localhost", "127.0.0.1", "::1")


def lead(ports, names=(), address="127.0.0.1"):
    """Connections to this machine, or to `names`, on a port of `ports` go to the port that stands there.

    Every library asks getaddrinfo where to connect to, and takes its word for the port as well. Returns how to end it.
    """
    ports = dict(ports)
    names = {*NAMES, *names}
    original = socket.getaddrinfo

    def led(host, port, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else str(host)
        is_ours = name.lower() in names or name.lower().endswith(".localhost")
        real = ports.get(_number(port)) if is_ours else None
        return original(host, port, *args, **kwargs) if real is None else original(address, real, *args, **kwargs)

    socket.getaddrinfo = led

    def undo():
        # somebody else may have patched it since: then ours stays, and leads nothing
        ports.clear()
        if socket.getaddrinfo is led:
            socket.getaddrinfo = original

    return undo


def _number(port):
    try:
        return int(port)
    except (TypeError, ValueError):
        return None
