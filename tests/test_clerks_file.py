"""The file of what clerks entered: forms that are taken, and every bad line named."""

from decimal import Decimal
from pathlib import Path

import pytest

from mailreader.clerks_file import ClerksFileError, load_clerks_file
from models.catalogue import Service, Zone
from models.comparison import Entered


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file of a test is written."""
    return tmp_path / "entered.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_line_becomes_a_reading_in_every_form(file: Path, encoding: str, delimiter: str) -> None:
    """With columns in any order, and further ones that are not ours."""
    rows = [("Value", "clerk", "zone", "account", "serial"), ("120.5", "Иванова", "day", "0123456", "00777")]
    file.write_text("\n".join(delimiter.join(row) for row in rows) + "\n", encoding=encoding)
    assert load_clerks_file(file) == [Entered(2, "0123456", "00777", None, Zone.DAY, Decimal("120.5"), None)]


@pytest.mark.parametrize(
    ("columns", "cells", "period"),
    [
        ("", "", None),
        (";period", ";2026-11", "2026-11"),
        (";date", ";2026-11-20", "2026-11"),
        (";date", ";20.11.2026", "2026-11"),
        (";period;date", ";2026-11;2026-12-01", "2026-11"),
        (";period;date", ";;", None),
    ],
)
def test_period_is_said_or_follows_from_the_date(file: Path, columns: str, cells: str, period: str | None) -> None:
    """As databases and as spreadsheets write it; the zone is total where none is said."""
    file.write_text(f"account;service;value{columns}\n1;hot_water;7{cells}\n")
    assert load_clerks_file(file) == [Entered(2, "1", None, Service.HOT_WATER, Zone.TOTAL, Decimal(7), period)]


@pytest.mark.parametrize("value", ["1 234,5", "1234.50", "1\u00a0234,5"])
def test_value_may_be_written_as_a_spreadsheet_does(file: Path, value: str) -> None:
    """With a decimal comma, and spaces between thousands."""
    file.write_text(f"account;serial;value\n1;2;{value}\n", encoding="utf-8")
    assert load_clerks_file(file)[0].value == Decimal("1234.5")


def test_every_bad_line_is_named(file: Path) -> None:
    """All at once, in order."""
    file.write_text(
        "account;serial;service;zone;value;period;date\n"
        ";1;;;5;;\n"
        "1;;;;5;;\n"
        "1;1;water;noon;5;;\n"
        "1;1;;;many;;\n"
        "1;1;;;-5;;\n"
        "1;1;;;5;11.2026;\n"
        "1;1;;;5;;tomorrow\n"
        "1;1;;5;;\n"
        "1;1;;;5;;\n"
    )
    with pytest.raises(ClerksFileError) as caught:
        load_clerks_file(file)
    assert [str(fault).partition(" is none of")[0] for fault in caught.value.faults] == [
        "Line 2: account is empty.",
        "Line 3: it has neither a serial nor a service.",
        "Line 4: service 'water'",
        "Line 4: zone 'noon'",
        "Line 5: value 'many' is not a number of zero or more.",
        "Line 6: value '-5' is not a number of zero or more.",
        "Line 7: period '11.2026' is not a month like 2026-11.",
        "Line 8: date 'tomorrow' is not a day like 2026-11-20 or 20.11.2026.",
        "Line 9: there are 6 fields where the first line names 7.",
    ]


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ("account;value", "Line 1: there is neither a column serial nor a column service."),
        ("serial", "Line 1: the columns account, value are missing."),
        ("", "Line 1: there is neither a column serial nor a column service."),
        ("x" * 200_000, "Line 1: there is neither a column serial nor a column service."),
    ],
)
def test_missing_columns_are_named_once(file: Path, head: str, fault: str) -> None:
    """Not for every line."""
    file.write_text(f"{head}\n1;2\n")
    with pytest.raises(ClerksFileError) as caught:
        load_clerks_file(file)
    assert [str(one) for one in caught.value.faults] == [fault]
