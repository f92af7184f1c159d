"""The previous value that a reading is judged against (rules, section 4)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from models.catalogue import Service, Zone
from models.history import PastReading, previous_of

SENT = datetime(2026, 11, 20, tzinfo=UTC)
BEFORE = (date(2026, 10, 25), Decimal(100))


@pytest.mark.parametrize(
    ("exported", "previous"),
    [("123.4567", 100), ("123.456", 100), ("123.457", 100), ("123", 100), ("124", 124), ("123.5", 100), ("130", 130)],
)
def test_reading_that_billing_sends_back_is_not_its_own_previous_value(exported: str, previous: int) -> None:
    """Neither as it was sent nor with fewer decimals, cut or rounded; any other value of that day counts."""
    own = PastReading(
        "0123456", "20000002", Service.HOT_WATER, Zone.TOTAL, Decimal("123.4567"), "2026-11", SENT, None, 1
    )
    found = previous_of([BEFORE, (SENT.date(), Decimal(exported))], [own], "2026-11")
    assert found is not None
    assert found[1] == previous
