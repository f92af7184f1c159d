"""What the lines of a register file must agree about with each other."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter, itemgetter

from mailreader.csv_table import Fault
from mailreader.register_lines import Row
from mailreader.register_rows import KeptRows


def disagreements(rows: KeptRows) -> Iterator[Fault]:
    """Yield what is wrong with each row in the light of those before it.

    First those of one account are compared (and those whose numbers cannot be told apart), then those of one meter.
    """
    for _, of_account in groupby(rows.by_account(), attrgetter("account_key")):
        yield from _Accounts().compare(of_account)
    for _, of_meter in groupby(rows.by_meter(), itemgetter(0)):
        yield from _compare_owners(of_meter)


class _Accounts:
    """The rows of one account, or of several whose numbers cannot be told apart."""

    def __init__(self) -> None:
        self._first: dict[str, Row] = {}
        self._contracts: dict[tuple[str, str], str] = {}
        self._registers: set[tuple[str, str, str]] = set()

    def compare(self, rows: Iterable[Row]) -> Iterator[Fault]:
        """Yield what is wrong with each row in the light of those before it."""
        for row in rows:
            for text in (*self._customer(row), *self._contract(row), *self._register(row)):
                yield Fault(row.line, text)

    def _customer(self, row: Row) -> Iterator[str]:
        if row.account not in self._first and self._first:
            yield f"account {row.account} cannot be told from account {next(iter(self._first))}."
        if self._first.setdefault(row.account, row).customer != row.customer:
            yield (
                f"this row disagrees with an earlier one about account {row.account}: customer_type, housing, emails, "
                "full_name and address must be the same in all its rows."
            )

    def _contract(self, row: Row) -> Iterator[str]:
        if row.service and self._contracts.setdefault((row.account, row.service), row.status) != row.status:
            yield f"contract_status of {row.service} of account {row.account} is another in an earlier row."

    def _register(self, row: Row) -> Iterator[str]:
        if not row.serial_key:
            return
        register = row.account, row.serial_key, row.zone
        if register in self._registers:
            yield f"meter {row.serial} of account {row.account} has zone {row.zone} twice."
        self._registers.add(register)


def _compare_owners(rows: Iterable[tuple[str, int, str, str, str]]) -> Iterator[Fault]:
    """Yield what is wrong with the rows of one meter: it belongs to one account and measures one thing."""
    owner = measured = None
    for _, line, account, serial, service in rows:
        owner, measured = owner or account, measured or service
        if account != owner:
            yield Fault(line, f"meter {serial} belongs to account {owner} in an earlier row.")
        elif service != measured:
            yield Fault(line, f"meter {serial} measures {measured} in an earlier row.")
