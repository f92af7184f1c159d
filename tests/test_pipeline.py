"""The whole way of any bytes: stored, one outcome, never an exception, and handled twice is handled once."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from config.settings import Settings
from mailreader.app import App
from mailreader.pipeline import Pipeline
from mailreader.store import Arrival, Store
from models.catalogue import Outcome
from models.decision import Decision
from parsers.mail import parse_envelope
from tests.databases import Databases
from tests.system.site import OUR_ADDRESS, REGISTER, Clock, letter

pytestmark = pytest.mark.usefixtures("kept_readers")

CORPUS = tuple(path.read_bytes() for path in sorted((REGISTER.parent / "mail").glob("*.eml")))
MAILBOX = "main"
LONGER_THAN_A_CLAIM = timedelta(minutes=11)


class Way:
    """The pipeline over a database of its own, and the numbers that its messages have had."""

    def __init__(self, store: Store, pipeline: Pipeline) -> None:
        self.store = store
        self.pipeline = pipeline
        self.clock = Clock()
        self.uids = itertools.count(1)

    def arrive(self, raw: bytes) -> int:
        """Save bytes as the mailbox gives them; the number of the message that they are."""
        envelope = parse_envelope(raw)
        arrival = Arrival(
            mailbox=MAILBOX, folder="INBOX", uidvalidity=1, uid=next(self.uids), received=self.clock(), size=len(raw),
            raw=raw, message_id=envelope.message_id, body_digest=envelope.body_digest,
        )  # fmt: skip
        (saved,) = self.store.save_arrivals([arrival])
        assert self.store.save_arrivals([arrival])[0].known
        return saved.duplicate_of or saved.id

    def handle(self) -> list[int]:
        """Handle all that is due; the numbers of the messages that got their outcome."""
        return [handled.mail.id for handled in self.pipeline.handle_all(10, self.clock)]

    def outcome(self, number: int) -> Outcome | None:
        """The outcome of a message."""
        line = self.store.message(number)
        assert line is not None
        return line.line.outcome


@contextmanager
def opened(database: str, store_class: type[Store] = Store) -> Iterator[Way]:
    """A way over a database with the register of the corpus, with one reading process."""
    store = store_class.open(database)
    smtp = {"host": "127.0.0.1", "tls": "none", "from": OUR_ADDRESS}
    mailbox = {"host": "127.0.0.1", "tls": "none", "username": "u", "password": "p", "addresses": [OUR_ADDRESS]}
    app = App(Settings(smtp=smtp, mailboxes={MAILBOX: mailbox}, limits={"readers": 1}))
    try:
        with app.pipeline(store) as pipeline:
            yield Way(store, pipeline)
    finally:
        store.close()


@pytest.fixture(scope="module")
def way(databases: Databases, registered: str) -> Iterator[Way]:
    """One way for all examples: what came before is part of what must not matter."""
    with databases.copy(registered) as database, opened(database) as way:
        yield way


@st.composite
def mutated_mail(draw: st.DrawFn) -> bytes:
    """Mail of the corpus with a few places overwritten, cut out or doubled."""
    raw = draw(st.sampled_from(CORPUS))
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(raw)))
        end = draw(st.integers(begin, min(len(raw), begin + 40)))
        raw = raw[:begin] + draw(st.binary(max_size=12) | st.just(raw[begin:end] * 2)) + raw[end:]
    return raw


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(raw=st.binary(max_size=3000) | mutated_mail())
def test_any_bytes_get_exactly_one_outcome(way: Way, raw: bytes) -> None:
    """Whatever arrives is stored and handled once; the same bytes again are the same message."""
    number = way.arrive(raw)
    known = way.outcome(number) is not None
    assert way.handle() == ([] if known else [number])
    first = way.outcome(number)
    assert first is not None
    assert way.arrive(raw) == number
    assert way.handle() == []
    assert way.outcome(number) is first


class Failing(Store):
    """A store in which judging one message breaks as often as it is tried."""

    poison = 0
    fault: Exception = ZeroDivisionError()

    def decide(self, message_id: int, **question: object) -> Decision:
        """Judge, but for the poison."""
        if message_id == self.poison:
            raise self.fault
        return super().decide(message_id, **question)  # type: ignore[arg-type]


def test_message_that_breaks_the_program_costs_no_other_and_does_not_loop(registered_database: str) -> None:
    """It stays without an outcome while even giving up on it breaks, and is for a person as soon as it does not."""
    with opened(registered_database, Failing) as way:
        assert isinstance(way.store, Failing)
        numbers = [way.arrive(letter(name=str(number))) for number in range(3)]
        way.store.poison = numbers[0]
        assert way.handle() == numbers[1:]
        assert way.outcome(numbers[0]) is None
        way.store.poison = 0
        way.clock.ahead = LONGER_THAN_A_CLAIM
        assert way.handle() == numbers[:1]
        assert way.outcome(numbers[0]) is Outcome.REVIEW


def test_fault_of_the_database_is_not_counted_against_the_mail(registered_database: str) -> None:
    """However often it fails, mail is handled as soon as the database is back, without waiting."""
    with opened(registered_database, Failing) as way:
        assert isinstance(way.store, Failing)
        numbers = [way.arrive(letter(name=str(number))) for number in range(3)]
        way.store.poison, way.store.fault = numbers[1], OperationalError("", None, Exception("disk full"))
        for _ in range(5):
            with pytest.raises(OperationalError):
                way.handle()
        way.store.poison = 0
        assert way.handle() == numbers[1:]
        assert [way.outcome(number) for number in numbers] == [Outcome.ACCEPTED] * 3


def test_work_that_is_told_to_end_gives_the_rest_back(registered_database: str) -> None:
    """What was claimed and not handled is due again at once, without a try counted."""
    with opened(registered_database) as way:
        numbers = [way.arrive(letter(name=str(number))) for number in range(3)]
        answers = iter([True, False])
        handled = [one.mail.id for one in way.pipeline.handle_all(10, way.clock, lambda: next(answers, False))]
        assert handled == numbers[:1]
        assert way.handle() == numbers[1:]
        assert {line.tries for line in way.store.messages()} == {0}
