"""Which serials a customer states, and which value each of them is tied to (rules, section 2: the meter)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType
from typing import Final

from models.catalogue import Service
from models.register import Account, identifier_key
from models.statement import Number, Role

_VALUES: Final = frozenset({Role.VALUE, Role.BARE})
_MAY_BE_SERIAL: Final = frozenset({Role.VALUE, Role.BARE, Role.STRAY, Role.SERIAL, Role.PERSONAL_ID, Role.PHONE})


@dataclass(frozen=True, slots=True)
class Serials:
    """The numbers of a section that are serials, its values beside them, and the serial of each value tied to one.

    `values` are the numbers that are, or may be, values; beside a meter's serial also the one number left unexplained.
    """

    explained: frozenset[Number]
    values: tuple[Number, ...]
    tied: Mapping[Number, str]

    @classmethod
    def tie(cls, numbers: Sequence[Number], account: Account | None) -> "Serials":
        """Find the serials among the numbers and tie each to the value, or values, of its clause or line.

        A number is a serial if the words say so, or if it is that of a meter of the account.
        """
        meters = {identifier_key(meter.serial): meter.service for meter in account.registers} if account else {}
        serials = [
            number
            for number in numbers
            if number.role is Role.SERIAL or (number.role in _MAY_BE_SERIAL and number.key in meters)
        ]
        explained = frozenset(serials)
        values = tuple(number for number in numbers if number.role in _VALUES and number not in explained)
        strays = tuple(number for number in numbers if number.role is Role.STRAY and number not in explained)
        if not values and len(strays) == 1 and explained:
            values = strays
        measured = {meters.get(serial.key) for serial in serials}
        fitting = {service: _Places.of(values, service) for service in measured}
        tied: dict[Number, str] = {}
        for serial, following in zip_longest(serials, serials[1:]):
            end = following.span.start if following else None
            for value in _values_of(serial, end, fitting[meters.get(serial.key)]):
                tied.setdefault(value, serial.key)
        return cls(explained, values, MappingProxyType(tied))


@dataclass(frozen=True, slots=True)
class _Places:
    """Values by their line and by their clause, each in the order of the text."""

    lines: Mapping[int, Sequence[Number]]
    clauses: Mapping[tuple[int, int], Sequence[Number]]

    @classmethod
    def of(cls, values: Sequence[Number], service: Service | None) -> "_Places":
        """Place the values that can be of a service; None is any."""
        lines: dict[int, list[Number]] = defaultdict(list)
        clauses: dict[tuple[int, int], list[Number]] = defaultdict(list)
        for value in values:
            if service is None or value.label.service in {None, service}:
                lines[value.line].append(value)
                clauses[value.line, value.clause].append(value)
        return cls(lines, clauses)


def _values_of(serial: Number, end: int | None, values: _Places) -> Sequence[Number]:
    """The values that a serial speaks for: those of its clause, else those behind it, else the one before it.

    `end` is where the next serial stands.
    """
    in_clause = values.clauses.get((serial.line, serial.clause), ()) if serial.clause else ()
    if in_clause:
        return _between(in_clause, serial, end) or in_clause[-1:]
    in_line = values.lines.get(serial.line, ())
    place = bisect_left(in_line, serial.span.start, key=_start)
    below = values.lines.get(serial.line + 1, ())
    behind = _of_one_service(_between(in_line, serial, end))
    return behind or in_line[max(place - 1, 0) : place] or _between(below, serial, end)


def _of_one_service(values: Sequence[Number]) -> Sequence[Number]:
    """The values up to the first that is labelled as one of another service."""
    services = [value.label.service for value in values]
    other = next((place for place, service in enumerate(services) if service not in {None, services[0]}), len(values))
    return values[:other]


def _between(values: Sequence[Number], serial: Number, end: int | None) -> Sequence[Number]:
    """The values behind a serial and before the next one."""
    last = len(values) if end is None else bisect_left(values, end, key=_start)
    return values[bisect_left(values, serial.span.start, key=_start) : last]


def _start(number: Number) -> int:
    return number.span.start
