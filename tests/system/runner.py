"""The daemon as a process of its own, which can be told to die at a named point.

`python -m tests.system.runner SETTINGS.json SECONDS_AHEAD [before|after Class.method]`
"""

import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config.settings import Settings
from mailreader.app import App
from mailreader.mailbox import Mailbox
from mailreader.store import Store
from tests.system.site import Clock

_OWNERS: Final = MappingProxyType({"Mailbox": Mailbox, "Store": Store})
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
    """Run until SIGTERM."""
    settings = Settings(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    if len(sys.argv) > 3:
        die_at(*sys.argv[3:])
    app = App(settings, Clock(timedelta(seconds=float(sys.argv[2]))))
    store = app.open_store()
    with app.daemon(store) as daemon:
        signal.signal(signal.SIGTERM, lambda *_: daemon.stop())
        daemon.run()
    store.close()


if __name__ == "__main__":
    main()
