"""The audit trail: who did what to a message, and when. It only grows; triggers of the database hold that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from mailreader.store.engine import reading
from models.catalogue import Act
from models.columns import clean_json
from models.lines import AuditLine
from models.tables import AuditRow


def note_act(
    session: Session, act: Act, actor: str, now: datetime, message_id: int | None, details: Mapping[str, Any]
) -> None:
    """Write an act into the trail, within the transaction that does it."""
    session.add(AuditRow(at=now, actor=actor, act=act, message_id=message_id, details=clean_json(dict(details))))


def trail(engine: Engine, message_id: int | None) -> list[AuditLine]:
    """Return the acts on one message, oldest first; with None those that are about no message."""
    query = select(AuditRow).where(AuditRow.message_id == message_id).order_by(col(AuditRow.id))
    with reading(engine) as session:
        return [
            AuditLine(row.id, row.at, row.actor, row.act, row.message_id, row.details) for row in session.exec(query)
        ]
