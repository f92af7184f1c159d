"""What `check` finds: a line for each thing that has to work."""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Level(StrEnum):
    """How grave a finding is; a fault is `temporary` where waiting alone may mend it."""

    OK = "ok"
    WARNING = "warning"
    TEMPORARY = "temporary"
    ERROR = "error"
    CONFIGURATION = "configuration"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it stands, and a sentence that says what to do where need be."""

    check: str
    level: Level
    sentence: str
