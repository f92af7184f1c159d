"""A large register takes no more memory than a small one."""

import csv
import tracemalloc
from pathlib import Path

from mailreader.register_file import COLUMNS, load_register
from models.register import Account
from tests.corpora import corpus_accounts
from tests.large_register import LargeRegister


def write(path: Path, accounts: int) -> Path:
    """Write a register file of so many made accounts, the rows of each scattered over the file."""
    register = LargeRegister.around(corpus_accounts(), accounts + 200, 7)
    made = [register.accounts.number(place) for place in range(1, accounts + 1)]
    rows = [row for key in made for row in rows_of(register.excerpt([key], None).accounts[key])]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([COLUMNS, *sorted(rows, key=lambda row: row[COLUMNS.index("serial")])])
    return path


def rows_of(account: Account) -> list[list[str]]:
    """The lines of an account."""
    return [
        [
            account.number, account.customer_type, account.housing, account.contracts[meter.service],
            " ".join(sorted(account.emails)), account.full_name, account.address, meter.serial, meter.service,
            meter.zone, str(meter.tariff_no or ""), str(meter.digits), str(meter.decimals),
            str(meter.previous_value or 0), str(meter.previous_on),
        ]
        for meter in account.registers
    ]  # fmt: skip


def peak(path: Path) -> int:
    """The most bytes that were held while a file was checked and read."""
    tracemalloc.start()
    register = load_register(path)
    assert sum(1 for _ in register) == register.size
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_memory_does_not_grow_with_the_register(tmp_path: Path) -> None:
    """Checked and read account by account, even where the rows of an account lie far apart."""
    small, large = write(tmp_path / "small.csv", 300), write(tmp_path / "large.csv", 3000)
    peak(small)  # what is kept of texts that come again is full after this
    assert peak(large) < 1.3 * peak(small)
