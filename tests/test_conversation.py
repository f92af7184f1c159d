"""An answer to our own answer is read together with the message that it continues (rules, section 5)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from config.settings import Settings
from config.words import load_languages, load_mail_marks
from mailreader.app import App
from mailreader.judging import Judge
from mailreader.register_file import load_register
from mailreader.store import Arrival, Store
from models.catalogue import Outcome, Reason
from models.history import History
from models.register import RegisterExcerpt
from models.rules import Policy
from models.statement import Statement
from models.verdict import Verdict
from models.window import Window
from parsers.mail import parse_envelope
from parsers.reading import Reader

pytestmark = pytest.mark.usefixtures("kept_readers")

REGISTER = Path("fixtures/corpus/register.csv")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The reader with the words of all languages."""
    return Reader(load_languages(), load_mail_marks())


@pytest.fixture(scope="module")
def register() -> RegisterExcerpt:
    """The register of the corpus."""
    return RegisterExcerpt.of(load_register(REGISTER))


def mail(text: str, sender: str, *headers: str) -> bytes:
    """A plain mail in UTF-8."""
    identity = f"Message-ID: <{abs(hash(text))}@post.example>"
    head = [f"From: {sender}", "To: pokazaniya@energosbyt.example", identity, *headers]
    kind = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return "\r\n".join([*head, *kind, "", text, ""]).encode()


def say(reader: Reader, *texts: str) -> Statement:
    """The statement of the last text, which continues those before it."""
    said: Statement | None = None
    for text in texts:
        statement = reader.read(mail(text, "someone@post.example")).statement
        assert statement is not None
        said = replace(statement, earlier=said)
    assert said is not None
    return said


def judge(statement: Statement, register: RegisterExcerpt, sender: str = "someone@post.example") -> Verdict:
    """The verdict without a history."""
    return Judge(Window(), Policy()).judge(statement, NOW, sender, register, History())


def recorded(verdict: Verdict) -> list[tuple[str | None, str | None]]:
    """Account and value of every recorded reading."""
    return sorted((reading.account, reading.value) for reading in verdict.readings if reading.reason is None)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("свет 73128, горячая вода 104", "2621429"), [("2621429", "104"), ("2621429", "73128")]),
        (("свет 73128, горячая вода 104", "лицевой счёт 2621429"), [("2621429", "104"), ("2621429", "73128")]),
        (("лс 7700125 свет 73128", "ой, лс 2621429"), [("2621429", "73128")]),
        (("свет 73128", "горячая 104", "лс 2621429"), [("2621429", "104"), ("2621429", "73128")]),
        (("лс 2621429 свет 731", "свет 73128"), [("2621429", "73128")]),
        (("лс 2621429 свет 731 гвс 104", "свет 73128"), [("2621429", "104"), ("2621429", "73128")]),
        (("лс 6379155 горячая 366", "счётчик № 15803509"), [("6379155", "366")]),
    ],
)
def test_what_an_answer_leaves_out_is_taken_from_the_earlier_message(
    reader: Reader, register: RegisterExcerpt, texts: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    """The account, the meter and the other value come from there; what is stated anew wins."""
    assert recorded(judge(say(reader, *texts), register)) == expected


@pytest.mark.parametrize(
    "texts",
    [
        ("лс 2621429 свет 73128", "лс 4577609, показания пришлю завтра"),
        ("лс 2621429 свет 73128; лс 4577609 свет 35618", "показания те же"),
        ("свет 73128", "показания пришлю завтра"),
    ],
)
def test_an_answer_that_continues_nothing_takes_nothing(
    reader: Reader, register: RegisterExcerpt, texts: tuple[str, ...]
) -> None:
    """Another account, several accounts, or an answer without any number leave the earlier values where they are."""
    assert recorded(judge(say(reader, *texts), register)) == []


@pytest.fixture
def app(registered_database: str) -> App:
    """The program on a database of its own, without a mailbox."""
    return App(
        Settings.model_validate({"database": {"url": registered_database}, "limits": {"readers": 1}}), lambda: NOW
    )


@pytest.fixture
def store(app: App) -> Iterator[Store]:
    """Its store, with the register of the corpus."""
    store = app.open_store()
    yield store
    store.close()


def arrive(store: Store, raw: bytes, number: int) -> None:
    """Let a mail arrive, the later the greater its number."""
    envelope = parse_envelope(raw)
    received = NOW + timedelta(minutes=number)
    arrival = Arrival(
        "file", f"{number}.eml", 1, number, received, len(raw), raw, envelope.message_id, envelope.body_digest
    )
    store.save_arrivals([arrival])


def test_a_customer_who_is_asked_for_the_account_may_send_just_that(app: App, store: Store) -> None:
    """The reading of the first mail is recorded by the second; the first mail's item is closed by it."""
    with app.pipeline(store) as pipeline:
        arrive(store, mail("свет 73128", "new@post.example"), 1)
        (asked,) = pipeline.handle(10, NOW)
        assert asked.decision.verdict.outcome is Outcome.REJECTED
        (reply,) = store.outbox()
        arrive(store, mail("2621429", "new@post.example", f"In-Reply-To: {reply.message_id}"), 2)
        (answered,) = pipeline.handle(10, NOW)
    assert answered.decision.verdict.outcome is Outcome.ACCEPTED
    (line,) = store.readings()
    assert (line.account, Decimal(line.value)) == ("2621429", Decimal(73128))


def converse(app: App, store: Store, *said: tuple[str, str]) -> list[Verdict]:
    """The verdicts on texts of senders, each in answer to the newest of our answers."""
    verdicts = []
    with app.pipeline(store) as pipeline:
        for number, (text, sender) in enumerate(said, 1):
            named = [f"In-Reply-To: {reply.message_id}" for reply in store.outbox()[-1:]]
            arrive(store, mail(text, sender, *named), number)
            (handled,) = pipeline.handle(10, NOW)
            verdicts.append(handled.decision.verdict)
    return verdicts


def test_a_stranger_who_names_our_answer_to_somebody_else_learns_nothing(app: App, store: Store) -> None:
    """Identifiers of our answers can be guessed: what another address wrote is not read on, and not told."""
    said = (("2621429 свет 73128", "new@post.example"), ("лс 2621429, показания", "other@post.example"))
    _, second = converse(app, store, *said)
    assert second.reasons == (Reason.VALUE_MISSING,)
    assert "73128" not in store.outbox()[-1].text


def test_who_answers_our_refusal_with_no_other_value_states_it_again(app: App, store: Store) -> None:
    """An answer without a reading still has a reason, and is then a person's to mend."""
    said = (("2621429 свет 12", "new@post.example"), ("2621429, всё верно", "new@post.example"))
    first, second = converse(app, store, *said)
    assert first.reasons == (Reason.VALUE_BELOW_PREVIOUS,)
    assert second.reasons == (Reason.STATED_AGAIN,)
