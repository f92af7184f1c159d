"""Tells systemd how the daemon is (sd_notify(3)); nothing happens where it was not started by systemd."""

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Send a state, for example `READY=1`, to the socket that systemd named; that it cannot be sent stops nothing."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.connect("\0" + address[1:] if address.startswith("@") else address)
        client.sendall(state.encode())
