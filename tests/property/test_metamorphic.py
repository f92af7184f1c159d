"""What surrounds the readings of a mail changes nothing, nor how it is laid out; a changed value is another one."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import pytest

from fixtures.make_mail import make_mail
from tests.corpora import judge_mail, recorded_by, sources
from tests.property.changes import CHANGES, Entry, one_digit_changed

NOT_YET = {
    "capitals": {"c849", "e126", "h060", "h078", "p010", "p046", "w078"},
    "small letters": {"c849", "e126", "h060", "h078", "p010", "p046", "v008", "w078"},
    "paragraphs of HTML": {"v100"},
    "line breaks of HTML": {"v100"},
    "wide spaces between words": {
        "c111", "c728", "c744", "c811", "m538", "n012", "p006", "p028", "r024", "s606", "v100", "y062", "y067",
    },
}  # fmt: skip
"""Messages of which less is recorded after a change; none may record anything else, and the list may only shrink.

A name in small letters is no longer known as one; where all gaps are wide, words of one cell look like two.
"""
EVERY = 32
"""Of how many messages one is changed, others for each change: all of them take minutes."""
IN_WORDS_TOO = {"s031"}
"""Messages that state a value in words beside its digits."""


@cache
def recorded(identifier: str) -> list[str]:
    """What is recorded of a message as it is."""
    return next(recorded_by(judge_mail(make_mail(dict(entry)))) for entry in sources() if entry["id"] == identifier)


def made(change: str) -> Iterator[Entry]:
    """The entries of all corpora, changed."""
    first = list(CHANGES).index(change) % EVERY
    return (entry for source in sources()[first::EVERY] if (entry := CHANGES[change](source)) is not None)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_no_reading_changes_no_verdict(change: str) -> None:
    """The same readings are recorded, and never others."""
    others, lost, count = set(), set(), 0
    for entry in made(change):
        count += 1
        now, before = Counter(recorded_by(judge_mail(make_mail(dict(entry))))), Counter(recorded(entry["id"]))
        others |= {entry["id"]} if now - before else set()
        lost |= {entry["id"]} if before - now else set()
    assert count
    assert others == set()
    assert lost <= NOT_YET.get(change, set())


def test_a_changed_digit_is_recorded_as_it_stands_or_not_at_all() -> None:
    """No digit of a value is ever put right by what the register or the rest of the mail would suggest."""
    wrong, count = [], 0
    for entry in (entry for entry in sources()[::EVERY] if "html" not in entry and entry["id"] not in IN_WORDS_TOO):
        before = recorded(entry["id"])
        for line in before:
            meter, _, value = line.rpartition(" ")
            for text, mutated in one_digit_changed(entry.get("body", ""), value):
                count += 1
                right = Counter([*(other for other in before if other != line), f"{meter} {Decimal(mutated):f}"])
                now = Counter(recorded_by(judge_mail(make_mail({**entry, "body": text}))))
                if now - right:
                    wrong.append((entry["id"], value, mutated))
    assert count
    assert wrong == []
