"""The time zone data of this machine, which must know that Kazakhstan has one time zone (rules, section 1)."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

_AFTER_THE_CHANGE: Final = datetime(2024, 3, 2, tzinfo=UTC)
_OFFSET: Final = timedelta(hours=5)


def time_zone_fault(almaty: tzinfo | None = None) -> str | None:
    """Say what is wrong with the time zone data and what to do; None where they are of 2024a or newer.

    Asia/Almaty went from UTC+6 to UTC+5 on 2024-03-01: with older data every window opens and closes an hour off.
    """
    zone = almaty or ZoneInfo("Asia/Almaty")
    if zone.utcoffset(_AFTER_THE_CHANGE.astimezone(zone)) == _OFFSET:
        return None
    return (
        "the time zone data of this machine are older than 2024a (Asia/Almaty is not UTC+5): upgrade the system's "
        "package tzdata, or set PYTHONTZPATH to an empty value to use the data installed with the program"
    )
