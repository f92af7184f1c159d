"""The file of what the clerks entered by hand, for a trial: CSV into readings, every bad line named."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from mailreader.csv_table import Cells, CsvTable, Fault, TableError
from models.catalogue import Service, Zone
from models.comparison import Entered
from models.register import identifier_key

NEEDED: Final = ("account", "value")
OPTIONAL: Final = ("serial", "service", "zone", "period", "date")
_PERIOD: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_Word = TypeVar("_Word", bound=StrEnum)


class ClerksFileError(TableError):
    """The file cannot be compared with; `faults` names every bad line."""


def load_clerks_file(path: Path) -> list[Entered]:
    """Return what the clerks entered, in the order of the file; raises `ClerksFileError`, `OSError`.

    Columns: account, value, and of serial and service at least one; zone (else total), period (YYYY-MM) or date.
    """
    table = CsvTable.of(path)
    if not {"serial", "service"} & set(table.names()):
        raise ClerksFileError([Fault(1, "there is neither a column serial nor a column service.")])
    faults: list[Fault] = []
    found: list[Entered] = []
    for number, cells in table.cells(NEEDED, faults, optional=OPTIONAL):
        line = _Line(cells, number)
        entered = line.read()
        faults += line.faults
        found += [entered] if entered else []
    if faults:
        raise ClerksFileError(sorted(faults, key=lambda fault: fault.line))
    return found


class _Line:
    """One line being read: every fault of it is collected."""

    def __init__(self, cells: Cells, number: int) -> None:
        self._cells = cells
        self._number = number
        self.faults: list[Fault] = []

    def read(self) -> Entered | None:
        """Return the reading; None where something is wrong with the line."""
        account, serial = self._cells["account"], self._cells["serial"]
        if not identifier_key(account):
            self._complain("account is empty.")
        service = self._word("service", Service)
        if not identifier_key(serial) and not self._cells["service"]:
            self._complain("it has neither a serial nor a service.")
        zone = self._word("zone", Zone) or Zone.TOTAL
        value, period = self._value(), self._period()
        if self.faults or value is None:
            return None
        return Entered(self._number, account, serial or None, service, zone, value, period)

    def _value(self) -> Decimal | None:
        """Read a number as spreadsheets write it: with a decimal comma, and spaces between thousands."""
        stated = self._cells["value"]
        try:
            value = Decimal("".join(stated.split()).replace(",", "."))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or value < 0:
            self._complain(f"value {stated!r} is not a number of zero or more.")
            return None
        return value

    def _period(self) -> str | None:
        period, day = self._cells["period"], self._cells["date"]
        if period and not _PERIOD.fullmatch(period):
            self._complain(f"period {period!r} is not a month like 2026-11.")
        on = _day(day)
        if day and on is None:
            self._complain(f"date {day!r} is not a day like 2026-11-20 or 20.11.2026.")
        return period or (f"{on:%Y-%m}" if on else None)

    def _word(self, name: str, kind: type[_Word]) -> _Word | None:
        word = self._cells[name].lower()
        known = kind.__members__.get(word.upper())
        if word and known is None:
            self._complain(f"{name} {self._cells[name]!r} is none of {', '.join(kind)}.")
        return known

    def _complain(self, text: str) -> None:
        self.faults.append(Fault(self._number, text))


def _day(text: str) -> date | None:
    return next(_days(text), None)


def _days(text: str) -> Iterator[date]:
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            yield datetime.strptime(text, form).date()  # noqa: DTZ007 -- a day, at no time of it
        except ValueError:
            continue
