"""What the lines of a register file must agree about with each other, found on disk: registers do not fit in memory."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from mailreader.csv_table import Fault
from mailreader.register_lines import Row
from models.register import identifier_key

_TABLE: Final = """
    CREATE TABLE rows (
        account_key TEXT, line INTEGER, account TEXT, stretch INTEGER, facts INTEGER, service TEXT, status TEXT,
        serial_key TEXT, serial TEXT, zone TEXT
    )
"""
_BY_ACCOUNT: Final = "SELECT * FROM rows ORDER BY account_key, line"
_BY_SERIAL: Final = """
    SELECT serial_key, line, account, serial, service FROM rows WHERE serial_key IS NOT NULL ORDER BY serial_key, line
"""


@dataclass(slots=True)
class Agreement:
    """What was found out about all rows together.

    `accounts` is how many there are; `together` says whether the rows of each stand together.
    """

    faults: list[Fault] = field(default_factory=list)
    accounts: int = 0
    together: bool = True


def compare(rows: Iterable[Row]) -> Agreement:
    """Compare rows with each other; they are kept and sorted in a temporary database, on disk.

    First those of one account come together (and those whose numbers cannot be told apart), then those of one meter.
    """
    found = Agreement()
    with closing(sqlite3.connect("", isolation_level=None)) as aside:
        aside.execute(_TABLE)
        aside.execute("BEGIN")
        aside.executemany("INSERT INTO rows VALUES (?,?,?,?,?,?,?,?,?,?)", _flat(rows))
        for key, of_account in groupby(aside.execute(_BY_ACCOUNT), itemgetter(0)):
            found.faults.extend(_Accounts(key, found).compare(of_account))
        for _, of_meter in groupby(aside.execute(_BY_SERIAL), itemgetter(0)):
            found.faults.extend(_compare_owners(of_meter))
    return found


def _flat(rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    """Yield the values of the table; `stretch` counts how often the account has changed from one row to the next."""
    stretch, account, key = 0, None, ""
    for row in rows:
        if row.account != account:
            stretch, account, key = stretch + 1, row.account, identifier_key(row.account)
        meter = row.register
        serial = None if meter is None else meter.serial
        serial_key = None if serial is None else identifier_key(serial)
        zone = None if meter is None else meter.zone.value
        service = None if row.service is None else row.service.value
        yield (
            key, row.line, row.account, stretch, hash(row.facts), service, row.status.value, serial_key, serial, zone,
        )  # fmt: skip


class _Accounts:
    """The rows of one account, or of several whose numbers cannot be told apart."""

    def __init__(self, key: str, found: Agreement) -> None:
        self._key = key
        self._found = found
        self._first: dict[str, tuple[int, int]] = {}
        self._contracts: dict[tuple[str, str], str] = {}
        self._registers: set[tuple[str, str, str]] = set()

    def compare(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[Fault]:
        """Yield what is wrong with each row in the light of those before it."""
        for _, line, account, stretch, facts, service, status, serial_key, serial, zone in rows:
            for text in (
                *self._facts(account, stretch, facts),
                *self._contract(account, service, status),
                *self._register(account, serial_key, serial, zone),
            ):
                yield Fault(line, text)

    def _facts(self, account: str, stretch: int, facts: int) -> Iterator[str]:
        if account not in self._first:
            self._found.accounts += 1
            if self._first:
                yield f"account {account} cannot be told from account {next(iter(self._first))}."
        first_stretch, first_facts = self._first.setdefault(account, (stretch, facts))
        self._found.together &= stretch == first_stretch
        if facts != first_facts:
            yield (
                f"this row disagrees with an earlier one about account {account}: customer_type, housing, emails, "
                "full_name and address must be the same in all its rows."
            )

    def _contract(self, account: str, service: str | None, status: str) -> Iterator[str]:
        if service is not None and self._contracts.setdefault((account, service), status) != status:
            yield f"contract_status of {service} of account {account} is another in an earlier row."

    def _register(self, account: str, serial_key: str | None, serial: str, zone: str) -> Iterator[str]:
        if serial_key is None:
            return
        if (account, serial_key, zone) in self._registers:
            yield f"meter {serial} of account {account} has zone {zone} twice."
        self._registers.add((account, serial_key, zone))


def _compare_owners(rows: Iterable[tuple[Any, ...]]) -> Iterator[Fault]:
    """Yield what is wrong with the rows of one meter: it belongs to one account and measures one thing."""
    owner = measured = None
    for _, line, account, serial, service in rows:
        owner, measured = owner or account, measured or service
        if account != owner:
            yield Fault(line, f"meter {serial} belongs to account {owner} in an earlier row.")
        elif service != measured:
            yield Fault(line, f"meter {serial} measures {measured} in an earlier row.")
