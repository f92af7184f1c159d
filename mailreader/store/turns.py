"""Turns: what only one process at a time may do, and what must wait for it.

Each turn is a row of its own, held until the transaction ends. On SQLite every writer has its turn anyway.
"""

from enum import StrEnum, unique

from sqlmodel import Session

from models.tables import SettingRow


@unique
class Turn(StrEnum):
    """What there are turns for, by the name of its row."""

    ARRIVALS = "turn_of_arrivals"
    REGISTER = "turn_of_register"


def take_turn(session: Session, turn: Turn) -> None:
    """Wait until nobody else has this turn, and hold it alone."""
    session.get_one(SettingRow, turn.value, with_for_update=True)


def share_turn(session: Session, turn: Turn) -> None:
    """Wait until nobody has this turn alone, and hold it together with others that share it."""
    session.get_one(SettingRow, turn.value, with_for_update={"read": True})
