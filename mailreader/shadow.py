"""The comparison of a trial: what the clerks entered beside what we read, each paired with its like, or left alone.

Pure. A reading and a line are about the same register where the period, the account and the zone are the same, and the
serial (leading zeros aside), or, where the line has none, the service.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from models.comparison import Comparison, Difference, Entered, Pair, Read
from models.register import bare_key

_Place = tuple[str, str]
"""A period and an account, as the register has it."""


@dataclass(slots=True)
class _OfAccount:
    """What is known of one account in one period."""

    entered: list[Entered] = field(default_factory=list)
    recorded: list[Read] = field(default_factory=list)
    refused: list[Read] = field(default_factory=list)


def compare(entered: Sequence[Entered], read: Iterable[Read], numbers: Mapping[str, str]) -> Comparison:
    """Compare; `numbers` gives the account's number in the register for one as written, where it has it.

    Every line of `entered` has its period. Of several lines with one serial the last counts.
    """
    counted = list(_without_repeats(entered, numbers))
    places: defaultdict[_Place, _OfAccount] = defaultdict(_OfAccount)
    for line in counted:
        places[line.period or "", numbers.get(line.account, line.account)].entered.append(line)
    for one in read:
        found = places[one.period, numbers.get(one.account, one.account)]
        (found.recorded if one.reason is None else found.refused).append(one)
    recorded = sum(len(found.recorded) for found in places.values())
    pairs = [pair for place, found in sorted(places.items()) for pair in _compare_account(place, found)]
    agreed = len(counted) - sum(pair.entered is not None for pair in pairs)
    return Comparison(len(counted), recorded, agreed, len(entered) - len(counted), pairs)


def _without_repeats(entered: Sequence[Entered], numbers: Mapping[str, str]) -> Iterator[Entered]:
    """Leave out what a later line says of the same meter, or says again word for word."""
    last: dict[tuple[object, ...], Entered] = {}
    for line in entered:
        what = bare_key(line.serial) if line.serial else (line.service, line.value)
        last[line.period, numbers.get(line.account, line.account), line.zone, what] = line
    return iter(last.values())


def _compare_account(place: _Place, found: _OfAccount) -> Iterator[Pair]:
    """Yield the differences of one account: equal values find each other first, then unequal ones."""
    period, account = place
    lines = sorted(found.entered, key=lambda line: (line.serial is None, line.line))
    _, lines = _matched(lines, found.recorded, lambda line, one: line.value == one.value)
    different, lines = _matched(lines, found.recorded, lambda _line, _one: True)
    for line, one in different:
        yield Pair(Difference.DIFFERENT, period, account, line, one)
    for line in lines:
        yield Pair(Difference.ONLY_THEIRS, period, account, line, _refusal(line, found.refused))
    for one in found.recorded:
        yield Pair(Difference.ONLY_OURS, period, account, None, one)


def _matched(
    lines: Sequence[Entered], recorded: list[Read], fits: Callable[[Entered, Read], bool]
) -> tuple[list[tuple[Entered, Read]], list[Entered]]:
    """Return the pairs about one register that fit, and the lines without one; what was paired leaves `recorded`."""
    pairs, left = [], []
    for line in lines:
        one = next((one for one in recorded if _is_about(one, line) and fits(line, one)), None)
        if one is None:
            left.append(line)
        else:
            recorded.remove(one)
            pairs.append((line, one))
    return pairs, left


def _is_about(one: Read, line: Entered) -> bool:
    """Whether a reading is about the register of a line; a refused one may leave open which it is about."""
    if one.zone is not None and one.zone is not line.zone:
        return False
    if line.serial is not None:
        return one.serial is None or bare_key(one.serial) == bare_key(line.serial)
    return one.service is None or one.service is line.service


def _refusal(line: Entered, refused: Sequence[Read]) -> Read | None:
    """Find why we did not record what a line says: the latest refusal about it, of this very value if there is one."""
    about = [one for one in refused if _is_about(one, line)]
    same = [one for one in about if one.value == line.value]
    return max(same or about, key=lambda one: (one.received, one.message), default=None)
