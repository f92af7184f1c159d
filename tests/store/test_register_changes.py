"""What differs between two registers is told by the columns of the register file."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from mailreader.store import Store
from models.catalogue import ContractStatus, CustomerType, Housing, Service, Zone
from models.register import Account, MeterRegister

if TYPE_CHECKING:
    from models.register_changes import AccountChange

METER = MeterRegister("1", "M1", Service.ELECTRICITY, Zone.DAY, 1, 6, 1, Decimal(100), date(2026, 10, 25))
NIGHT = replace(METER, zone=Zone.NIGHT, tariff_no=2)
BEFORE = Account(
    "1", CustomerType.INDIVIDUAL, Housing.APARTMENT, frozenset({"a@b"}), "Name", "Street 1", (METER, NIGHT),
    {Service.ELECTRICITY: ContractStatus.ACTIVE},
)  # fmt: skip


def metered(*registers: MeterRegister) -> Account:
    """Return the account with other registers."""
    return replace(BEFORE, registers=registers)


@pytest.mark.parametrize(
    ("after", "columns"),
    [
        (metered(NIGHT, METER), []),
        (replace(BEFORE, emails=frozenset({"a@b", "c@d"})), [("emails",)]),
        (replace(BEFORE, full_name="Other", housing=Housing.PRIVATE), [("housing", "full_name")]),
        (replace(BEFORE, contracts={Service.ELECTRICITY: ContractStatus.TERMINATED}), [("contract_status",)]),
        (metered(METER), [("serial",)]),
        (metered(replace(METER, serial="M2"), NIGHT), [("serial",)]),
        (metered(replace(METER, serial="m-1"), NIGHT), [("serial",)]),
        (metered(METER, replace(NIGHT, digits=7, previous_value=None)), [("digits", "previous_value")]),
    ],
)
def test_differences_are_told_by_their_columns(store: Store, after: Account, columns: list[tuple[str, ...]]) -> None:
    """In the order of the tables; the order of the registers is none."""
    found: list[AccountChange] = []
    store.import_register([BEFORE])
    counts = store.import_register([after], note=found.append)
    assert [change.columns for change in found if change.account == "1"] == columns
    assert counts.changed == len(columns)


def test_meter_that_comes_back_is_a_change(store: Store) -> None:
    """It was there all the time, and was not used."""
    found: list[AccountChange] = []
    for wanted in (BEFORE, metered(METER), BEFORE):
        store.import_register([wanted], note=found.append)
    assert [change.columns for change in found if change.account == "1"] == [(), ("serial",), ("serial",)]
