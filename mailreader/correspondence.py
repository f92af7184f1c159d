"""Whether a message is answered, and with what: silence, limits that survive a restart, the reply itself.

What is never answered (docs/rules.md, section 6), as far as it takes a count, a clock or the register to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from config.replies import ReplyTexts
from mailreader.answers import OperatorWords, ServiceAddress, compose
from mailreader.automatic import Automatic, AutomaticRules, Silence
from mailreader.store import Store, StoredMail
from models.catalogue import ReplyKind
from models.decision import Reply
from models.letter import Letter
from models.verdict import Verdict
from models.window import Window

DAY: Final = timedelta(days=1)
TOO_OLD: Final = "too_old"
BEFORE_ATTACHMENT: Final = "before_attachment"
LIMIT_OF_SENDER: Final = "limit_of_sender"
LIMIT_OF_REJECTION: Final = "limit_of_rejection"


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How much is answered: to one address in a day, the same rejection in a day, mail of which age.

    `composed` is false where nothing is to be composed at all; `max_age` None answers mail of any age, `backlog` also
    what lay in the mailbox before it was first attached.
    """

    composed: bool = True
    per_sender_per_day: int = 10
    same_rejection_per_day: int = 3
    max_age: timedelta | None = timedelta(days=14)
    backlog: bool = False


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Decides on answers and composes them; `rules` are those of each mailbox by its name."""

    store: Store
    texts: ReplyTexts
    window: Window
    service: ServiceAddress
    limits: AnswerLimits
    rules: Mapping[str, AutomaticRules]
    any_rules: AutomaticRules
    attached: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def rules_of(self, mail: StoredMail) -> AutomaticRules:
        """The rules for automatic mail of the mailbox that a message came from."""
        return self.rules.get(mail.mailbox, self.any_rules)

    def silence(self, automatic: Automatic, mail: StoredMail, own: frozenset[str], now: datetime) -> str | None:
        """Why no answer is due; None where one is. `own` are the accounts of the sender's address."""
        unanswerable = self.unanswerable(automatic, own)
        if unanswerable:
            return unanswerable
        if not self.limits.composed:
            return "not_composed"
        return self._silence_of_age(mail, now)

    def unanswerable(self, automatic: Automatic, own: frozenset[str]) -> Silence | None:
        """Why nobody is to be answered, by an operator either: there is no single address, or it may be forged."""
        if automatic.unauthenticated and not own:
            return Silence.SENDER_UNAUTHENTICATED
        return automatic.silence

    def _silence_of_age(self, mail: StoredMail, now: datetime) -> str | None:
        """What is old, or lay there before the mailbox was attached; mail in files is asked for."""
        if mail.mailbox not in self.rules:
            return None
        if self.limits.max_age is not None and now - mail.received > self.limits.max_age:
            return TOO_OLD
        attached = self._attached_at(mail)
        # INTERNALDATE has whole seconds: mail of the second of the attachment is not from before it.
        before = attached is not None and mail.received < attached.replace(microsecond=0)
        return BEFORE_ATTACHMENT if before and not self.limits.backlog else None

    def _attached_at(self, mail: StoredMail) -> datetime | None:
        """When the folder of a message was first attached; that never changes, and is asked for once."""
        place = mail.mailbox, mail.folder
        if place not in self.attached:
            found = self.store.cursor(*place).attached_at
            if found is None:
                return None
            self.attached[place] = found
        return self.attached[place]

    def held_back(self, letter: Letter, verdict: Verdict, now: datetime) -> str | None:
        """Which limit an answer would break; None where it breaks none."""
        address = letter.sender or ""
        if self.store.answers_since(address, now - DAY) >= self.limits.per_sender_per_day:
            return LIMIT_OF_SENDER
        if verdict.reply_kind is not ReplyKind.REJECTION:
            return None
        same = self.store.rejections_since(address, now - DAY, verdict.reasons)
        return LIMIT_OF_REJECTION if same >= self.limits.same_rejection_per_day else None

    def reply(
        self,
        letter: Letter,
        verdict: Verdict,
        mail: StoredMail,
        own: frozenset[str],
        operator: OperatorWords | None = None,
    ) -> Reply:
        """Compose the one automatic answer, or an operator's."""
        return compose(
            verdict,
            letter,
            texts=self.texts,
            window=self.window,
            received=mail.received,
            reference=f"{mail.id:06d}",
            registered_accounts=own,
            service=self.service,
            operator=operator,
        )
