"""What was recorded and refused before, as plain data for the rules (rules, section 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum, unique

from models.catalogue import Reason, Service, Zone


@unique
class ReadingState(StrEnum):
    """Where a recorded reading stands: it counts, a later one replaced it, or a later one was there before it."""

    CURRENT = "current"
    REPLACED = "replaced"
    LATE = "late"


@unique
class ReadingSource(StrEnum):
    """Who recorded a reading."""

    MAIL = "mail"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class PastReading:
    """A reading that was recorded before.

    `value` is exact, as stated; `received` and `uid` are those of the message that first stated it, `read_on` the
    local date as of which it counts, `message_id` the number of that message in the store; `last_received` and
    `last_uid` are those of the latest message that stated the value while it counted.
    """

    account: str
    serial: str
    service: Service
    zone: Zone
    value: Decimal
    period: str
    received: datetime
    sender: str | None
    message_id: int
    uid: int = 0
    read_on: date | None = None
    state: ReadingState = ReadingState.CURRENT
    last_received: datetime | None = None
    last_uid: int = 0

    @property
    def last_stated(self) -> tuple[datetime, int]:
        """When the value was stated last, as messages are ordered."""
        return (self.received, self.uid) if self.last_received is None else (self.last_received, self.last_uid)


@dataclass(frozen=True, slots=True)
class PastRefusal:
    """A value that was stated in the current period and not recorded; what the message left open is None."""

    account: str
    serial: str | None
    service: Service | None
    zone: Zone | None
    value: Decimal | None
    period: str
    reason: Reason
    received: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What the store knows of the accounts of one message.

    `recorded` holds every reading of the current period (replaced and late ones too) and the current reading of
    each earlier one, oldest first; `refused` the refused values of the current period, oldest first.
    """

    recorded: tuple[PastReading, ...] = ()
    refused: tuple[PastRefusal, ...] = ()


Dated = tuple[date, Decimal]


def previous_of(exported: Iterable[Dated], own: Iterable[PastReading], period: str) -> Dated | None:
    """Return date and value of the reading that a new one of `period` (YYYY-MM) is judged against.

    The newest by date of what billing exported and what an earlier period recorded here (rules, section 4). An
    exported value that is dated in the period or after it, and equals a reading which this period recorded, is that
    reading sent back, be it with fewer decimals: it does not count. On the same day the exported value is the one.
    """
    readings = tuple(own)
    sent_in = [reading.value for reading in readings if reading.period == period]
    earlier = [
        (reading.read_on or reading.received.date(), reading.value)
        for reading in readings
        if reading.period < period and reading.state is ReadingState.CURRENT
    ]
    foreign = [
        (on, value)
        for on, value in exported
        if f"{on:%Y-%m}" < period or not any(_is_sent_back(value, sent) for sent in sent_in)
    ]
    return max((*foreign, *earlier), key=lambda dated: dated[0], default=None)


def _is_sent_back(exported: Decimal, sent: Decimal) -> bool:
    """Whether an exported value is a reading that was sent, as it is, cut or rounded to the decimals of billing."""
    unit = Decimal(1).scaleb(min(0, int(exported.as_tuple().exponent)))
    return exported == sent or exported in {sent.quantize(unit, way) for way in (ROUND_DOWN, ROUND_HALF_UP)}
