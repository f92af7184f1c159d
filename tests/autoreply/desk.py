"""The answering part of the program over one database: mail comes in, replies go to a relay, and it can start again."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.settings import Settings
from mailreader.app import App
from mailreader.delivery import Deliveries
from mailreader.outbox import Outbox
from mailreader.pipeline import Pipeline
from mailreader.register_file import load_register
from mailreader.store import Arrival, Store, upgrade
from models.decision import Decision
from models.lines import OutboxLine
from parsers.mail import parse_envelope
from tests.autoreply.rows import OUR_ADDRESS, OUR_SERVER
from tests.servers.smtp_sink import SmtpSink
from tests.system.site import REGISTER

BEGUN = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
"""An instant within the window and the service hours; the mailbox was attached then."""


@dataclass
class Desk:
    """One site; `now` is its clock, `answers` and `smtp` are tables of its settings."""

    url: str
    sink: SmtpSink
    answers: dict[str, Any] = field(default_factory=dict)
    smtp: dict[str, Any] = field(default_factory=dict)
    now: datetime = BEGUN
    uids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def app(self) -> App:
        """The program as it is started."""
        host = {"host": "127.0.0.1", "tls": "none"}
        mailbox = {"username": "u", "password": "p", "addresses": [OUR_ADDRESS], "trusted_authserv_id": OUR_SERVER}
        smtp = {"port": self.sink.port, "from": f"Energo <{OUR_ADDRESS}>"} | self.smtp
        settings = Settings.model_validate(
            {
                "database": {"url": self.url}, "mailboxes": {"main": host | mailbox}, "smtp": host | smtp,
                "answers": self.answers, "limits": {"readers": 1},
            }
        )  # fmt: skip
        return App(settings, lambda: self.now)

    @contextmanager
    def started(self) -> Iterator["Started"]:
        """Start the program; leaving ends it, and the next start knows only what the database does."""
        store = self.app.open_store()
        try:
            with self.app.pipeline(store) as pipeline:
                yield Started(self, store, pipeline)
        finally:
            store.close()

    def outbox(self) -> list[OutboxLine]:
        """All replies."""
        with self.store() as store:
            return store.outbox()

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The database, for a look."""
        store = self.app.open_store()
        try:
            yield store
        finally:
            store.close()


@dataclass
class Started:
    """The program between two starts."""

    desk: Desk
    store: Store
    pipeline: Pipeline

    def handle(self, raw: bytes, received: datetime | None = None) -> Decision:
        """Have a mail arrive, now if not said otherwise, and be handled now."""
        envelope, uid = parse_envelope(raw), next(self.desk.uids)
        arrival = Arrival(
            "main", "INBOX", 1, uid, received or self.desk.now, len(raw), raw, f"<{uid}@mail.example>",
            envelope.body_digest,
        )  # fmt: skip
        self.store.save_arrivals([arrival])
        (handled,) = self.pipeline.handle(10, self.desk.now)
        return handled.decision

    def deliver(self) -> None:
        """Send what is due."""
        with Outbox(self.desk.app.relay()) as outbox:
            assert Deliveries(self.store, outbox, self.desk.app.clock).run()


def open_desk(
    folder: Path, sink: SmtpSink, answers: dict[str, Any] | None = None, smtp: dict[str, Any] | None = None
) -> Desk:
    """Make a site with the register of the corpus."""
    file = folder / "mailreader.db"
    file.write_bytes(_prepared())
    return Desk(f"sqlite:///{file}", sink, answers or {}, smtp or {})


@cache
def _prepared() -> bytes:
    """Make a database with the register and the mailbox, once for all sites: the file as it is copied."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "mailreader.db"
        upgrade(f"sqlite:///{file}")
        store = Store.open(f"sqlite:///{file}")
        store.import_register(load_register(REGISTER))
        store.attach("main", "INBOX", 1, BEGUN)
        store.close()
        return file.read_bytes()


DAY = timedelta(days=1)
