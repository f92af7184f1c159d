"""The register file from the billing system: CSV into accounts, every bad line named (interface, The register file)."""

import codecs
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

from mailreader.register_agreement import compare
from mailreader.register_lines import COLUMNS, UTF_8, Cells, Fault, Progress, Row, Table, read_rows
from models.register import Account

__all__ = ["COLUMNS", "Fault", "RegisterFile", "RegisterFileError", "load_register"]


class RegisterFileError(Exception):
    """The file cannot be loaded; `faults` names every bad line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Take the faults in the order of the file."""
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A register file without a fault; iterating reads it again, so that no more than an account is held in memory.

    `size` is the number of its accounts, `together` whether the rows of each stand together.
    """

    table: Table
    size: int
    together: bool

    def __iter__(self) -> Iterator[Account]:
        """Yield each account once: in the order of the file, or by number where rows do not stand together."""
        lines = self.table.cells([])
        rows = read_rows(lines if self.together else _by_account(lines), [])
        for _, of_account in groupby(rows, lambda row: row.account):
            yield _account(list(of_account))


def load_register(path: Path, progress: Progress | None = None) -> RegisterFile:
    """Check a register file line by line; raises `RegisterFileError` with every fault, `OSError` where it cannot.

    `progress` is told how many bytes have been checked.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as lines:
        table = Table(path, encoding, ";" if ";" in lines.readline() else ",")
    faults: list[Fault] = []
    found = compare(read_rows(table.cells(faults, progress), faults))
    faults += found.faults
    if faults:
        raise RegisterFileError(sorted(faults, key=lambda fault: fault.line))
    return RegisterFile(table, found.accounts, found.together)


def _by_account(lines: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    """Yield lines so that those of one account stand together; they are sorted on disk."""
    with closing(sqlite3.connect("", isolation_level=None)) as aside:
        aside.execute("CREATE TABLE lines (account TEXT, line INTEGER, cells TEXT)")
        aside.execute("BEGIN")
        kept = ((cells["account"], line, json.dumps(cells)) for line, cells in lines)
        aside.executemany("INSERT INTO lines VALUES (?, ?, ?)", kept)
        for line, cells in aside.execute("SELECT line, cells FROM lines ORDER BY account, line"):
            yield line, json.loads(cells)


def _account(rows: list[Row]) -> Account:
    customer_type, housing, emails, full_name, address = rows[0].facts
    return Account(
        number=rows[0].account,
        customer_type=customer_type,
        housing=housing,
        emails=emails,
        full_name=full_name,
        address=address,
        registers=tuple(row.register for row in rows if row.register is not None),
        contracts=MappingProxyType({row.service: row.status for row in rows if row.service is not None}),
    )


def _encoding(path: Path) -> str:
    """Return utf-8-sig where the whole file is UTF-8, else windows-1251."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as data:
            while part := data.read(1 << 16):
                decoder.decode(part)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "windows-1251"
    return UTF_8
