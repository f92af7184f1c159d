"""What holds an answer back: limits counted in the database, which survive a restart (docs/answers.md, 14, 15, 24).

An answer that is held back is composed and kept; operators see it, and it goes out only by hand.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mailreader.store import ADDRESS_BOUNCED, BREAKER, BreakerState, Store
from models.catalogue import CONCEALED, Reason, ReplyKind, ReplyOrigin
from models.verdict import Verdict

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
LIMIT_OF_SENDER: Final = "limit_of_sender"
LIMIT_OF_REJECTION: Final = "limit_of_rejection"
LIMIT_OF_STRANGER: Final = "limit_of_stranger"
_READ_ALIKE: Final = CONCEALED | {Reason.ACCOUNT_MISSING}
"""Reasons that a stranger may be told in place of another."""


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How much is answered: to one address in a day, the same rejection in a day, by the daemon in an hour.

    `breaker_per_hour` and `bounced_days` may be 0: no such limit. `composed` is false where nothing is to be composed
    at all; `max_age` None answers mail of any age, `backlog` also what lay in the mailbox before it was first attached.
    """

    composed: bool = True
    per_sender_per_day: int = 10
    same_rejection_per_day: int = 3
    breaker_per_hour: int = 20_000
    bounced_days: int = 60
    max_age: timedelta | None = timedelta(days=14)
    backlog: bool = False
    copy_to_registered: bool = False


@dataclass(frozen=True, slots=True)
class Restraint:
    """The limit that an answer would break; `trips_breaker` where it is the one too many of the hour."""

    because: str
    trips_breaker: bool = False


@dataclass(frozen=True, slots=True)
class Restraints:
    """Asks the database whether an answer may go out."""

    store: Store
    limits: AnswerLimits

    def on_answer(self, address: str, verdict: Verdict, now: datetime, *, of_stranger: bool) -> Restraint | None:
        """The first limit that the answer to a verdict would break; None where it may go out.

        `of_stranger`: nothing in the mail shows a customer, so that its sender may be forged.
        """
        told = verdict.as_told or verdict
        because = self._of_address(address, now) or self._of_sender(address, now, of_stranger=of_stranger)
        if because is None and told.reply_kind is ReplyKind.REJECTION:
            because = self._of_rejection(address, told, now)
        return Restraint(because) if because else self._of_daemon(now)

    def on_operator(self, address: str, now: datetime) -> str | None:
        """What holds back even an operator's answer: that its address was found not to exist."""
        return self._of_address(address, now)

    def on_copy(self, address: str, now: datetime) -> Restraint | None:
        """The same for a copy to a registered address; copies are counted apart from answers."""
        copies = self.store.answers_since(address, now - DAY, ReplyOrigin.COPY)
        crowded = LIMIT_OF_SENDER if copies >= self.limits.per_sender_per_day else None
        because = self._of_address(address, now) or crowded
        return Restraint(because) if because else self._of_daemon(now)

    def _of_address(self, address: str, now: datetime) -> str | None:
        days = self.limits.bounced_days
        bounced = bool(days) and self.store.bounced_since(address, now - timedelta(days=days))
        return ADDRESS_BOUNCED if bounced else None

    def _of_sender(self, address: str, now: datetime, *, of_stranger: bool) -> str | None:
        answers = self.store.answers_since(address, now - DAY)
        if answers >= self.limits.per_sender_per_day:
            return LIMIT_OF_SENDER
        return LIMIT_OF_STRANGER if of_stranger and answers else None

    def _of_rejection(self, address: str, verdict: Verdict, now: datetime) -> str | None:
        """The limit of the same rejection; where it could be one of several that read the same, of any answer.

        Else silence would tell a stranger which of the reasons it was.
        """
        if _READ_ALIKE.isdisjoint(verdict.reasons):
            same = self.store.rejections_since(address, now - DAY, verdict.reasons)
        else:
            same = self.store.answers_since(address, now - DAY)
        return LIMIT_OF_REJECTION if same >= self.limits.same_rejection_per_day else None

    def _of_daemon(self, now: datetime) -> Restraint | None:
        """The breaker: once tripped it stays so, whatever the hour, until a person resets it."""
        state = self.store.breaker_state(self.limits.breaker_per_hour, now - HOUR)
        if state is BreakerState.CLOSED:
            return None
        return Restraint(BREAKER, trips_breaker=state is BreakerState.TRIPPING)
