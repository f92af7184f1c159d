"""Mail that only its own words give away: it says that nobody wrote it, or that who should read ours is away.

People may say the like, so such mail is read by the rules as any other; it is only not answered, but by an operator.
"""

from collections.abc import Sequence

from config.automatic import AutomaticTexts, fold_text
from models.statement import Role, Statement


def is_automatic_text(statement: Statement, texts: AutomaticTexts) -> bool:
    """Whether the newest part says so; not where it names an account, as a customer does.

    One who is away may send his readings, so that an absence counts only where no number can be one.
    """
    if statement.with_role(Role.ACCOUNT):
        return False
    words = fold_text(statement.text)
    if _says(words, texts.says_so):
        return True
    brings_readings = bool(statement.with_role(Role.VALUE, Role.BARE))
    return not brings_readings and _says(words, texts.absent) and _says(words, texts.meanwhile)


def _says(words: str, phrases: Sequence[str]) -> bool:
    return any(phrase in words for phrase in phrases)
