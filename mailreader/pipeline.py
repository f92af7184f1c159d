"""The whole way of a message, on one screen: stored mail is read, matched, judged, recorded and answered (DESIGN)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Final

import structlog

from mailreader.antecedents import Antecedents
from mailreader.case import Case
from mailreader.correspondence import Correspondence
from mailreader.judging import Judge
from mailreader.readers import NoReader, Readers, ReadingFailed, ReadResult
from mailreader.store import DATABASE_FAULTS, Store, StoredMail
from models.decision import Decision
from models.history import History
from models.register import RegisterExcerpt
from models.verdict import Verdict

GoOn = Callable[[], bool]
"""Asked between two steps of long work: False ends it there."""

_TRIED_OUT: Final = ReadingFailed("tried too often")
_NOT_FETCHED: Final = ReadingFailed("not fetched")

log = structlog.get_logger()


def always() -> bool:
    """Go on to the end."""
    return True


@dataclass(frozen=True, slots=True)
class Handled:
    """A message that has its outcome, for the log: ids and codes, and how long it took in seconds."""

    mail: StoredMail
    decision: Decision
    seconds: float


@dataclass(frozen=True, slots=True)
class _Batch:
    """Messages that were claimed: those that failed too often, and those that are to be read."""

    given_up: list[StoredMail]
    due: list[StoredMail]

    def __bool__(self) -> bool:
        return bool(self.given_up or self.due)


class Pipeline:
    """Takes stored mail to its outcome, each message in one transaction of its own."""

    def __init__(
        self,
        store: Store,
        readers: Readers,
        antecedents: Antecedents,
        judge: Judge,
        correspondence: Correspondence,
        *,
        of_files: bool | None = None,
    ) -> None:
        """Take the rooms that the way leads through; `of_files` leads mail in files alone, or (False) all but that.

        The daemon and `ingest` may answer differently, and so do not take each other's mail.
        """
        self._store = store
        self._readers = readers
        self._antecedents = antecedents
        self._judge = judge
        self._correspondence = correspondence
        self._of_files = of_files
        self._claimed: set[int] = set()

    def handle(self, limit: int, now: datetime) -> list[Handled]:
        """Handle up to `limit` messages that are due, oldest first; `now` is aware. Empty where none is due.

        A message that cannot be handled is tried again, three times in all, and then becomes the operators'.
        """
        while batch := self._claim(limit, now):
            if handled := list(self._handle(batch, now, always)):
                return handled
        return []

    def handle_all(
        self, limit: int, clock: Callable[[], datetime], go_on: GoOn = always, *, first_lane: bool = False
    ) -> Iterator[Handled]:
        """Handle all that is due, `limit` messages claimed at a time; each is told of as soon as it has its outcome.

        `first_lane` leaves out what those sent who have very many messages waiting.
        """
        while go_on() and (batch := self._claim(limit, now := clock(), first_lane=first_lane)):
            yield from self._handle(batch, now, go_on)

    def handle_some(self, limit: int, clock: Callable[[], datetime], go_on: GoOn = always) -> Iterator[Handled]:
        """Handle up to `limit` messages that are due, whoever sent them, as `handle_all` does."""
        if batch := self._claim(limit, now := clock()):
            yield from self._handle(batch, now, go_on)

    def _claim(self, limit: int, now: datetime, *, first_lane: bool = False) -> _Batch:
        """Claim what is due, after giving back what a call that a fault ended had left."""
        self._give_back()
        given_up = self._store.exhausted(limit, now, of_files=self._of_files)
        batch = _Batch(given_up, self._store.pending(limit, now, of_files=self._of_files, first_lane=first_lane))
        self._claimed = {mail.id for mail in batch.due}
        return batch

    def _give_back(self) -> None:
        """Give back what was claimed and not handled, which is no failure of the messages."""
        for message in tuple(self._claimed):
            self._store.release(message, "interrupted", counts=False)
            self._claimed.remove(message)

    def _handle(self, batch: _Batch, now: datetime, go_on: GoOn) -> Iterator[Handled]:
        """Handle each message by itself: what is wrong with one costs no other."""
        yield from self._give_up(batch.given_up, now)
        results = self._readers.read([mail.raw or b"" for mail in batch.due])
        for mail, result in zip(batch.due, results, strict=True):
            handled = self._handle_one(mail, result, now)
            self._claimed.discard(mail.id)
            if handled:
                yield handled
            if not go_on():
                break
        self._give_back()

    def _give_up(self, mails: list[StoredMail], now: datetime) -> Iterator[Handled]:
        """Leave to the operators what failed too often; where even that fails, the claim holds it off for a while."""
        for mail in mails:
            try:
                yield self._decide(mail, _TRIED_OUT, now)
            except DATABASE_FAULTS:
                raise
            except Exception:
                log.exception("message_not_given_up", id=mail.id)

    def _handle_one(self, mail: StoredMail, result: ReadResult, now: datetime) -> Handled | None:
        """Bring one message to its outcome, or put it off."""
        try:
            if not isinstance(result, ReadingFailed):
                return self._decide(mail, result, now)
            error = result.error
        except (NoReader, *DATABASE_FAULTS):
            raise
        except Exception as fault:
            log.exception("message_not_handled", id=mail.id)
            error = f"{type(fault).__name__} while handling"
        self._put_off(mail, error)
        return None

    def _put_off(self, mail: StoredMail, error: str) -> None:
        """Give a message back for another try, the last of which leaves it to the operators."""
        tries = self._store.release(mail.id, error)
        log.warning("message_put_off", id=mail.id, tries=tries, error=error)

    def _decide(self, mail: StoredMail, result: ReadResult, now: datetime) -> Handled:
        begun = perf_counter()
        found = result if mail.raw is not None else _NOT_FETCHED
        alone = Case.of(found, mail.received, self._correspondence.rules_of(mail))
        case = alone.continuing(self._antecedents.continued)

        def judged(register: RegisterExcerpt, history: History) -> Decision:
            verdict = case.verdict(self._judge, register, history)
            return self._answered(mail, case, verdict, register, now)

        decision = self._store.decide(
            mail.id,
            sender=case.sender,
            identifiers=case.identifiers,
            period=self._judge.window.period(mail.received),
            judge=judged,
            now=now,
        )
        if decision.trips_breaker:
            log.error("breaker_tripped", message=mail.id, see="mailreader answers breaker")
        return Handled(mail, decision, perf_counter() - begun)

    def _answered(
        self, mail: StoredMail, case: Case, verdict: Verdict, register: RegisterExcerpt, now: datetime
    ) -> Decision:
        """The decision: the verdict, with its answer or the reason why there is none."""
        letter = case.letter
        if letter is None or verdict.reply_kind is None:
            return Decision(verdict, sender=case.sender, subject=letter.subject if letter else "", bounce=case.bounce)
        own = case.registered_accounts(register)
        verdict = replace(verdict, silence=self._correspondence.silence(case.automatic, mail, own, now))
        decision = Decision(verdict, None, None, letter.sender, letter.subject, letter.message_id)
        if verdict.silence:
            return decision
        of_stranger = case.is_of_stranger(verdict, register)
        restraint = self._correspondence.restraint(mail, letter.sender or "", verdict, now, of_stranger=of_stranger)
        return replace(
            decision,
            reply=self._correspondence.reply(letter, verdict, mail, own),
            held_back=restraint.because if restraint else None,
            trips_breaker=restraint is not None and restraint.trips_breaker,
            copies=self._correspondence.copies(letter, verdict, mail, register, now),
        )
