"""How the way to a server is protected: the same for mailboxes and for the relay."""

import ipaddress
from enum import StrEnum, unique


@unique
class Tls(StrEnum):
    """How a connection is made safe; NONE is for this machine, unless plain text is allowed expressly."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very name or address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
