"""The program with all of its imports made, which forks a process off itself for each start that it is asked for.

Started by `tests.cli.forks`, with one end of a socket. A fork has the folder, the environment, the three streams and
the arguments that it was asked for, and ends as the console script does; all that it lacks is the second that the
imports take.
"""

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import time
from typing import Any, Final

import config
import mailreader
import models
import parsers
from mailreader.cli import main

MOST_BYTES: Final = 1 << 17
STREAMS: Final = 3
_LATER: Final = ("alembic.command", "openpyxl", "psycopg", "rich.progress", "rich.table", "sqlalchemy.orm")
"""What commands import from elsewhere as they go."""


def load() -> None:
    """Import every room of the program, but what starts something as it is imported, and what only the demo needs."""
    for package in (config, mailreader, models, parsers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__") and not module.name.startswith(
                ("models.migrations", "mailreader.demo")
            ):
                importlib.import_module(module.name)
    for name in _LATER:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def forks(asking: socket.socket) -> dict[str, Any]:
    """Fork for each start that is asked for, and tell how it ended; return, in a fork, what was asked for."""
    while True:
        asked, streams, _, _ = socket.recv_fds(asking, MOST_BYTES, STREAMS)
        if not asked:
            sys.exit()
        child = os.fork()
        if child == 0:
            for stream, given in enumerate(streams):
                os.dup2(given, stream)
        for given in streams:
            os.close(given)
        if child == 0:
            asking.close()
            return dict(json.loads(asked))
        _, status = os.waitpid(child, 0)
        asking.send(str(os.waitstatus_to_exitcode(status)).encode())


def become(*, arguments: list[str], folder: str, variables: dict[str, str], seconds: int) -> None:
    """Take on what a process gets from who starts it; it is ended after so many seconds."""
    signal.alarm(seconds)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    time.tzset()
    sys.argv[:] = arguments
    encoding = variables["PYTHONIOENCODING"]
    sys.stdin = open(0, encoding=encoding, closefd=False)  # noqa: SIM115 -- as it is made where Python starts
    sys.stdout = open(1, "w", encoding=encoding, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding=encoding, errors="backslashreplace", closefd=False)  # noqa: SIM115


if __name__ == "__main__":
    load()
    become(**forks(socket.socket(fileno=int(sys.argv[1]))))
    sys.exit(main())
