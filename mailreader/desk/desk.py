"""The operators' desk: what a person does with an item of the queue, each act one transaction with its answer.

The faces (shell, console) ask for an act here and are told what came of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from mailreader.answers import OperatorWords
from mailreader.antecedents import Antecedents
from mailreader.case import Case
from mailreader.correspondence import Correspondence
from mailreader.desk.acceptance import Acceptor
from mailreader.desk.rejection import reject
from mailreader.judging import Judge
from mailreader.readers import Readers, ReadingFailed, ReadResult
from mailreader.store import Store, StoredMail
from models.acts import Acceptance, ActRefused, By, QueuedItem, Rejection, Ruling
from models.catalogue import Act, Outcome, QueueStatus, ReadingStatus, Reason
from models.decision import Reply
from models.history import History, ReadingSource
from models.register import RegisterExcerpt, identifier_key
from models.verdict import JudgedReading, Verdict

_OPEN: Final = frozenset({QueueStatus.OPEN})
_CAN_BE_READ_AGAIN: Final = frozenset(QueueStatus) - {QueueStatus.ACCEPTED}
_NOT_READ: Final = ReadingFailed("the mail is not kept, or need not be read")


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to: the numbers of the item and of its answer in the outbox.

    `unanswered` says why there is no answer where one was wanted; `changed` is false where reading again came to the
    same verdict.
    """

    message_id: int
    answer: int | None
    unanswered: str | None = None
    changed: bool = True


@dataclass(slots=True)
class _Opened:
    """A message on the desk, read again; `unanswered` is filled once it is known."""

    mail: StoredMail
    case: Case
    answering: bool
    unanswered: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Does the acts; used by one thread at a time."""

    store: Store
    readers: Readers
    antecedents: Antecedents
    judge: Judge
    correspondence: Correspondence

    def accept(self, number: int, order: Acceptance, by: By, *, answering: bool = True) -> Done:
        """Record the values of an item, as read or as the operator has them, and confirm; ActRefused says why not."""
        opened = self._open(number, answering=answering)

        def ruled(item: QueuedItem, register: RegisterExcerpt, history: History) -> Ruling:
            acceptor = Acceptor(item, register, history, self.judge.window, self.judge.policy)
            verdict, recorded = acceptor.accept(order)
            reply = self._reply(opened, verdict, register, OperatorWords(), by) if recorded else None
            return Ruling(
                verdict, QueueStatus.ACCEPTED, recorded, reply, self._held_because(reply, by), prevails=order.forced,
                details={"forced": order.forced},
            )  # fmt: skip

        named = [order.account or "", *(stated.meter for stated in order.values)]
        return self._act(opened, Act.ACCEPT, by, ruled, named=named)

    def reject(self, number: int, order: Rejection, by: By, *, answering: bool = True) -> Done:
        """Turn an item down and tell the customer why; ActRefused where it is not clear why."""
        opened = self._open(number, answering=answering)

        def ruled(item: QueuedItem, register: RegisterExcerpt, _history: History) -> Ruling:
            verdict = reject(item, order)
            reply = self._reply(
                opened, verdict, register, OperatorWords(order.words, with_reasons=bool(order.reasons)), by
            )
            held = self._held_because(reply, by)
            return Ruling(verdict, QueueStatus.REJECTED, reply=reply, held_because=held, details={"words": order.words})

        return self._act(opened, Act.REJECT, by, ruled)

    def dismiss(self, number: int, by: By) -> Done:
        """Close an item without an answer; its outcome stays, and so does its mail where it lies."""
        opened = self._open(number, answering=False, reading=False)
        return self._act(opened, Act.DISMISS, by, lambda item, _r, _h: Ruling(item.verdict, QueueStatus.DISMISSED))

    def reprocess(self, number: int, by: By, *, answering: bool = True, reopening: bool = False) -> Done:
        """Judge a message again, by the register and the rules of today; answered if the verdict is another.

        What got no automatic answer (too old, not asked for) gets none now either. With `reopening` also an item that
        is closed, unless it was accepted.
        """
        opened = self._open(number, answering=answering)
        if opened.mail.raw is None:
            raise ActRefused(f"The mail of message {number} is not kept any more, and cannot be read again.")
        unchanged: list[bool] = []

        def ruled(item: QueuedItem, register: RegisterExcerpt, history: History) -> Ruling:
            verdict = opened.case.verdict(self.judge, register, history)
            own = opened.case.registered_accounts(register)
            silence = item.verdict.silence or self.correspondence.silence(
                opened.case.automatic, opened.mail, own, by.at
            )
            verdict = replace(verdict, silence=silence)
            _keep_recorded(item.verdict, verdict)
            same = _essence(verdict) == _essence(item.verdict)
            unchanged.append(same)
            reply = None if same or silence else self._reply(opened, verdict, register, OperatorWords(), by)
            recorded = tuple(_newly_recorded(item.verdict, verdict))
            held = self._held_because(reply, by)
            return Ruling(verdict, _status_of(verdict), recorded, reply, held, ReadingSource.MAIL)

        done = self._act(
            opened, Act.REPROCESS, by, ruled, statuses=_CAN_BE_READ_AGAIN if reopening else _OPEN, needs_reading=True
        )
        return replace(done, changed=unchanged != [True])

    def _open(self, number: int, *, answering: bool, reading: bool = True) -> _Opened:
        mail = self.store.mail(number)
        if mail is None:
            raise ActRefused(f"There is no message {number}.")
        result = self._read(mail.raw) if reading and mail.raw is not None else _NOT_READ
        case = Case.of(result, mail.received, self.correspondence.rules_of(mail))
        return _Opened(mail, case.continuing(self.antecedents.continued), answering)

    def _read(self, raw: bytes) -> ReadResult:
        """Read a mail, once more where that fails: the machine may have been busy."""
        first = next(iter(self.readers.read([raw])))
        return next(iter(self.readers.read([raw]))) if isinstance(first, ReadingFailed) else first

    def _act(
        self,
        opened: _Opened,
        act: Act,
        by: By,
        ruled: Callable[[QueuedItem, RegisterExcerpt, History], Ruling],
        *,
        named: list[str] | None = None,
        statuses: frozenset[QueueStatus] = _OPEN,
        needs_reading: bool = False,
    ) -> Done:
        """Have the act done with the accounts in sight that the message, its readings and the operator name."""
        number, received = opened.mail.id, opened.mail.received
        line = self.store.message(number)
        is_readable = line is not None and Reason.UNREADABLE not in line.line.reasons
        if opened.case.letter is None and opened.mail.raw is not None and is_readable:
            _refuse_unread(number, needs_reading=needs_reading, answering=opened.answering)
        readings = line.line.readings if line else ()
        words = [word for reading in readings for word in (reading.account, reading.serial) if word]
        answer = self.store.rule(
            number,
            ruled,
            act,
            by,
            sender=opened.case.sender or (line.line.sender if line else None),
            identifiers=opened.case.identifiers | {identifier_key(word) for word in (*words, *(named or ())) if word},
            period=self.judge.window.period(received),
            statuses=statuses,
        )
        return Done(number, answer, opened.unanswered)

    def _held_because(self, reply: Reply | None, by: By) -> str | None:
        """Why an operator's answer may not go out by itself: its address was found not to exist."""
        return None if reply is None else self.correspondence.restraints.on_operator(reply.to, by.at)

    def _reply(
        self, opened: _Opened, verdict: Verdict, register: RegisterExcerpt, words: OperatorWords, by: By
    ) -> Reply | None:
        """The answer to the sender; None where none is wanted, or he cannot be answered, which is noted."""
        letter = opened.case.letter
        if not opened.answering or verdict.reply_kind is None:
            return None
        if letter is None:
            opened.unanswered = "the mail cannot be read"
            return None
        own = opened.case.registered_accounts(register)
        opened.unanswered = self.correspondence.unanswerable(opened.case.automatic, own)
        return (
            None if opened.unanswered else self.correspondence.answer(letter, verdict, opened.mail, own, words, by.at)
        )


