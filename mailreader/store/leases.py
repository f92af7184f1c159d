"""Leases: what only one process may do at a time, and another takes over when that one has died."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, delete
from sqlmodel import col

from mailreader.store.engine import writing
from mailreader.store.turns import Turn, take_turn
from models.tables import LeaseRow


def hold(
    engine: Engine, name: str, holder: str, now: datetime, until: datetime, is_gone: Callable[[str], bool]
) -> str | None:
    """Take a lease or make it last; returns who else has it, None where it is the holder's own from now on.

    It is free where it was never taken, where it has run out, and where its holder `is_gone`.
    """
    with writing(engine) as session:
        row = session.get(LeaseRow, name, with_for_update=True)
        if row is None:
            take_turn(session, Turn.ARRIVALS)  # two that take it for the first time would both insert it
            row = session.get(LeaseRow, name) or LeaseRow(name=name, holder=holder, until=until)
        if row.holder != holder and row.until > now and not is_gone(row.holder):
            return row.holder
        row.holder, row.until = holder, until
        session.add(row)
        return None


def give_up(engine: Engine, name: str, holder: str) -> None:
    """Let anybody take the lease, if it is the holder's own."""
    with writing(engine) as session:
        row = LeaseRow
        session.connection().execute(delete(row).where(col(row.name) == name, col(row.holder) == holder))
