"""Whatever happens to a mailbox, every message is accounted for once: a state machine against a model.

Twice: over a real Dovecot and a real relay a few examples, for what servers really do; over a mailbox in memory many,
for what happens at one call in a thousand. `--hypothesis-profile=long` runs both for long.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from email import message_from_bytes
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Self

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from mailreader.app import App
from mailreader.bounces import is_known_bounce
from mailreader.mailbox import Mailbox, MailboxAccess
from mailreader.outbox import Outbox
from mailreader.readers import WasRead
from tests.corpora import corpus_reader
from tests.databases import ON_SQLITE, Databases
from tests.fuzz.folders import folders_of
from tests.fuzz.ledger import MAIN
from tests.fuzz.machine import MailboxMachine, World
from tests.fuzz.memory import MemoryServers
from tests.fuzz.plant import Plant, Servers
from tests.fuzz.profiles import fuzzing
from tests.servers.certificate import Certificate
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.system.site import Site

pytestmark = [pytest.mark.system, ON_SQLITE]

Began = Callable[[ExitStack, Dovecot, SmtpSink], Site]
"""Begins an example: a site with a database of its own, until the stack is closed."""


class HereReaders:
    """Reads in this process: what the reading processes are for is not what is tried here."""

    def __init__(self, *_count: int, **_limits: float) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        pass

    def read(self, mails: Sequence[bytes]) -> Iterator[WasRead]:
        """Read one after the other."""
        return (WasRead(corpus_reader().read(raw), is_known_bounce(raw)) for raw in mails)


class RealServers:
    """What the settings say."""

    def mailbox(self, access: MailboxAccess) -> Mailbox:
        """A mailbox, not connected yet."""
        return Mailbox(access)

    def outbox(self, app: App) -> Outbox:
        """A way to the relay."""
        return Outbox(app.relay())


@pytest.fixture
def begin(databases: Databases, registered: str, tmp_path: Path) -> Began:
    """What begins each example with a copy of the register."""

    def begun(stack: ExitStack, dovecot: Dovecot, sink: SmtpSink) -> Site:
        database = stack.enter_context(databases.copy(registered))
        user = f"user-{uuid.uuid4().hex[:12]}"
        return Site(dovecot, user, sink, tmp_path, database, changes={"mailbox": {"folder": MAIN}})

    return begun


def read_files_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program start again without reading its texts and words again: that is most of what a start costs."""
    for name in ("mailreader.app.load_reply_texts", "mailreader.automatic_rules.load_mail_marks"):
        monkeypatch.setattr(name, cache(resolve_name(name)))


def plant_of(site: Site, servers: Servers) -> Plant:
    """The program of a site."""
    return Plant(site.app, site.clock, servers)


def test_whatever_happens_to_a_mailbox_in_memory_every_message_is_accounted_for_once(
    begin: Began, certificate: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rounds, crashes at any call, people at the same mail, new epochs: nothing is lost, nothing is twice."""
    monkeypatch.setattr("mailreader.app.Readers", HereReaders)
    read_files_once(monkeypatch)

    def machine() -> MailboxMachine:
        stack, servers = ExitStack(), MemoryServers()
        site = begin(stack, Dovecot(tmp_path, 1, 1, certificate), SmtpSink(port=1))
        plant = plant_of(site, servers)
        return MailboxMachine(World(servers.folders, plant, site.clock, lambda: servers.sent, stack.close))

    run(machine, fuzzing(6, steps=25))


def test_whatever_happens_to_a_mailbox_on_a_server_every_message_is_accounted_for_once(
    begin: Began, dovecot: Dovecot, smtp_sink: SmtpSink, kept_readers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, where the folders are Dovecot's and answers go over SMTP."""
    assert kept_readers is None
    read_files_once(monkeypatch)

    def machine() -> MailboxMachine:
        stack = ExitStack()
        smtp_sink.clear()
        site = begin(stack, dovecot, smtp_sink)
        folders = stack.enter_context(folders_of(dovecot, site.user))
        plant = plant_of(site, RealServers())
        ways = folders, plant, site.clock, lambda: sent_to(smtp_sink), stack.close
        return MailboxMachine(World(*ways, holds_still=True))

    run(machine, fuzzing(3, steps=25))


def run(machine: Callable[[], MailboxMachine], much: settings) -> None:
    """Run the machine; hypothesis asks for its class, and takes whatever makes one."""
    factory: Any = machine
    run_state_machine_as_test(factory, settings=much)


def sent_to(sink: SmtpSink) -> list[str]:
    """The Message-IDs of what reached the relay."""
    return [str(message_from_bytes(received.content)["Message-ID"]) for received in sink.received]
