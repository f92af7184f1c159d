"""The daemon as a process of its own, which can be told to die at a named point.

`python -m tests.system.runner SETTINGS.json SECONDS_AHEAD*SPEED [POINT]`: the first two are those of its clock.

A point is like "before Store.decide" or, for an operation at a seam, like "after imap:17".
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config.settings import Settings
from mailreader.app import App
from mailreader.mailbox import Mailbox
from mailreader.readers import Readers
from mailreader.store import Store
from tests.system.site import Clock
from tests.torture.faults import Fault, Injector, injected, kill

_OWNERS: Final = MappingProxyType({"Mailbox": Mailbox, "Readers": Readers, "Store": Store})
_MAY_FIND_NOTHING: Final = frozenset({"pending", "claim_reply"})


def die_at(when: str, point: str) -> None:
    """Have this process killed before or after a method does its work; after one that looks, if it found something."""
    owner, name = point.split(".")
    original = getattr(_OWNERS[owner], name)

    def dying(self: object, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 -- whatever the method takes
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(self, *arguments, **named)
        if result or name not in _MAY_FIND_NOTHING:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(_OWNERS[owner], name, dying)


def main() -> None:
    """Run, and perhaps die."""
    settings = Settings(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    with dying(*sys.argv[3:]):
        work(settings, *map(float, sys.argv[2].split("*")))


@contextmanager
def dying(point: str = "") -> Iterator[None]:
    """Have this process killed at a point; without one it lives."""
    when, _, where = point.partition(" ")
    plan = (Fault.parse(point),) if ":" in where else ()
    if where and not plan:
        die_at(when, where)
    with injected(Injector(plan, kill)):
        yield


def work(settings: Settings, ahead: float, speed: float) -> None:
    """Run until SIGTERM."""
    app = App(settings, Clock(timedelta(seconds=ahead), speed))
    store = app.open_store()
    with app.daemon(store) as daemon:
        signal.signal(signal.SIGTERM, lambda *_: daemon.stop())
        daemon.run()
    store.close()


if __name__ == "__main__":
    main()
