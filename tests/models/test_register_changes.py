"""What differs between two states of an account is told by the columns of the register file."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from models.catalogue import ContractStatus, CustomerType, Housing, Service, Zone
from models.register import Account, MeterRegister
from models.register_changes import changed_columns

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
        (metered(NIGHT, METER), ()),
        (replace(BEFORE, emails=frozenset({"a@b", "c@d"})), ("emails",)),
        (replace(BEFORE, full_name="Other", housing=Housing.PRIVATE), ("housing", "full_name")),
        (replace(BEFORE, contracts={Service.ELECTRICITY: ContractStatus.TERMINATED}), ("contract_status",)),
        (metered(METER), ("serial",)),
        (metered(replace(METER, serial="M2"), NIGHT), ("serial",)),
        (metered(replace(METER, serial="m-1"), NIGHT), ("serial",)),
        (metered(METER, replace(NIGHT, digits=7, previous_value=None)), ("digits", "previous_value")),
    ],
)
def test_differences_are_told_by_their_columns(after: Account, columns: tuple[str, ...]) -> None:
    """In the order of the file; the order of the registers is none."""
    assert changed_columns(BEFORE, after) == columns
