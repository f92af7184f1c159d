"""The register file: forms that are taken, and every bad line named."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailreader.register_file import COLUMNS, Fault, RegisterFileError, load_register
from models.catalogue import ContractStatus, CustomerType, Housing, Service, Zone
from models.register import Account, MeterRegister

CORPUS = Path(__file__).parent.parent / "fixtures" / "corpus" / "register.csv"
GOOD = {
    "account": "0123456",
    "customer_type": "individual",
    "housing": "apartment",
    "contract_status": "active",
    "emails": "A@mail.example b@mail.example",
    "full_name": "Тулегенов Қанат",
    "address": "ул. Иманова, 92",
    "serial": "24680135",
    "service": "electricity",
    "zone": "total",
    "tariff_no": "1",
    "digits": "6",
    "decimals": "1",
    "previous_value": "100.5",
    "previous_on": "2026-10-25",
}
NO_METER = dict.fromkeys(
    ("serial", "service", "zone", "tariff_no", "digits", "decimals", "previous_value", "previous_on"), ""
)


def write(
    path: Path, *rows: dict[str, str], delimiter: str = ";", encoding: str = "utf-8", columns: tuple[str, ...] = COLUMNS
) -> Path:
    """Write a register file of these rows, each a change of the good one."""
    lines = [delimiter.join(columns), *(delimiter.join((GOOD | row)[name] for name in columns) for row in rows)]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def faults(path: Path, *rows: dict[str, str]) -> list[str]:
    """Return what is wrong with a file of these rows."""
    with pytest.raises(RegisterFileError) as caught:
        load_register(write(path, *rows))
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file of a test is written."""
    return tmp_path / "register.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("columns", [COLUMNS, tuple(reversed(COLUMNS))])
def test_row_becomes_an_account_in_every_form(path: Path, encoding: str, columns: tuple[str, ...]) -> None:
    """With or without BOM, columns in any order."""
    register = MeterRegister(
        "0123456", "24680135", Service.ELECTRICITY, Zone.TOTAL, 1, 6, 1, Decimal("100.5"), date(2026, 10, 25)
    )
    assert list(load_register(write(path, {}, encoding=encoding, columns=columns))) == [
        Account(
            "0123456",
            CustomerType.INDIVIDUAL,
            Housing.APARTMENT,
            frozenset({"a@mail.example", "b@mail.example"}),
            "Тулегенов Қанат",
            "ул. Иманова, 92",
            (register,),
            {Service.ELECTRICITY: ContractStatus.ACTIVE},
        )
    ]


def test_windows_1251_is_known_by_its_bytes(path: Path) -> None:
    """What is not UTF-8 is windows-1251."""
    [account] = load_register(write(path, {"full_name": "Иванов"}, encoding="windows-1251"))
    assert account.full_name == "Иванов"


def test_sample_register_is_taken_whole() -> None:
    """The comma-separated register of the corpus has no fault."""
    accounts = list(load_register(CORPUS))
    assert len(accounts) == len({account.number for account in accounts}) == 100


def test_row_without_serial_stands_for_an_account_without_that_meter(path: Path) -> None:
    """With a service it tells of a contract, without one of the account alone."""
    water = NO_METER | {"service": "hot_water", "contract_status": "terminated"}
    with_contract, bare = load_register(write(path, {}, water, NO_METER | {"account": "2"}))
    assert len(with_contract.registers) == 1
    assert with_contract.contracts[Service.HOT_WATER] is ContractStatus.TERMINATED
    assert (bare.registers, dict(bare.contracts)) == ((), {})


