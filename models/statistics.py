"""What became of the mail of some days, counted (interface, `stats`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

Counts = Mapping[str, int]
"""How many there were of each code; every code of an enumeration is there, be it 0."""


@dataclass(frozen=True, slots=True)
class DayCounts:
    """The mail of one local day of receipt."""

    day: date
    messages: int
    outcomes: Counts


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """The operators' queue: what is open now, whenever it came, and the items of these days by status."""

    open: int
    oldest: datetime | None
    statuses: Counts


@dataclass(frozen=True, slots=True)
class Statistics:
    """The mail received on some days, a second delivery apart, and what came of it.

    `services` and `sources` count recorded readings, `reasons` the messages that have each; `outbox` counts the answers
    to these messages by state, `ignored` the rules that ignored mail.
    """

    messages: int
    waiting: int
    duplicates: int
    outcomes: Counts
    reasons: Counts
    requests: Counts
    languages: Counts
    days: tuple[DayCounts, ...]
    readings: int
    services: Counts
    sources: Counts
    ignored: Counts
    ignored_with_reading: int
    silences: Counts
    held_back: Counts
    outbox: Counts
    queue: QueueCounts
