"""The mail of a run, and what must become of each message whatever fails meanwhile."""

from dataclasses import dataclass
from typing import Final

from tests.system.site import NO_ACCOUNT, READINGS, REQUEST, letter

REPLACED: Final = "Лицевой счет 0863576. Свет 58300."


@dataclass(frozen=True, slots=True)
class Expected:
    """A message as it is delivered; `outcome` is None for the second delivery of an earlier one."""

    name: str
    raw: bytes
    outcome: str | None
    folder: str
    answered: bool = True


RIGHT: Final = Expected("right", letter(READINGS, name="right"), "accepted", "Processed")
WRONG: Final = Expected("wrong", letter(NO_ACCOUNT, name="wrong"), "rejected", "Rejected")
ROBOT: Final = Expected(
    "robot", letter(name="robot", Auto_Submitted="auto-replied"), "ignored", "Ignored", answered=False
)
AGAIN: Final = Expected("again", RIGHT.raw, None, "Processed", answered=False)
ASKED: Final = Expected("asked", letter(REQUEST, name="asked"), "review", "Review")
LATER: Final = Expected("later", letter(REPLACED, name="later"), "accepted", "Processed")

AT_FIRST: Final = (RIGHT, WRONG, ROBOT, AGAIN)
MEANWHILE: Final = (ASKED, LATER)
"""What comes while something fails: a request, and another value for a register that has one already."""
READINGS_EXPECTED: Final = (
    ("0863576", "electricity", "58291", "replaced"),
    ("0863576", "electricity", "58300", "current"),
    ("0863576", "hot_water", "1257", "current"),
)
