"""The exactly-one rule: values without a clear label go to registers only if one assignment is possible (rules, 3)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from models.register import MeterRegister
from models.rules import Policy, is_possible
from models.statement import Number

_MOST: Final = 8

Taken = tuple[MeterRegister, Decimal]
Assignment = Mapping[Number, Taken]


@dataclass(frozen=True, slots=True)
class Options:
    """One value that is to be assigned, and the registers that its label leaves open."""

    number: Number
    registers: tuple[MeterRegister, ...]


def possible_readings(number: Number, register: MeterRegister, policy: Policy, today: date) -> tuple[Decimal, ...]:
    """The readings of a number that are possible for a register (rules, sections 3 and 4)."""
    return tuple(value for value in number.readings if is_possible(value, register, policy, today))


def assign(options: Sequence[Options], strays: Iterable[Number], policy: Policy, today: date) -> Assignment:
    """Assign each value to a register of its own, where that is possible in exactly one way.

    Values that share no register are judged apart, so that one riddle does not spoil the rest. A stray number that
    could stand in a value's place makes two ways of one. Values without an assignment are left out of the result.
    """
    settled: dict[Number, Taken] = {}
    spare = tuple(strays)
    for group in _groups(options):
        ways = _ways(group, policy, today)
        if len(ways) == 1 and not _disputed(ways[0], group, spare, policy, today):
            settled |= ways[0]
    return MappingProxyType(settled)


def _groups(options: Sequence[Options]) -> list[list[Options]]:
    """The values in groups that share registers."""
    groups: list[list[Options]] = []
    for option in options:
        touched = [group for group in groups if any(set(option.registers) & set(other.registers) for other in group)]
        merged = [other for group in touched for other in group]
        groups = [group for group in groups if group not in touched]
        groups.append([*merged, option])
    return groups


def _ways(group: Sequence[Options], policy: Policy, today: date) -> list[dict[Number, Taken]]:
    """All possible assignments of a group, two at the most; those with the same effect count as one."""
    if len(group) > _MOST:
        return []
    found: list[dict[Number, Taken]] = []
    effects: set[frozenset[Taken]] = set()
    for way in _search(tuple(group), {}, policy, today):
        effect = frozenset(way.values())
        if effect not in effects:
            effects.add(effect)
            found.append(way)
        if len(found) > 1:
            break
    return found


def _search(
    group: tuple[Options, ...], way: dict[Number, Taken], policy: Policy, today: date
) -> Iterator[dict[Number, Taken]]:
    if not group:
        yield dict(way)
        return
    option, *rest = group
    used = {register for register, _ in way.values()}
    for register in option.registers:
        if register in used:
            continue
        for value in possible_readings(option.number, register, policy, today):
            yield from _search(tuple(rest), way | {option.number: (register, value)}, policy, today)


def _disputed(way: Assignment, group: Sequence[Options], strays: Sequence[Number], policy: Policy, today: date) -> bool:
    """Whether an unexplained number could be what an unlabelled value of this assignment was taken for."""
    unlabelled = {option.number for option in group if option.number.label.empty}
    return any(
        possible_readings(stray, register, policy, today)
        for number, (register, _) in way.items()
        if number in unlabelled
        for stray in strays
    )
