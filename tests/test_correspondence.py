"""Whether a message is answered: silence by age and attachment, limits by sender and rejection."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.settings import Settings
from mailreader.app import App
from mailreader.pipeline import Handled, Pipeline
from mailreader.store import Arrival, Store
from parsers.mail import parse_envelope
from tests.system.site import NO_ACCOUNT, OUR_ADDRESS, READINGS, letter

pytestmark = pytest.mark.usefixtures("kept_readers")

ATTACHED = datetime(2026, 11, 20, 5, 0, 0, 600_000, tzinfo=UTC)


@pytest.fixture
def store(registered_database: str) -> Iterator[Store]:
    """A database with a register, whose mailbox `main` was attached once."""
    store = Store.open(registered_database)
    store.attach("main", "INBOX", 1, ATTACHED)
    yield store
    store.close()


def app(**answers: Any) -> App:  # noqa: ANN401 -- the keys of the settings
    """The program with these settings for answers."""
    smtp = {"host": "127.0.0.1", "tls": "none", "from": OUR_ADDRESS}
    mailbox = {"host": "127.0.0.1", "tls": "none", "username": "u", "password": "p", "addresses": [OUR_ADDRESS]}
    return App(Settings(smtp=smtp, mailboxes={"main": mailbox}, answers=answers, limits={"readers": 1}))


def handle(
    store: Store,
    pipeline: Pipeline,
    uid: int = 1,
    text: str = READINGS,
    received: datetime = ATTACHED,
    mailbox: str = "main",
    now: datetime | None = None,
) -> Handled:
    """Have one message arrive and be handled."""
    raw = letter(text, name=str(uid))
    digest = parse_envelope(raw).body_digest
    store.save_arrivals([Arrival(mailbox, "INBOX", 1, uid, received, len(raw), raw, f"<{uid}@mail.example>", digest)])
    (handled,) = pipeline.handle(10, now or received)
    return handled


@pytest.mark.parametrize(
    ("answers", "received", "age", "mailbox", "silence"),
    [
        ({}, ATTACHED, timedelta(), "main", None),
        ({}, ATTACHED.replace(microsecond=0), timedelta(), "main", None),
        ({}, ATTACHED - timedelta(seconds=2), timedelta(), "main", "before_attachment"),
        ({"backlog": True}, ATTACHED - timedelta(seconds=2), timedelta(), "main", None),
        ({}, ATTACHED, timedelta(days=15), "main", "too_old"),
        ({"max_age_days": 0}, ATTACHED, timedelta(days=150), "main", None),
        ({}, ATTACHED - timedelta(days=60), timedelta(days=100), "file", None),
    ],
)
def test_old_mail_and_mail_from_before_the_attachment_is_recorded_in_silence(
    store: Store, answers: dict[str, Any], received: datetime, age: timedelta, mailbox: str, silence: str | None
) -> None:
    """INTERNALDATE has whole seconds; mail in files is asked for, and answered whatever its age."""
    with app(**answers).pipeline(store) as pipeline:
        handled = handle(store, pipeline, received=received, mailbox=mailbox, now=received + age)
    assert handled.decision.verdict.silence == silence
    assert (handled.decision.reply is None) is (silence is not None)


def test_nothing_is_composed_where_nothing_is_wanted(store: Store) -> None:
    """The verdict says so."""
    with app().pipeline(store, composing=False) as pipeline:
        decision = handle(store, pipeline).decision
    assert (decision.reply, decision.verdict.silence) == (None, "not_composed")


def test_limit_of_a_sender_holds_answers_back_for_a_day(store: Store) -> None:
    """Readings are recorded all the same; the next day answers are given again, after a new start too."""
    with app(per_sender_per_day=2).pipeline(store) as pipeline:
        held = [handle(store, pipeline, uid, now=ATTACHED).decision.held_back for uid in range(1, 5)]
    assert held == [None, None, "limit_of_sender", "limit_of_sender"]
    with app(per_sender_per_day=2).pipeline(store) as pipeline:
        later = handle(store, pipeline, 5, now=ATTACHED + timedelta(days=1, seconds=1))
    assert (later.decision.held_back, later.decision.verdict.outcome) == (None, "accepted")


def test_limit_of_a_rejection_leaves_other_answers_alone(store: Store) -> None:
    """The same fault is explained so often a day; a confirmation is not held back for it."""
    with app(same_rejection_per_day=1).pipeline(store) as pipeline:
        held = [handle(store, pipeline, uid, NO_ACCOUNT).decision.held_back for uid in range(1, 3)]
        held.append(handle(store, pipeline, 3).decision.held_back)
    assert held == [None, "limit_of_rejection", None]
