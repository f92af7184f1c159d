"""Which serials a customer states, and which value each of them is tied to (rules, section 2: the meter)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.catalogue import Service
from models.register import Account, identifier_key
from models.statement import Number, Role

_VALUES: Final = frozenset({Role.VALUE, Role.BARE})
_MAY_BE_SERIAL: Final = frozenset({Role.VALUE, Role.BARE, Role.STRAY, Role.SERIAL, Role.PERSONAL_ID, Role.PHONE})


@dataclass(frozen=True, slots=True)
class Serials:
    """The numbers of a section that are serials, and the serial of each value that one is tied to."""

    explained: frozenset[Number]
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
        values = [number for number in numbers if number.role in _VALUES and number not in serials]
        tied: dict[Number, str] = {}
        for place, serial in enumerate(serials):
            following = serials[place + 1] if place + 1 < len(serials) else None
            for value in _values_of(serial, following, values, meters.get(serial.key)):
                tied.setdefault(value, serial.key)
        return cls(frozenset(serials), MappingProxyType(tied))


def _values_of(
    serial: Number, following: Number | None, values: Sequence[Number], service: Service | None
) -> list[Number]:
    """The values that a serial speaks for: those of its clause, else those behind it, else the one before it."""
    fitting = [value for value in values if service is None or value.label.service in {None, service}]
    end = following.span.start if following else None
    behind = [v for v in fitting if v.span > serial.span and (end is None or v.span.start < end)]
    in_line = [value for value in fitting if value.line == serial.line]
    in_clause = [value for value in in_line if serial.clause and value.clause == serial.clause]
    if in_clause:
        return [value for value in in_clause if value in behind] or in_clause[-1:]
    on_line = [value for value in behind if value.line == serial.line]
    before = [value for value in in_line if value.span < serial.span]
    return on_line or before[-1:] or [value for value in behind if value.line == serial.line + 1]
