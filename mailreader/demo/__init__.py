"""The demonstration: the real daemon on servers of its own, on this machine alone, with sample mail."""

import sys
from typing import Final

_SERVERS: Final = frozenset({"pymap", "aiosmtpd", "pysasl", "proxyprotocol"})


def run_demo(*, once: bool) -> int:
    """Show the sample mail and its answers; `once`: all of it, then a summary, else until Ctrl-C.

    Returns the exit code: 0, or 1 where something that was to happen did not, with a sentence on standard error.
    """
    try:
        from mailreader.demo.show import run_show  # noqa: PLC0415 -- needs the servers, which are an extra
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in _SERVERS:
            raise
        sys.stderr.write("The demonstration needs servers of its own: pip install 'mailreader[demo]'\n")
        return 1
    return run_show(once=once)
