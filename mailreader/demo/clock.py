"""The time of the demonstration: a day within the window, whatever day it is, running on from ten o'clock."""

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Final
from zoneinfo import ZoneInfo

_DAY: Final = 20
_BEGINS: Final = time_of_day(10)


def demo_day(today: date) -> date:
    """The newest day up to `today` that is the twentieth of its month: in every month a day of the window."""
    if today.day >= _DAY:
        return today.replace(day=_DAY)
    return (today.replace(day=1) - timedelta(days=1)).replace(day=_DAY)


class DemoClock:
    """Tells the instant it is in the demonstration, aware."""

    def __init__(self, today: date, zone: ZoneInfo) -> None:
        """Begin at ten o'clock, in `zone`, of the day that goes with `today`."""
        self.begin = datetime.combine(demo_day(today), _BEGINS, zone)
        self._started = time.monotonic()

    def __call__(self) -> datetime:
        """The beginning, and the time that has passed since."""
        return (self.begin + timedelta(seconds=time.monotonic() - self._started)).astimezone(UTC)
