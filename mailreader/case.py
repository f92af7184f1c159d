"""One message with all that is known of it before the register is asked, and the questions that it is put (section 0).

Pure: the daemon and `ingest` ask with the register of the database, `explain` with one from a file.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from mailreader.automatic import Automatic, AutomaticRules, judge_automatic
from mailreader.bounce_address import bounce_of
from mailreader.judging import Judge
from mailreader.readers import ReadResult, WasRead
from models.catalogue import Outcome, Reason
from models.decision import Bounce
from models.history import History
from models.letter import Letter
from models.register import RegisterExcerpt, identifier_key
from models.statement import Role, Statement
from models.verdict import Finding, Verdict

THANKS: Final = "thanks"


@dataclass(frozen=True, slots=True)
class Case:
    """A message to be judged: `letter` and `statement` are None where it could not be read; `received` is aware.

    `bounce` is there where it reports that a reply of ours came back.
    """

    received: datetime
    letter: Letter | None
    statement: Statement | None
    automatic: Automatic
    thanks_only: bool
    bounce: Bounce | None = None

    @classmethod
    def of(cls, result: ReadResult, received: datetime, rules: AutomaticRules) -> "Case":
        """Take what the reading gave, and judge whether a machine wrote it."""
        if not isinstance(result, WasRead):
            return cls(received, None, None, Automatic(), thanks_only=False)
        letter, statement = result.mail.letter, result.mail.statement
        automatic = judge_automatic(letter, rules, statement=statement, known_bounce=result.known_bounce)
        answers = bool(letter.in_reply_to or letter.references or (statement and statement.is_answer))
        thanks_only = statement is not None and statement.mere_thanks and answers
        bounce = bounce_of(letter, rules.bounce_address, result.failure)
        return cls(received, letter, statement, automatic, thanks_only, bounce)

    def continuing(self, read_on: Callable[[Statement, Letter], Statement]) -> "Case":
        """The same case, read together with the messages that it continues, which `read_on` finds."""
        if self.letter is None or self.statement is None or self.automatic.ignored_because:
            return self
        return replace(self, statement=read_on(self.statement, self.letter))

    @property
    def sender(self) -> str | None:
        """The one address that the mail is from."""
        return self.letter.sender if self.letter else None

    @property
    def identifiers(self) -> frozenset[str]:
        """The keys of all that may name an account or a meter."""
        return self.statement.identifiers if self.statement else frozenset()

    def registered_accounts(self, register: RegisterExcerpt) -> frozenset[str]:
        """The accounts that the sender's address is registered for.

        None for a sender whom our own server disowned and whose mail names only other accounts (section 6).
        """
        own = frozenset(account.number for account in register.registered_to(self.sender))
        named = {number for number in register.accounts if identifier_key(number) in self.identifiers}
        return frozenset() if self.automatic.unauthenticated and named and named.isdisjoint(own) else own

    def is_of_stranger(self, verdict: Verdict, register: RegisterExcerpt) -> bool:
        """Whether nothing shows a customer: no account of the register, no reading, no registered address."""
        if (verdict.as_told or verdict).readings or register.registered_to(self.sender):
            return False
        if self.statement is None:
            return True
        values = self.statement.with_role(Role.VALUE)
        accounts = self.statement.with_role(Role.ACCOUNT)
        shown = self._shown(register)
        return not values and not any(shown.find(number.key) for number in accounts)

    def verdict(self, judge: Judge, register: RegisterExcerpt, history: History) -> Verdict:
        """The questions 2 to 7 of the rules, in their order; the first that answers decides (section 0).

        Ignored mail is judged all the same, to mark what holds a reading (section 6).
        """
        settled = self.settled()
        if self.statement is None:
            return settled or _UNREADABLE
        if settled is not None and settled.outcome is not Outcome.IGNORED:
            return settled
        judged = judge.judge(self.statement, self.received, self.sender, register, history)
        if settled is None:
            return replace(judged, as_told=self._told(judged, judge, register, history))
        return replace(settled, holds_reading=bool(judged.recorded))

    def _told(self, judged: Verdict, judge: Judge, register: RegisterExcerpt, history: History) -> Verdict | None:
        """The verdict as if closed accounts of others did not exist: so they read like unknown ones (section 6).

        None where that is the same verdict, or would tell something else of what was recorded.
        """
        shown = self._shown(register)
        if self.statement is None or len(shown.accounts) == len(register.accounts):
            return None
        told = judge.judge(self.statement, self.received, self.sender, shown, history)
        return told if told.recorded == judged.recorded else None

    def _shown(self, register: RegisterExcerpt) -> RegisterExcerpt:
        """The register without the closed accounts that the sender's address is not registered for."""
        own = self.registered_accounts(register)
        return RegisterExcerpt.of(
            account for account in register.accounts.values() if account.number in own or not account.is_closed
        )

    def settled(self) -> Verdict | None:
        """The verdict that needs no register: questions 2 to 4; None where the register is to be asked."""
        if self.automatic.ignored_because:
            return _ignored(self.automatic.ignored_because)
        if self.statement is None:
            return _UNREADABLE
        if self.thanks_only:
            return _ignored(THANKS)
        if self.automatic.unauthenticated:
            finding = Finding(Reason.SENDER_UNAUTHENTICATED)
            return Verdict(Outcome.REVIEW, self.statement.language, self.statement.request, (finding,))
        return None


_UNREADABLE: Final = Verdict(Outcome.REVIEW, None, findings=(Finding(Reason.UNREADABLE),))


def _ignored(because: str) -> Verdict:
    return Verdict(Outcome.IGNORED, None, ignored_because=str(because))
