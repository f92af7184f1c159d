"""Addresses that do not exist: replies that came back, and what that means for others to the same address.

A reply is known again by the tag of its envelope: its number, and a part that nobody can guess (RFC 2104). The secret
behind it stands in no mail, unlike the token of the Message-IDs.
"""

import hmac
import re
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, update
from sqlmodel import Session, col, or_, select

from mailreader.store.breaker import BREAKER
from mailreader.store.engine import reading
from models.catalogue import OutboxState, ReplyOrigin
from models.decision import Bounce
from models.tables import MessageRow, OutboxRow, SettingRow

ADDRESS_BOUNCED: Final = "address_bounced"
"""Why an answer is held whose address was found not to exist."""
_TAG: Final = re.compile(r"(?P<reply>[1-9]\d{0,17})\.[0-9a-f]{16}")
_TOKEN_LETTERS: Final = 16
_HIGHEST: Final = 2**31 - 1
"""No row has a higher number, and PostgreSQL is not asked for one."""


def tag_of(session: Session, row: OutboxRow) -> str:
    """Return the tag of a reply's envelope: `NUMBER.TOKEN`, all digits and lower-case letters.

    The token is that of the Message-ID: numbers come again in a database that was restored from a backup.
    """
    secret = session.get_one(SettingRow, "bounce_secret").value
    token = hmac.new(secret.encode(), row.reply_id.encode(), "sha256").hexdigest()
    return f"{row.id}.{token[:_TOKEN_LETTERS]}"


def bounced_since(engine: Engine, address: str, since: datetime) -> bool:
    """Return whether a reply to `address` came back since an instant because there is no such address."""
    query = select(OutboxRow.id).where(OutboxRow.to == address, col(OutboxRow.bounced_at) >= since).limit(1)
    with reading(engine) as session:
        return session.exec(query).first() is not None


def note_bounce(session: Session, bounce: Bounce, now: datetime) -> None:
    """Fail the reply that came back; nothing happens where the tag is not one of ours."""
    row = _reply_of(session, bounce.tag)
    if row is None:
        return
    row.state, row.last_error, row.claimed_until = OutboxState.FAILED, bounce.error, None
    if bounce.hard:
        mark_bounced(session, row, now)


def mark_bounced(session: Session, row: OutboxRow, now: datetime) -> None:
    """Note that there is no such address as the reply's; what else is on its way to it is held."""
    row.bounced_at = row.bounced_at or now
    session.flush()
    doomed = (
        col(OutboxRow.to) == row.to,
        col(OutboxRow.id) != row.id,
        or_(col(OutboxRow.state) == OutboxState.WAITING, col(OutboxRow.held_because) == BREAKER),
    )
    answered = select(OutboxRow.message_id).where(*doomed, OutboxRow.origin == ReplyOrigin.AUTOMATIC)
    held = {"state": OutboxState.HELD, "held_because": ADDRESS_BOUNCED, "claimed_until": None}
    connection = session.connection()
    connection.execute(update(MessageRow).where(col(MessageRow.id).in_(answered)).values(held_back=ADDRESS_BOUNCED))
    connection.execute(update(OutboxRow).where(*doomed).values(held))


def _reply_of(session: Session, tag: str) -> OutboxRow | None:
    """The reply that a tag belongs to; None where it is forged, or of another database."""
    match = _TAG.fullmatch(tag)
    number = int(match["reply"]) if match else 0
    row = session.get(OutboxRow, number, with_for_update=True) if 0 < number <= _HIGHEST else None
    return row if row is not None and hmac.compare_digest(tag, tag_of(session, row)) else None
