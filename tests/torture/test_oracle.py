"""The oracle sees what is wrong: a site that ended well is spoilt in every way, and it complains of just that."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import pytest

from models.catalogue import OutboxState, Outcome
from models.lines import OutboxLine, StoredLine
from tests.databases import ON_SQLITE
from tests.torture.expected import AT_FIRST, MEANWHILE
from tests.torture.ground import Ground
from tests.torture.oracle import Complaint, Seen, Wrong, complaints

DELIVERED: Final = (*AT_FIRST, *MEANWHILE)
READING: Final = ("0863576", "electricity", "58291", "replaced")


def first_line(seen: Seen, change: Callable[[StoredLine], StoredLine]) -> Seen:
    """The same with another first message."""
    return replace(seen, lines=[change(seen.lines[0]), *seen.lines[1:]])


def first_reply(seen: Seen, change: Callable[[OutboxLine], OutboxLine]) -> Seen:
    """The same with another first reply."""
    return replace(seen, replies=[change(seen.replies[0]), *seen.replies[1:]])


def of_state(state: OutboxState) -> Callable[[Seen], Seen]:
    """Put the first reply into a state."""
    return lambda seen: first_reply(seen, lambda reply: replace(reply, state=state))


def without_outcome(line: StoredLine) -> StoredLine:
    """The same message, not yet judged."""
    return replace(line, line=replace(line.line, outcome=None))


def of_another_outcome(line: StoredLine) -> StoredLine:
    """The same message, judged otherwise."""
    return replace(line, line=replace(line.line, outcome=Outcome.REVIEW))


def to_a_robot(reply: OutboxLine) -> OutboxLine:
    """The same reply, as if it answered a machine."""
    return replace(reply, in_reply_to="<robot@mail.example>")


LOST, DOUBLE, NOT_DUE, UNSETTLED = Wrong.LOST, Wrong.DOUBLE, Wrong.NOT_DUE, Wrong.UNSETTLED
SPOILT: Final[Mapping[str, tuple[Callable[[Seen], Seen], set[Wrong]]]] = {
    "message is not known": (lambda seen: replace(seen, lines=seen.lines[1:]), {LOST}),
    "message is there twice": (lambda seen: replace(seen, lines=[*seen.lines, seen.lines[0]]), {DOUBLE}),
    "message has no outcome": (lambda seen: first_line(seen, without_outcome), {UNSETTLED}),
    "message has another outcome": (lambda seen: first_line(seen, of_another_outcome), {LOST}),
    "message is not filed": (lambda seen: first_line(seen, lambda line: replace(line, filed_at=None)), {UNSETTLED}),
    "message was blamed": (lambda seen: first_line(seen, lambda line: replace(line, tries=1)), {LOST}),
    "message is gone": (lambda seen: replace(seen, filed=seen.filed | {"Review": 0}), {LOST}),
    "message lies where it came": (lambda seen: replace(seen, filed=seen.filed | {"INBOX": 1}), {DOUBLE}),
    "reading is missing": (lambda seen: replace(seen, readings=seen.readings - Counter([READING])), {LOST}),
    "reading is there twice": (lambda seen: replace(seen, readings=seen.readings + Counter([READING])), {DOUBLE}),
    "answer is missing": (lambda seen: replace(seen, replies=seen.replies[1:]), {LOST, NOT_DUE}),
    "answer is there twice": (lambda seen: replace(seen, replies=[*seen.replies, seen.replies[0]]), {DOUBLE, LOST}),
    "answer goes to a robot": (lambda seen: first_reply(seen, to_a_robot), {NOT_DUE, LOST}),
    "answer waits": (of_state(OutboxState.WAITING), {UNSETTLED}),
    "answer was given up": (of_state(OutboxState.FAILED), {LOST}),
    "answer came twice": (lambda seen: replace(seen, taken=[*seen.taken, seen.taken[0]]), {DOUBLE}),
    "answer never came": (lambda seen: replace(seen, taken=seen.taken[1:]), {LOST}),
}


@ON_SQLITE
@pytest.mark.system
def test_oracle_sees_everything_that_is_spoilt(ground: Ground) -> None:
    """Every invariant is looked at, and a site at rest is found to be well."""
    with ground.world() as world:
        assert world.run(()).complaints == []
        seen = Seen.of(world.site)
    found = {what: wrongs(complaints(spoil(seen), DELIVERED)) for what, (spoil, _) in SPOILT.items()}
    assert found == {what: expected for what, (_, expected) in SPOILT.items()}


def wrongs(found: list[Complaint]) -> set[Wrong]:
    """The kinds of what was complained of."""
    return {complaint.wrong for complaint in found}