def test_scattered_rows_of_one_account_come_together(path: Path) -> None:
    """The order of rows does not matter."""
    rows = [{}, {"account": "2", "serial": "M2"}, {"serial": "M3", "service": "hot_water"}]
    accounts = {account.number: len(account.registers) for account in load_register(write(path, *rows))}
    assert accounts == {"2": 1, "0123456": 2}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"account": " "}, "account is empty"),
        ({"customer_type": "person"}, "customer_type 'person' is none of individual, legal"),
        ({"housing": ""}, "housing '' is none of apartment, private"),
        ({"contract_status": "on"}, "contract_status 'on' is none of active, terminated"),
        ({"service": "water"}, "service 'water' is none of"),
        ({"zone": "t1"}, "zone 't1' is none of"),
        ({"serial": "---"}, "serial '---' has neither a letter nor a digit"),
        ({"tariff_no": "x"}, "tariff_no 'x' is not a whole number from 1"),
        ({"digits": "0"}, "digits '0' is not a whole number from 1 to 12"),
        ({"digits": "13"}, "digits '13' is not"),
        ({"digits": "²"}, "digits '²' is not"),
        ({"decimals": "4"}, "decimals '4' is not a whole number from 0 to 3"),
        ({"previous_value": "1o0"}, "previous_value '1o0' is not a number"),
        ({"previous_value": "-1"}, "previous_value '-1' is not a number of zero or more"),
        ({"previous_value": "NaN"}, "previous_value 'NaN' is not a number"),
        ({"previous_value": "Infinity"}, "previous_value 'Infinity' is not a number"),
        ({"previous_value": "1.2345"}, "previous_value '1.2345' has more than 3 decimals"),
        ({"previous_value": "1000000"}, "previous_value '1000000' has more digits than the register, which has 6"),
        ({"previous_on": "25.10.2026"}, "previous_on '25.10.2026' is not a date like 2026-10-25"),
        ({"previous_on": ""}, "previous_value and previous_on must both be given"),
        ({"emails": "a@b @c"}, "'@c' in emails is not an e-mail address"),
        ({"account": "9" * 101}, "account '99999999999999999999'… is longer than 100 characters"),
        ({"serial": "9" * 101}, "serial '99999999999999999999'… is longer than 100 characters"),
        ({"emails": "x" * 253 + "@y"}, "'xxxxxxxxxxxxxxxxxxxx'… in emails is longer than 254 characters"),
    ],
)
def test_bad_field_is_named_with_its_line(path: Path, changed: dict[str, str], said: str) -> None:
    """The line is told, and a sentence says what is wrong."""
    [fault] = faults(path, NO_METER | {"account": "77"}, changed)
    assert fault.startswith("Line 3: ")
    assert said in fault
    assert fault.endswith(".")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({}, {"serial": "2", "address": "elsewhere"}, "disagrees with an earlier one about account 0123456"),
        ({}, {"serial": "2", "emails": ""}, "disagrees with an earlier one"),
        ({}, {}, "meter 24680135 of account 0123456 has zone total twice"),
        ({}, {"account": "2"}, "meter 24680135 belongs to account 0123456 in an earlier row"),
        ({}, {"zone": "day", "service": "hot_water"}, "meter 24680135 measures electricity in an earlier row"),
        ({}, {"serial": "2", "contract_status": "terminated"}, "contract_status of electricity of account 0123456"),
        ({}, {"account": "012-34-56", "serial": "2"}, "account 012-34-56 cannot be told from account 0123456"),
    ],
)
def test_lines_that_disagree_are_named(path: Path, first: dict[str, str], second: dict[str, str], said: str) -> None:
    """The later line is the one that is named."""
    [fault] = faults(path, first, second)
    assert fault.startswith("Line 3: ")
    assert said in fault


def test_every_bad_line_is_named_at_once(path: Path) -> None:
    """All faults of all lines, in the order of the file."""
    named = faults(path, {"digits": "x", "zone": "y"}, {"serial": "2", "housing": "z"}, {"account": "2"})
    assert [fault.split(":")[0] for fault in named] == ["Line 2", "Line 2", "Line 3"]


def test_missing_columns_are_named(path: Path) -> None:
    """Without its columns nothing of the file is read."""
    with pytest.raises(RegisterFileError, match="the columns digits, decimals are missing"):
        load_register(write(path, {}, columns=tuple(name for name in COLUMNS if name not in {"digits", "decimals"})))


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\r\n"])
def test_empty_file_misses_its_columns(path: Path, data: bytes) -> None:
    """An empty file is a fault, not an empty register."""
    path.write_bytes(data)
    with pytest.raises(RegisterFileError, match="are missing"):
        load_register(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [(b"\x98", "neither UTF-8 nor windows-1251"), (b"x" * 200_000, "cannot be read as CSV from here on")],
)
def test_line_that_cannot_be_read_is_named(path: Path, line: bytes, said: str) -> None:
    """A byte of no known encoding, or a cell beyond all measure, is a fault of its line."""
    data = write(path, {}).read_bytes().replace(b"0123456", line)
    path.write_bytes(data)
    with pytest.raises(RegisterFileError, match=rf"^Line 2: .*{said}"):
        load_register(path)


def test_line_with_too_few_fields_is_named(path: Path) -> None:
    """The number of fields must be that of the first line; empty lines do not count."""
    write(path, {})
    path.write_text(path.read_text("utf-8") + "\n\n;;\n", "utf-8")
    path.write_text(path.read_text("utf-8") + "a;b\n", "utf-8")
    with pytest.raises(RegisterFileError, match=r"^Line 5: there are 2 fields where the first line names 15\.$"):
        load_register(path)


@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_register_or_faults(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Nothing else escapes, whatever the file holds."""
    path = tmp_path_factory.mktemp("any") / "register.csv"
    path.write_bytes(";".join(COLUMNS).encode() + b"\n" + data)
    accounts: list[Account] = []
    named: tuple[Fault, ...] = ()
    try:
        accounts.extend(load_register(path))
    except RegisterFileError as error:
        named = error.faults
    assert all(account.number for account in accounts)
    assert all(fault.line > 1 for fault in named)
