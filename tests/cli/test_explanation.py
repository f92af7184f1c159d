"""Over all corpora: numbers are explained, recorded values stand in the text, all other values have a reason."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest

from mailreader.candidates import Sense
from mailreader.cli.because import DROPPED, EXCLUSIONS, GROUNDS, LOCATED, ROLES, STANDINGS
from mailreader.cli.explaining import Explained, Explainer
from mailreader.cli.explanation_json import explanation_object
from mailreader.cli.mail_files import FoundMail, find_mail
from mailreader.judging import Judge
from mailreader.readers import Readers
from models.catalogue import ReadingStatus
from models.grounds import Dropped, Exclusion, Ground, Located, Standing
from models.rules import Policy
from models.statement import Role, Statement
from models.window import Window
from tests.corpora import FIXTURES, corpus_accounts, mail_rules
from tests.databases import ON_SQLITE

pytestmark = ON_SQLITE  # no database is used

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PHRASES: list[tuple[type[StrEnum], Any]] = [
    (Role, ROLES), (Ground, GROUNDS), (Standing, STANDINGS), (Exclusion, EXCLUSIONS), (Located, LOCATED),
    (Dropped, DROPPED),
]  # fmt: skip


@pytest.fixture(scope="module")
def explained() -> Sequence[Explained]:
    """Give every message of all corpora with its explanation, by the register of the corpora."""
    found = find_mail(sorted(FIXTURES.glob("*/mail")), FIXTURES, NOW)
    mails = [mail for mail in found if isinstance(mail, FoundMail)]
    with Readers(2, seconds=60, megabytes=1024, keep_tokens=True) as readers:
        explainer = Explainer(readers, mail_rules(), Judge(Window(), Policy()), corpus_accounts, 1_000_000)
        return [one for one in explainer.run(mails) if isinstance(one, Explained)]


def numbers(explained: Sequence[Explained]) -> Iterator[tuple[Explained, dict[str, Any]]]:
    """Every number of every message, as its JSON tells it."""
    for one in explained:
        yield from ((one, number) for number in explanation_object(one)["numbers"])


def senses(explained: Sequence[Explained]) -> Iterator[tuple[Explained, Sense]]:
    """What the register made of every number of every message."""
    for one in explained:
        yield from ((one, sense) for sense in one.senses)


def test_the_corpora_are_all_explained(explained: Sequence[Explained]) -> None:
    """Each message that has a verdict."""
    verdicts = sum(len(file.read_text("utf-8").splitlines()) for file in FIXTURES.glob("*/verdicts.jsonl"))
    assert len(explained) == verdicts
    assert not [one.failure for one in explained if one.failure]


def test_every_number_has_a_role_and_a_reason(explained: Sequence[Explained]) -> None:
    """A code, and words that hold nothing unfilled."""
    for one, number in numbers(explained):
        assert number["role"] in set(Role), one.mail.source
        assert number["why"] in set(Ground), one.mail.source
        assert number["because"], one.mail.source
        assert '""' not in number["because"], (one.mail.source, number)


def test_every_digit_is_part_of_a_number_or_of_a_phrase(explained: Sequence[Explained]) -> None:
    """Nothing in digits is passed over: what is no number is a word with a meaning (the tariff "T1", the unit "m3")."""
    for one in explained:
        statement = one.case.statement
        if statement is not None:
            assert list(_unexplained(statement)) == [], one.mail.source


def _unexplained(statement: Statement) -> Iterator[str]:
    spans = [number.span for number in statement.numbers]
    spans += [token.span for token in statement.tokens if token.meanings]
    explained = {place for span in spans for place in range(span.start, span.end)}
    for place, sign in enumerate(statement.text):
        if sign.isdecimal() and place not in explained:
            yield statement.text[max(place - 20, 0) : place + 20]


def test_every_recorded_value_stands_in_the_text(explained: Sequence[Explained]) -> None:
    """Its span lies in the text, is that of one number, and the value is one of its readings."""
    count = 0
    for one in explained:
        statement, readings = one.case.statement, one.verdict.readings if one.verdict else ()
        for reading in (each for each in readings if each.status is ReadingStatus.RECORDED):
            assert statement is not None
            assert reading.span is not None
            (number,) = [each for each in statement.numbers if each.span == reading.span]
            assert 0 <= reading.span.start < reading.span.end <= len(statement.text)
            assert reading.span.of(statement.text) == number.text
            assert reading.value in {f"{value:f}" for value in number.readings}
            count += 1
    assert count > len(explained) / 2


def test_every_value_that_is_not_recorded_has_a_reason(explained: Sequence[Explained]) -> None:
    """Of its own, or the message's; a recorded one has none."""
    for one, sense in senses(explained):
        reading = one.reading_of(sense)
        recorded = reading is not None and reading.status is ReadingStatus.RECORDED
        told = sense.is_value or reading is not None
        assert bool(one.not_recorded(sense)) is (told and not recorded), (one.mail.source, sense)


def test_every_value_of_a_known_account_has_its_registers(explained: Sequence[Explained]) -> None:
    """Exactly the one it was given to is chosen; nothing speaks against it, and something against the others."""
    for one, sense in senses(explained):
        claim = sense.claim
        if claim is None or claim.account is None:
            assert sense.candidates == ()
            continue
        assert [each.register for each in sense.candidates] == list(claim.account.registers)
        chosen = [each.register for each in sense.candidates if each.chosen]
        assert chosen == ([claim.register] if claim.register else []), one.mail.source
        if claim.register is not None:
            assert claim.located is not None
            assert all(each.exclusion for each in sense.candidates if not each.chosen), (one.mail.source, sense)


@pytest.mark.parametrize(("codes", "phrases"), PHRASES)
def test_every_code_has_its_words(codes: type[StrEnum], phrases: Any) -> None:  # noqa: ANN401 -- one table a code
    """And no words are left over."""
    assert set(phrases) == set(codes)


def test_the_corpora_show_what_the_reading_can_say(explained: Sequence[Explained]) -> None:
    """A ground that no mail of the corpora shows is tested by its phrase; of the rest hardly one is missing."""
    seen = {sense.number.ground for one in explained for sense in one.senses}
    assert len(seen) >= 0.8 * len(Ground), set(Ground) - seen
