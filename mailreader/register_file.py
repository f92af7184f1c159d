"""The register file from the billing system: CSV into accounts, every bad line named (interface, The register file)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType

from mailreader.csv_table import CsvTable, Fault, Progress, TableError
from mailreader.register_agreement import disagreements
from mailreader.register_lines import COLUMNS, Row, day_of, read_rows
from mailreader.register_rows import KeptRows
from models.catalogue import ContractStatus, CustomerType, Housing, Service, Zone
from models.register import Account, MeterRegister

__all__ = ["COLUMNS", "Fault", "RegisterFile", "RegisterFileError", "load_register"]


class RegisterFileError(TableError):
    """The file cannot be loaded; `faults` names every bad line."""


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A register file without a fault; `size` is the number of its accounts.

    Its rows lie on disk as long as this object is there: no more than an account is held in memory.
    """

    rows: KeptRows
    size: int

    def __iter__(self) -> Iterator[Account]:
        """Yield each account once, by number."""
        for _, of_account in groupby(self.rows.by_account(), attrgetter("account")):
            yield _account(list(of_account))


def load_register(path: Path, progress: Progress | None = None) -> RegisterFile:
    """Check a register file line by line; raises `RegisterFileError` with every fault, `OSError` where it cannot.

    `progress` is told how many bytes have been checked.
    """
    faults: list[Fault] = []
    rows = KeptRows(read_rows(CsvTable.of(path).cells(COLUMNS, faults, progress=progress), faults))
    faults.extend(disagreements(rows))
    if faults:
        raise RegisterFileError(sorted(faults, key=lambda fault: fault.line))
    return RegisterFile(rows, rows.accounts())


def _account(rows: list[Row]) -> Account:
    first = rows[0]
    return Account(
        number=first.account,
        customer_type=CustomerType(first.customer_type),
        housing=Housing(first.housing),
        emails=frozenset(first.emails.split()),
        full_name=first.full_name,
        address=first.address,
        registers=tuple(_register(row) for row in rows if row.serial),
        contracts=MappingProxyType({Service(row.service): ContractStatus(row.status) for row in rows if row.service}),
    )


def _register(row: Row) -> MeterRegister:
    return MeterRegister(
        account=row.account,
        serial=row.serial,
        service=Service(row.service),
        zone=Zone(row.zone),
        tariff_no=row.tariff_no,
        digits=row.digits,
        decimals=row.decimals,
        previous_value=Decimal(row.previous_value) if row.previous_value else None,
        previous_on=day_of(row.previous_on),
    )
