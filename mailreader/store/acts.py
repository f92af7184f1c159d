"""The one transaction of an operator's act: look at the item, rule, write down all that follows (rules, section 6)."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from mailreader.store.audit import note_act
from mailreader.store.decisions import Question, rewrite_verdict, stored_verdict
from mailreader.store.engine import writing
from mailreader.store.filing import file_again
from mailreader.store.history import load_history, record_readings
from mailreader.store.items import close_mended, is_mended
from mailreader.store.lookup import account_rows, accounts_named, excerpt
from mailreader.store.outbox import put_reply
from mailreader.store.turns import Turn, share_turn
from models.acts import ActRefused, By, QueuedItem, Ruling
from models.catalogue import Act, OutboxState, QueueStatus, ReplyOrigin
from models.history import History, ReadingSource
from models.register import RegisterExcerpt
from models.tables import MessageRow, OutboxRow, QueueRow
from models.verdict import Verdict

_CAN_BE_RETRIED: Final = frozenset({OutboxState.FAILED, OutboxState.UNKNOWN, OutboxState.HELD, OutboxState.WAITING})
SUPERSEDED: Final = "superseded"
"""Why an automatic answer is held that an operator was faster than."""
Ruler = Callable[[QueuedItem, RegisterExcerpt, History], Ruling]


def rule(
    engine: Engine,
    question: Question,
    ruler: Ruler,
    act: Act,
    by: By,
    *,
    statuses: Collection[QueueStatus],
    reply_domain: str,
) -> int | None:
    """Have an operator's act done, or nothing at all; return the number of its answer in the outbox, if it has one.

    `ruler` is shown the item, the accounts that the question names and their history without what this message itself
    was refused for. What it raises undoes everything. ActRefused where the item is not in one of `statuses`.
    """
    with writing(engine) as session:
        # In the order of a decision: a register that is being imported, accounts, then the queue.
        share_turn(session, Turn.REGISTER)
        accounts = account_rows(session, accounts_named(session, question.sender, question.identifiers))
        message, row = _item(session, question.message_id, statuses)
        history = load_history(session, [found.number for found in accounts], question.period, besides=message.id)
        item = QueuedItem(
            message.id, row.status, stored_verdict(session, message), message.sender, message.received, message.uid
        )
        ruling = ruler(item, excerpt(session, accounts, history.recorded, question.period), history)
        _write(session, message, row, ruling)
        answer = None
        if ruling.reply is not None:
            _supersede(session, message, by)
            answer = put_reply(
                session, message, ruling.reply, by.at, reply_domain,
                origin=ReplyOrigin.OPERATOR, held_because=ruling.held_because,
            )  # fmt: skip
        note_act(session, act, by.actor, by.at, message.id, _details(item, ruling, by, answer))
        return answer


def retry(engine: Engine, reply: int, by: By) -> None:
    """Have a reply sent that failed, is unknown or held, or waits for a later try; ActRefused where that cannot be."""
    with writing(engine) as session:
        row = session.get(OutboxRow, reply, with_for_update=True)
        if row is None:
            raise ActRefused(f"There is no answer {reply}.")
        if row.state not in _CAN_BE_RETRIED:
            raise ActRefused(f"Answer {reply} is {row.state}: there is nothing to try again.")
        if row.claimed_until is not None and row.claimed_until > by.at:
            raise ActRefused(f"Answer {reply} is being sent at this moment: look again in a few minutes.")
        details = {"answer": reply, "state": row.state, "last_error": row.last_error, "held_because": row.held_because}
        row.state, row.not_before, row.claimed_until, row.held_because = OutboxState.WAITING, by.at, None, None
        row.bounced_at = None  # whoever sends it again knows better
        row.created_at = by.at  # from now on it is tried for as long as a new one, and counts as one of today
        message = session.get_one(MessageRow, row.message_id)
        if row.origin is ReplyOrigin.AUTOMATIC:
            message.held_back = None
        note_act(session, Act.RETRY_ANSWER, by.actor, by.at, message.id, {**details, "note": by.note})


def _item(session: Session, message_id: int, statuses: Collection[QueueStatus]) -> tuple[MessageRow, QueueRow]:
    row = session.get(QueueRow, message_id, with_for_update=True)
    if row is None:
        raise ActRefused(f"Message {message_id} is not in the queue.")
    if row.status not in statuses:
        raise ActRefused(
            f"Item {message_id} is {row.status} already: `mailreader queue show {message_id}` tells by whom."
        )
    return session.get_one(MessageRow, message_id, with_for_update=True), row


def _write(session: Session, message: MessageRow, row: QueueRow, ruling: Ruling) -> None:
    """Write the new verdict and what it records; other items that this mends are closed as by a message."""
    before = message.outcome
    row.status = ruling.status
    rewrite_verdict(session, message, ruling.verdict)
    registered_at = ruling.verdict.registered_at or message.received
    counts = record_readings(
        session, message, ruling.recorded, registered_at, message.period or "",
        source=ruling.source, prevails=ruling.prevails,
    )  # fmt: skip
    if not counts and ruling.source is ReadingSource.OPERATOR:
        raise ActRefused("A later message has given another value, which counts. --force records yours in its place.")
    if ruling.recorded:
        close_mended(session, message, [reading.account for reading in ruling.recorded if reading.account])
    if ruling.status is QueueStatus.OPEN and is_mended(session, message):
        row.status = QueueStatus.SUPERSEDED
    if message.outcome is not before:
        file_again(session, message.id)


def _supersede(session: Session, message: MessageRow, by: By) -> None:
    """Keep back an automatic answer that has not gone out yet: what the operator writes now is the newer word."""
    row = OutboxRow
    is_free = col(row.claimed_until).is_(None) | (col(row.claimed_until) <= by.at)
    waits = (col(row.state) == OutboxState.WAITING) & is_free
    late = session.exec(
        select(row)
        .where(row.message_id == message.id, row.origin == ReplyOrigin.AUTOMATIC)
        .where(waits | (col(row.state) == OutboxState.HELD))
        .with_for_update()
    )
    for answer in late:
        answer.state, answer.held_because = OutboxState.HELD, SUPERSEDED
        message.held_back = SUPERSEDED


def _details(item: QueuedItem, ruling: Ruling, by: By, answer: int | None) -> Mapping[str, Any]:
    """The facts of the act: what the item was before, and what was made of it."""
    return {
        **ruling.details,
        **({"note": by.note} if by.note else {}),
        **({"answer": answer} if answer is not None else {}),
        "outcome": ruling.verdict.outcome,
        "readings": _readings(ruling.verdict),
        "before": {
            "status": item.status,
            "outcome": item.verdict.outcome,
            "reasons": list(item.verdict.reasons),
            "readings": _readings(item.verdict),
        },
    }


def _readings(verdict: Verdict) -> list[dict[str, Any]]:
    return [
        {
            "account": reading.account, "serial": reading.serial, "service": reading.service, "zone": reading.zone,
            "value": reading.value, "status": reading.status, "reason": reading.reason, "evidence": reading.evidence,
        }
        for reading in verdict.readings
    ]  # fmt: skip
