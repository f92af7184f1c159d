"""Whether a message is answered, and with what: silence, limits that survive a restart, the reply itself.

What is never answered (docs/rules.md, section 6), as far as it takes a count, a clock or the register to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from config.replies import ReplyTexts
from mailreader.answers import OperatorWords, ServiceAddress, compose
from mailreader.automatic import Automatic, AutomaticRules, Silence
from mailreader.copies import compose_copies
from mailreader.limits import AnswerLimits, Restraint, Restraints
from mailreader.store import RESCANNED, Store, StoredMail
from models.decision import Copy, Reply
from models.letter import Letter
from models.register import RegisterExcerpt
from models.verdict import Verdict
from models.window import Window

TOO_OLD: Final = "too_old"
BEFORE_ATTACHMENT: Final = "before_attachment"


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Decides on answers and composes them; `rules` are those of each mailbox by its name.

    `filed_into` are the folders of outcomes of each mailbox: mail that was taken in from there was handled before.
    """

    store: Store
    texts: ReplyTexts
    window: Window
    service: ServiceAddress
    limits: AnswerLimits
    rules: Mapping[str, AutomaticRules]
    any_rules: AutomaticRules
    filed_into: Mapping[str, frozenset[str]] = field(default_factory=dict)
    attached: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def rules_of(self, mail: StoredMail) -> AutomaticRules:
        """The rules for automatic mail of the mailbox that a message came from."""
        return self.rules.get(mail.mailbox, self.any_rules)

    def silence(self, automatic: Automatic, mail: StoredMail, own: frozenset[str], now: datetime) -> str | None:
        """Why no answer is due; None where one is. `own` are the accounts of the sender's address."""
        unanswerable = self.unanswerable(automatic, own)
        if unanswerable or automatic.silence:
            return unanswerable or automatic.silence
        if not self.limits.composed:
            return "not_composed"
        return self._silence_of_age(mail, now)

    def unanswerable(self, automatic: Automatic, own: frozenset[str]) -> Silence | None:
        """Why nobody is to be answered, by an operator either: there is no single address, or it may be forged."""
        if automatic.unauthenticated and not own:
            return Silence.SENDER_UNAUTHENTICATED
        return None if automatic.silence is Silence.AUTOMATIC_TEXT else automatic.silence

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

    def restraint(
        self, mail: StoredMail, address: str, verdict: Verdict, now: datetime, *, of_stranger: bool
    ) -> Restraint | None:
        """What holds the answer to a message back; None where it may go out."""
        if self._was_handled_before(mail):
            return Restraint(RESCANNED)
        return self.restraints.on_answer(address, verdict, now, of_stranger=of_stranger)

    def _was_handled_before(self, mail: StoredMail) -> bool:
        """Whether a message was taken in from where handled mail lies: its sender has probably had an answer."""
        return mail.folder in self.filed_into.get(mail.mailbox, ())

    @property
    def restraints(self) -> Restraints:
        """The limits that an answer may break."""
        return Restraints(self.store, self.limits)

    def reply(self, letter: Letter, verdict: Verdict, mail: StoredMail, own: frozenset[str]) -> Reply:
        """Compose the one automatic answer."""
        return self.answer(letter, verdict, mail, own, None, mail.received)

    def answer(
        self,
        letter: Letter,
        verdict: Verdict,
        mail: StoredMail,
        own: frozenset[str],
        operator: OperatorWords | None,
        written: datetime,
    ) -> Reply:
        """Compose an answer as of `written`: the instant from which the next window and deadline are told."""
        return compose(
            verdict,
            letter,
            texts=self.texts,
            window=self.window,
            received=written,
            reference=reference_of(mail),
            registered_accounts=own,
            service=self.service,
            operator=operator,
        )

    def copies(
        self, letter: Letter, verdict: Verdict, mail: StoredMail, register: RegisterExcerpt, now: datetime
    ) -> tuple[Copy, ...]:
        """What was recorded, for the registered addresses of accounts that somebody else wrote about."""
        if not self.limits.copy_to_registered:
            return ()
        replies = compose_copies(
            verdict,
            register,
            letter.sender,
            texts=self.texts,
            window=self.window,
            received=mail.received,
            reference=reference_of(mail),
            service=self.service,
        )
        before = Restraint(RESCANNED) if self._was_handled_before(mail) else None
        held = [(reply, before or self.restraints.on_copy(reply.to, now)) for reply in replies]
        return tuple(Copy(reply, restraint.because if restraint else None) for reply, restraint in held)


def reference_of(mail: StoredMail) -> str:
    """The number by which an answer names its message, so that operators find it."""
    return f"{mail.id:06d}"
