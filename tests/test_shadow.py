"""The comparison of a trial: what is the same, what differs, and what only one side has."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from mailreader.shadow import compare
from models.catalogue import Reason, Service, Zone
from models.comparison import Comparison, Difference, Entered, Read

LINE = Entered(2, "0123456", "24680135", None, Zone.TOTAL, Decimal(120), "2026-11")
RECORDED = Read(
    "2026-11", "0123456", "24680135", Service.ELECTRICITY, Zone.TOTAL, Decimal(120), None, 17,
    "main/INBOX;UIDVALIDITY=1/;UID=17", "el 120", datetime(2026, 11, 20, 5, tzinfo=UTC),
)  # fmt: skip
REFUSED = replace(RECORDED, reason=Reason.VALUE_IMPLAUSIBLE)
HOT = replace(RECORDED, serial="777", service=Service.HOT_WATER)
OTHER_HOT = replace(HOT, serial="888")
BY_SERVICE = replace(LINE, serial=None, service=Service.HOT_WATER)


def kinds(found: Comparison) -> list[Difference]:
    """The kinds of all differences."""
    return [pair.kind for pair in found.pairs]


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        replace(LINE, value=Decimal("120.0")),
        replace(LINE, account="123456"),
        replace(LINE, serial="0024680135"),
        replace(LINE, serial=None, service=Service.ELECTRICITY),
    ],
)
def test_same_value_of_the_same_register_agrees(line: Entered) -> None:
    """As decimals; zeros that a spreadsheet drops do not count; a service is enough."""
    found = compare([line], [RECORDED], {"123456": "0123456"})
    assert (found.agreed, found.agreed_percent, found.pairs) == (1, Decimal("100.0"), [])


def test_other_value_of_the_same_register_is_a_difference_with_both() -> None:
    """Both values are told, with our message."""
    line = replace(LINE, value=Decimal(102))
    (pair,) = compare([line], [RECORDED], {}).pairs
    assert (pair.kind, pair.entered, pair.read) == (Difference.DIFFERENT, line, RECORDED)


@pytest.mark.parametrize(
    "line",
    [
        replace(LINE, period="2026-10"),
        replace(LINE, account="9"),
        replace(LINE, serial="9"),
        replace(LINE, zone=Zone.DAY),
        BY_SERVICE,
    ],
)
def test_what_is_about_another_register_stands_alone_on_both_sides(line: Entered) -> None:
    """Another period, account, meter, zone or service."""
    assert sorted(kinds(compare([line], [RECORDED], {}))) == [Difference.ONLY_OURS, Difference.ONLY_THEIRS]


def test_two_meters_of_a_service_find_their_values() -> None:
    """Equal values first, whatever the order; then what is left."""
    ours = [replace(HOT, value=Decimal(5)), replace(OTHER_HOT, value=Decimal(7))]
    lines = [replace(BY_SERVICE, line=2, value=Decimal(7)), replace(BY_SERVICE, line=3, value=Decimal(6))]
    found = compare(lines, ours, {})
    assert (found.agreed, kinds(found)) == (1, [Difference.DIFFERENT])
    assert found.pairs[0].read == ours[0]


def test_line_that_names_the_meter_goes_before_one_that_does_not() -> None:
    """The looser one takes what is left."""
    lines = [replace(BY_SERVICE, line=2), replace(LINE, line=3, serial="777")]
    assert compare(lines, [HOT, OTHER_HOT], {}).agreed == 2


@pytest.mark.parametrize(
    "refused",
    [
        REFUSED,
        replace(REFUSED, value=None, serial=None, service=None, zone=None, reason=Reason.ATTACHMENT_ONLY),
        replace(REFUSED, account="123456"),
    ],
)
def test_value_that_only_they_read_comes_with_our_reason(refused: Read) -> None:
    """Also where the message left open which meter it was about."""
    (pair,) = compare([LINE], [refused], {"123456": "0123456"}).pairs
    assert (pair.kind, pair.read) == (Difference.ONLY_THEIRS, refused)


def test_reason_is_that_of_the_same_value_else_of_the_latest_message() -> None:
    """A customer may have tried more than once."""
    later = replace(REFUSED, value=Decimal(9), received=datetime(2026, 11, 21, tzinfo=UTC), message=18)
    latest = replace(later, received=datetime(2026, 11, 22, tzinfo=UTC), message=19)
    (same,) = compare([LINE], [later, REFUSED, latest], {}).pairs
    (other,) = compare([replace(LINE, value=Decimal(1))], [latest, REFUSED, later], {}).pairs
    assert (same.read, other.read) == (REFUSED, latest)


def test_of_two_lines_about_one_meter_the_last_counts() -> None:
    """A clerk corrects himself; the same line twice is one."""
    mended = [replace(LINE, line=2, value=Decimal(1)), replace(LINE, line=3)]
    twice = [replace(BY_SERVICE, line=2), replace(BY_SERVICE, line=3)]
    found = compare([*mended, *twice], [RECORDED, HOT], {})
    assert (found.entered, found.agreed, found.repeated, found.pairs) == (2, 2, 2, [])


def test_nothing_entered_has_no_percentage() -> None:
    """All that we read is only ours."""
    found = compare([], [RECORDED], {})
    assert (found.agreed_percent, kinds(found)) == (None, [Difference.ONLY_OURS])
