"""The whole way of a message, on one screen: stored mail is read, matched, judged, recorded and answered (DESIGN)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Final

import structlog

from mailreader.antecedents import Antecedents
from mailreader.automatic import Automatic, judge_automatic
from mailreader.correspondence import Correspondence
from mailreader.judging import Judge
from mailreader.readers import ReadingFailed, Readers, ReadResult, WasRead
from mailreader.store import DATABASE_FAULTS, Store, StoredMail
from models.catalogue import Outcome, Reason
from models.decision import Decision
from models.history import History
from models.letter import Letter
from models.register import RegisterExcerpt
from models.statement import Statement
from models.verdict import Finding, Verdict

THANKS: Final = "thanks"
_TRIED_OUT: Final = ReadingFailed("tried too often")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Handled:
    """A message that has its outcome, for the log: ids and codes, and how long it took in seconds."""

    mail: StoredMail
    decision: Decision
    seconds: float


class Pipeline:
    """Takes stored mail to its outcome, each message in one transaction of its own."""

    def __init__(
        self,
        store: Store,
        readers: Readers,
        antecedents: Antecedents,
        judge: Judge,
        correspondence: Correspondence,
    ) -> None:
        """Take the rooms that the way leads through."""
        self._store = store
        self._readers = readers
        self._antecedents = antecedents
        self._judge = judge
        self._correspondence = correspondence

    def handle(self, limit: int, now: datetime) -> list[Handled]:
        """Handle up to `limit` messages that are due, oldest first; `now` is aware. Empty where none is due.

        A message that cannot be handled is tried again, three times in all, and then becomes the operators'.
        """
        while True:
            given_up = self._store.exhausted(limit, now)
            due = self._store.pending(limit, now)
            handled = [self._decide(mail, _TRIED_OUT, now) for mail in given_up] + list(self._handle_all(due, now))
            if handled or not due:
                return handled

    def _handle_all(self, due: Sequence[StoredMail], now: datetime) -> Iterator[Handled]:
        results = self._readers.read([mail.raw or b"" for mail in due])
        for mail, result in zip(due, results, strict=True):
            try:
                if isinstance(result, ReadingFailed):
                    self._put_off(mail, result.error)
                else:
                    yield self._decide(mail, result, now)
            except DATABASE_FAULTS:
                raise
            except Exception as error:
                log.exception("message_not_handled", id=mail.id)
                self._put_off(mail, f"{type(error).__name__} while handling")

    def _put_off(self, mail: StoredMail, error: str) -> None:
        """Give a message back for another try, the last of which leaves it to the operators."""
        tries = self._store.release(mail.id, error)
        log.warning("message_put_off", id=mail.id, tries=tries, error=error)

    def _decide(self, mail: StoredMail, result: ReadResult, now: datetime) -> Handled:
        begun = perf_counter()
        case = _Case.of(mail, result, self._correspondence).continuing(self._antecedents)

        def judged(register: RegisterExcerpt, history: History) -> Decision:
            verdict = case.verdict(self._judge, register, history)
            return self._answered(case, verdict, register, now)

        decision = self._store.decide(
            mail.id,
            sender=case.sender,
            identifiers=case.statement.identifiers if case.statement else frozenset(),
            period=self._judge.window.period(mail.received),
            judge=judged,
            now=now,
        )
        return Handled(mail, decision, perf_counter() - begun)

    def _answered(self, case: "_Case", verdict: Verdict, register: RegisterExcerpt, now: datetime) -> Decision:
        """The decision: the verdict, with its answer or the reason why there is none."""
        letter = case.letter
        if letter is None or verdict.reply_kind is None:
            return Decision(verdict, sender=case.sender, subject=letter.subject if letter else "")
        own = frozenset(account.number for account in register.registered_to(letter.sender))
        verdict = replace(verdict, silence=self._correspondence.silence(case.automatic, case.mail, own, now))
        held_back = None if verdict.silence else self._correspondence.held_back(letter, verdict, now)
        decision = Decision(verdict, None, held_back, letter.sender, letter.subject, letter.message_id)
        if verdict.silence or held_back:
            return decision
        return replace(decision, reply=self._correspondence.reply(letter, verdict, case.mail, own))


@dataclass(frozen=True, slots=True)
class _Case:
    """One message with all that is known of it before the register is asked."""

    mail: StoredMail
    letter: Letter | None
    statement: Statement | None
    automatic: Automatic
    thanks_only: bool

    @classmethod
    def of(cls, mail: StoredMail, result: ReadResult, correspondence: Correspondence) -> "_Case":
        if not isinstance(result, WasRead) or mail.raw is None:
            return cls(mail, None, None, Automatic(), thanks_only=False)
        letter, statement = result.mail.letter, result.mail.statement
        automatic = judge_automatic(letter, correspondence.rules_of(mail), known_bounce=result.known_bounce)
        thanks_only = statement is not None and statement.mere_thanks and bool(letter.in_reply_to)
        return cls(mail, letter, statement, automatic, thanks_only)

    def continuing(self, antecedents: Antecedents) -> "_Case":
        """The same case, read together with the message that it continues."""
        if self.letter is None or self.statement is None or self.automatic.ignored_because:
            return self
        return replace(self, statement=antecedents.continued(self.statement, self.letter))

    @property
    def sender(self) -> str | None:
        """The one address that the mail is from."""
        return self.letter.sender if self.letter else None

    def verdict(self, judge: Judge, register: RegisterExcerpt, history: History) -> Verdict:
        """The questions 2 to 7 of the rules, in their order; the first that answers decides (section 0)."""
        if self.automatic.ignored_because:
            return _ignored(self.automatic.ignored_because)
        if self.statement is None:
            return Verdict(Outcome.REVIEW, None, findings=(Finding(Reason.UNREADABLE),))
        if self.thanks_only:
            return _ignored(THANKS)
        if self.automatic.unauthenticated:
            finding = Finding(Reason.SENDER_UNAUTHENTICATED)
            return Verdict(Outcome.REVIEW, self.statement.language, self.statement.request, (finding,))
        return judge.judge(self.statement, self.mail.received, self.sender, register, history)


def _ignored(because: str) -> Verdict:
    return Verdict(Outcome.IGNORED, None, ignored_because=str(because))
