"""The submission window: days of the month, service hours, local time (rules, section 1)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.window import OutsideHours, Window

DAYS = [
    (2026, 11, date(2026, 11, 18), date(2026, 11, 30)),
    (2026, 10, date(2026, 10, 18), date(2026, 10, 31)),
    (2026, 2, date(2026, 2, 18), date(2026, 2, 28)),
    (2028, 2, date(2028, 2, 18), date(2028, 2, 29)),
]
REGISTERED = [
    ("2026-11-18T00:00+05:00", "2026-11-18T09:00+05:00"),
    ("2026-11-17T23:59+05:00", None),
    ("2026-11-20T09:00+05:00", "2026-11-20T09:00+05:00"),
    ("2026-11-20T12:30+05:00", "2026-11-20T12:30+05:00"),
    ("2026-11-20T17:59+05:00", "2026-11-20T17:59+05:00"),
    ("2026-11-20T18:00+05:00", "2026-11-21T09:00+05:00"),
    ("2026-11-30T17:59+05:00", "2026-11-30T17:59+05:00"),
    ("2026-11-30T18:00+05:00", None),
    ("2026-12-01T10:00+05:00", None),
    ("2026-11-17T18:58+00:00", None),
    ("2026-11-17T19:00+00:00", "2026-11-18T09:00+05:00"),
    ("2024-02-20T10:00+06:00", "2024-02-20T10:00+06:00"),
    ("2024-03-20T10:00+05:00", "2024-03-20T10:00+05:00"),
]
NEXT = [
    ("2026-11-05T10:00+05:00", date(2026, 11, 18)),
    ("2026-11-20T10:00+05:00", date(2026, 11, 18)),
    ("2026-11-30T17:59+05:00", date(2026, 11, 18)),
    ("2026-11-30T18:00+05:00", date(2026, 12, 18)),
    ("2026-12-31T23:00+05:00", date(2027, 1, 18)),
]
INSTANTS = st.integers(min_value=0, max_value=15 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 3, 2, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(("year", "month", "first", "last"), DAYS)
def test_the_window_goes_to_the_end_of_the_month(year: int, month: int, first: date, last: date) -> None:
    """Whatever its length."""
    assert Window().days(year, month) == (first, last)


@pytest.mark.parametrize(("received", "registered"), REGISTERED)
def test_a_reading_counts_as_of_the_next_opening(received: str, registered: str | None) -> None:
    """At once in service hours, from the next opening outside of them, not at all after the last one."""
    instant = Window().registered_at(datetime.fromisoformat(received))
    assert instant == (datetime.fromisoformat(registered) if registered else None)


@pytest.mark.parametrize(
    ("outside_hours", "registered"),
    [(OutsideHours.ACCEPT, "2026-11-30T20:00+05:00"), (OutsideHours.REJECT, None), (OutsideHours.NEXT_OPENING, None)],
)
def test_the_site_decides_about_the_hours(outside_hours: OutsideHours, registered: str | None) -> None:
    """Mail of the last evening is accepted, or is late."""
    window = Window(outside_hours=outside_hours)
    instant = window.registered_at(datetime.fromisoformat("2026-11-30T20:00+05:00"))
    assert instant == (datetime.fromisoformat(registered) if registered else None)


@pytest.mark.parametrize(("received", "first"), NEXT)
def test_a_late_customer_is_told_the_window_that_he_can_meet(received: str, first: date) -> None:
    """That of the month while it lasts, else that of the next month."""
    assert Window().next_days(datetime.fromisoformat(received))[0] == first


def test_the_period_is_the_local_month() -> None:
    """Seven in the evening of the last day in UTC is the next month in Astana."""
    assert Window().period(datetime(2026, 11, 30, 19, 0, tzinfo=UTC)) == "2026-12"


def test_a_window_that_ends_before_the_month_ends_is_kept() -> None:
    """A last day that a month does not have is its last one."""
    assert Window(last_day=25).days(2026, 11)[1] == date(2026, 11, 25)
    assert Window(last_day=31).days(2026, 2)[1] == date(2026, 2, 28)


@given(INSTANTS)
def test_what_counts_counts_in_its_month_and_not_before_it_came(received: datetime) -> None:
    """A registered instant is in service hours, on a day of the window, not before the message."""
    window = Window()
    registered = window.registered_at(received)
    if registered is not None:
        first, last = window.days(registered.year, registered.month)
        assert first <= registered.date() <= last
        assert window.opens <= registered.time() < window.closes
        assert timedelta() <= registered - received < timedelta(days=1)
        assert window.period(received) == f"{registered:%Y-%m}"


@given(INSTANTS)
def test_the_next_window_is_not_over(received: datetime) -> None:
    """A message can still be sent on the last day that is named."""
    first, last = Window().next_days(received)
    assert last >= received.astimezone(Window().zone).date()
    assert first.day == Window().first_day
