"""A whole site for a test: settings, register and program on a real mail server and a real relay."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from config.settings import Settings
from mailreader.app import App
from mailreader.daemon import Daemon
from mailreader.pipeline import Handled
from mailreader.register_file import load_register
from mailreader.store import Store
from models.catalogue import OutboxState
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_sink import SmtpSink

OUR_ADDRESS = "pokazaniya@energosbyt.example"
CUSTOMER = "user3001@mail.example"
READINGS = "Лицевой счет 0863576. Свет 58291, горячая вода 1257."
NO_ACCOUNT = "Лицевой счет 9999999. Свет 58291, горячая вода 1257."
REQUEST = "Здравствуйте! Пришлите, пожалуйста, дубликат счета за октябрь."
REGISTER = Path(__file__).parents[2] / "fixtures" / "corpus" / "register.csv"
STARTED = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
"""An instant within the window and the service hours, at which every test begins."""
DEADLINE = 20.0


class Clock:
    """Time that begins at `STARTED` and goes on as it does, or `speed` times as fast, and can be put forward."""

    def __init__(self, ahead: timedelta = timedelta(), speed: float = 1.0) -> None:
        self._begun = time.monotonic()
        self.ahead = ahead
        self.speed = speed

    def __call__(self) -> datetime:
        """The instant it is, aware."""
        return STARTED + self.ahead + timedelta(seconds=(time.monotonic() - self._begun) * self.speed)


def letter(text: str = READINGS, *, name: str = "1", sender: str = CUSTOMER, **headers: str) -> bytes:
    """A customer's mail; `name` makes its Message-ID."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = OUR_ADDRESS
    message["Subject"] = "показания"
    message["Message-ID"] = f"<{name}@mail.example>"
    for field_name, value in headers.items():
        message[field_name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = DEADLINE) -> None:
    """Look again and again until `condition` holds; AssertionError after `seconds`."""
    pause, deadline = threading.Event(), time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        pause.wait(0.05)


@dataclass
class Running:
    """A daemon at work in a thread of this process, and what it has handled."""

    handled: list[Handled] = field(default_factory=list)
    fault: BaseException | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def note(self, handled: Handled) -> None:
        """Be told of a message."""
        with self._changed:
            self.handled.append(handled)
            self._changed.notify_all()

    def wait_for(self, count: int, seconds: float = DEADLINE) -> list[Handled]:
        """Wait until `count` messages have their outcome."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.handled) >= count, seconds), (
                f"{len(self.handled)} of {count}"
            )
            return list(self.handled)

    def work(self, daemon: Daemon) -> None:
        """Run until stopped."""
        try:
            daemon.run()
        except BaseException as fault:  # noqa: BLE001 -- told to the test
            self.fault = fault


@dataclass
class Site:
    """The program's settings over one user's mailbox, one relay and one database, which `database` is the URL of.

    `changes` are to tables of the settings (`mailbox` to that of the mailbox), `others` further mailboxes by name.
    """

    dovecot: Dovecot
    user: str
    sink: SmtpSink
    folder: Path
    database: str
    clock: Clock = field(default_factory=Clock)
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)
    mode: str = "live"

    @property
    def table(self) -> dict[str, Any]:
        """The settings as plain data."""
        mailbox = {
            "host": "127.0.0.1", "port": self.dovecot.port, "tls": "none", "username": self.user, "password": PASSWORD,
            "timeout": 10, "poll_seconds": 20, "addresses": [OUR_ADDRESS],
        }  # fmt: skip
        smtp = {"host": self.sink.host, "port": self.sink.port, "tls": "none", "from": f"Energo <{OUR_ADDRESS}>"}
        table: dict[str, Any] = {
            "mode": self.mode,
            "database": {"url": self.database},
            "mailboxes": {
                "main": mailbox | self.changes.get("mailbox", {}),
                **{name: mailbox | changed for name, changed in self.others.items()},
            },
            "smtp": smtp,
            "answers": {"backlog": True, "per_sender_per_day": 1000, "same_rejection_per_day": 1000},
            "limits": {"readers": 1},
        }
        for section, changed in self.changes.items():
            if section != "mailbox":
                table[section] = table.get(section, {}) | changed
        return table

    @property
    def app(self) -> App:
        """The program."""
        return App(Settings(**self.table), self.clock)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The database, opened for a look."""
        store = self.app.open_store()
        try:
            yield store
        finally:
            store.close()

    def prepare(self) -> None:
        """Load the register of the corpus."""
        with self.store() as store:
            store.import_register(load_register(REGISTER))

    def deliver(self, *messages: bytes) -> None:
        """Put mail into the mailbox, received now by the clock of the test."""
        self.dovecot.deliver(self.user, *messages, received=self.clock())

    @contextmanager
    def running(self) -> Iterator[Running]:
        """Run the daemon in a thread; it must end within seconds, and by itself it must not."""
        running = Running()
        with self.store() as store, self.app.daemon(store, running.note) as daemon:
            thread = threading.Thread(target=running.work, args=(daemon,))
            thread.start()
            try:
                yield running
            finally:
                daemon.stop()
                thread.join(DEADLINE)
                assert not thread.is_alive()
            assert running.fault is None

    def run_once(self) -> None:
        """One round of everything."""
        with self.store() as store:
            self.app.run_once(store)

    def filed(self) -> dict[str, int]:
        """How many messages each folder holds that holds any."""
        with self.dovecot.client(self.user) as client:
            names = [name for _flags, _delimiter, name in client.list_folders()]
            counts = {name: client.folder_status(name, ["MESSAGES"])[b"MESSAGES"] for name in names}
        return {name: count for name, count in counts.items() if count}

    def outcomes(self) -> list[str | None]:
        """The outcome of every message that is no second delivery, oldest first; None where it has none yet."""
        with self.store() as store:
            lines = [stored.line for stored in store.messages() if not stored.line.duplicate]
        return [line.outcome and str(line.outcome) for line in lines]

    def states(self) -> list[OutboxState]:
        """Where every reply stands."""
        with self.store() as store:
            return [line.state for line in store.outbox()]

    def recorded(self) -> int:
        """How many readings are recorded, whatever was replaced since."""
        with self.store() as store:
            found = store.account("0863576")
            assert found is not None
            return len(found[1])

    def write_table(self) -> Path:
        """Write the settings for a process of its own."""
        path = self.folder / "settings.json"
        path.write_text(json.dumps(self.table), encoding="utf-8")
        return path