def _refuse_unread(number: int, *, needs_reading: bool, answering: bool) -> None:
    """ActRefused where a mail that was read before cannot be read at this moment, and the act depends on it."""
    if needs_reading or answering:
        way_out = "" if needs_reading else ", or give --no-answer"
        raise ActRefused(
            f"The mail of message {number} could not be read just now: try again{way_out}. Nothing was done."
        )


def _keep_recorded(before: Verdict, after: Verdict) -> None:
    """ActRefused where reading again would take back what is recorded: that takes a person to say."""
    lost = _recorded(before).keys() - _recorded(after).keys()
    if lost:
        told = "; ".join(f"{account}, {serial}, {zone}: {value}" for account, serial, zone, value in sorted(lost))
        raise ActRefused(
            f"Read again, the message would no longer bring what is recorded of it ({told}). Nothing was done."
        )


def _recorded(verdict: Verdict) -> dict[tuple[str, str, str, str], JudgedReading]:
    """The recorded readings of a verdict by account, serial, zone and value."""
    return {
        (str(one.account), str(one.serial), str(one.zone), str(one.value)): one
        for one in verdict.readings
        if one.status is ReadingStatus.RECORDED
    }


def _newly_recorded(before: Verdict, after: Verdict) -> Iterator[JudgedReading]:
    """What a verdict records that was not recorded of the message before: the rest has its place in the history."""
    known = _recorded(before)
    return (one for place, one in _recorded(after).items() if place not in known)


def _essence(verdict: Verdict) -> object:
    """What a customer would be told anew if it is another."""
    return verdict.outcome, verdict.request, verdict.findings, verdict.readings


def _status_of(verdict: Verdict) -> QueueStatus:
    """Where an item stands after its message was judged again."""
    if verdict.needs_item:
        return QueueStatus.OPEN
    return QueueStatus.ACCEPTED if verdict.outcome is Outcome.ACCEPTED else QueueStatus.DISMISSED
