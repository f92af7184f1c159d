"""Statements for tests: what a text of a customer is read as, one short line a number."""

from functools import cache

from config.words import load_languages
from models.letter import NewestPart
from models.statement import Number, Statement
from parsers.lexicon import Lexicon
from parsers.piece import Piece
from parsers.pieces import pieces_of
from parsers.statement import read_statement
from parsers.tokens import tokenise
from tests.letters import make_letter


@cache
def project_lexicon() -> Lexicon:
    """The words of the project's own languages, compiled once."""
    return Lexicon(load_languages())


def read_text(body: str, *, subject: str = "", signature: str = "", forwarded: str = "") -> Statement:
    """Read a body as the newest part of a mail."""
    return read_statement(make_letter(subject=subject), NewestPart(body, signature, forwarded), project_lexicon())


def pieces_in(text: str) -> list[Piece]:
    """The pieces of a text."""
    lexicon = project_lexicon()
    return pieces_of(tokenise(lexicon.normaliser.fold(text), text), lexicon)


def describe(number: Number) -> str:
    """A number in one line: its role, its text, and what its label says, each where it says it."""
    label = number.label
    tariff = f"T{label.tariff}" if label.tariff else None
    water = "water" if label.water and label.service is None else None
    carried = "carried" if label.carried else None
    parts = (number.role, number.text, label.service, label.zone, tariff, water, carried)
    return " ".join(str(part) for part in parts if part)


def told(body: str, *, subject: str = "", signature: str = "") -> list[str]:
    """What each number of a text was explained as."""
    return [describe(number) for number in read_text(body, subject=subject, signature=signature).numbers]
