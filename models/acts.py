"""What operators do with an item of their queue, as plain data (interface, queue)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from models.catalogue import QueueStatus, Reason, Zone
from models.decision import Reply
from models.history import ReadingSource
from models.verdict import JudgedReading, Verdict


@dataclass(frozen=True, slots=True)
class By:
    """Who acts and when (aware), with a remark of his own for the trail."""

    actor: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value that an operator enters: `meter` is a serial, or a service where the account has one meter for it."""

    meter: str
    zone: Zone | None
    value: Decimal


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What is to be accepted: these values, or without any what was read; `forced` overrules the rules' complaints."""

    values: tuple[StatedValue, ...] = ()
    account: str | None = None
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an item is turned down: for these reasons (without any, its own), or in the operator's own words."""

    reasons: tuple[Reason, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class QueuedItem:
    """An item as an operator finds it: its message's verdict, and when that was received (aware), with its UID."""

    message_id: int
    status: QueueStatus
    verdict: Verdict
    sender: str | None
    received: datetime
    uid: int


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of an item: the new verdict, what is recorded now, the answer, and facts for the trail.

    `prevails` puts what is recorded behind every other reading of its register, whenever that came; `held_because` is
    why the answer may not go out by itself.
    """

    verdict: Verdict
    status: QueueStatus
    recorded: tuple[JudgedReading, ...] = ()
    reply: Reply | None = None
    held_because: str | None = None
    source: ReadingSource = ReadingSource.OPERATOR
    prevails: bool = False
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class ActRefused(Exception):
    """An act cannot be done as it was asked for; `complaints` are sentences that say why and what to do."""

    def __init__(self, *complaints: str) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints
