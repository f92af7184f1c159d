"""When readings are taken: the submission window and the service hours (rules, section 1)."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class OutsideHours(StrEnum):
    """What becomes of a message that arrives on a day of the window, but not within the service hours."""

    NEXT_OPENING = "next_opening"
    ACCEPT = "accept"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Window:
    """The days of the month and the hours in which readings are taken; `last_day` None is the month's last."""

    first_day: int = 18
    last_day: int | None = None
    opens: time = time(9)
    closes: time = time(18)
    zone: ZoneInfo = ZoneInfo("Asia/Almaty")
    outside_hours: OutsideHours = OutsideHours.NEXT_OPENING

    def days(self, year: int, month: int) -> tuple[date, date]:
        """The first and last day of the window of one month."""
        length = calendar.monthrange(year, month)[1]
        last = min(self.last_day or length, length)
        return date(year, month, min(self.first_day, last)), date(year, month, last)

    def period(self, received: datetime) -> str:
        """The billing period, YYYY-MM: the calendar month of the received instant, in local time."""
        return received.astimezone(self.zone).strftime("%Y-%m")

    def registered_at(self, received: datetime) -> datetime | None:
        """The instant as of which a reading counts, in local time; None where it comes outside the window."""
        local = received.astimezone(self.zone)
        first, last = self.days(local.year, local.month)
        if not first <= local.date() <= last:
            return None
        if self.opens <= local.timetz().replace(tzinfo=None) < self.closes:
            return local
        if self.outside_hours is OutsideHours.ACCEPT:
            return local
        opening = self._next_opening(local)
        in_window = opening.date() <= last and opening.month == local.month
        return opening if in_window and self.outside_hours is OutsideHours.NEXT_OPENING else None

    def next_days(self, received: datetime) -> tuple[date, date]:
        """The first and last day of the next window that a message sent after `received` can still meet."""
        local = received.astimezone(self.zone)
        first, last = self.days(local.year, local.month)
        if local < datetime.combine(last, self.closes, self.zone):
            return first, last
        following = (local.date().replace(day=1) + timedelta(days=32)).replace(day=1)
        return self.days(following.year, following.month)

    def _next_opening(self, local: datetime) -> datetime:
        today = datetime.combine(local.date(), self.opens, self.zone)
        return today if local < today else datetime.combine(local.date() + timedelta(days=1), self.opens, self.zone)
