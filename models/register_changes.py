"""What a newer register file changes: which accounts, and what about each."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class ChangeKind(StrEnum):
    """What happened to an account. One that is gone from the file stays in the register as it was."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class AccountChange:
    """An account that is new, changed or gone; `columns` of the register file tell what is another than before."""

    account: str
    kind: ChangeKind
    columns: tuple[str, ...] = ()


Note = Callable[[AccountChange], None]
"""Is told each account that is another than before."""
