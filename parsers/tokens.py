"""Cuts folded text into tokens: a table of rules and a small engine; every token knows its place.

Shapes that explain a number by themselves (links, dates, times, chat stamps) are tokens of their own, so that the
digits in them never come up as candidates (rules, section 5).
"""

import re
from collections import Counter
from collections.abc import Iterator
from enum import IntEnum, auto
from itertools import pairwise
from typing import Final, NamedTuple

from parsers.normalise import HARD_SPACE, Folded


class Kind(IntEnum):
    """What a token is by its shape."""

    WORD = auto()
    NUMBER = auto()
    LINK = auto()
    STAMP = auto()
    DATE = auto()
    TIME = auto()
    PHONE = auto()
    CURRENCY = auto()
    SHARE = auto()
    BREAK = auto()
    STOP = auto()
    COMMA = auto()
    OPEN = auto()
    CLOSE = auto()
    GAP = auto()
    SIGN = auto()


class Token(NamedTuple):
    """A token with its half-open range of the folded text.

    `glued` means that no space stands before it, `capital` that a word begins with a capital letter, `shouted` that
    all its letters are.
    """

    kind: Kind
    text: str
    start: int
    end: int
    glued: bool = False
    capital: bool = False
    shouted: bool = False


_O: Final = "o\u043e"
_LETTER: Final = r"[^\W\d_]"
_SPACE: Final = f"[ {HARD_SPACE}]"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_YEAR: Final = r"(?:19|20)\d{2}"
_DATE_FULL: Final = "|".join(
    (rf"{_DAY}[./]{_MONTH}[./](?:{_YEAR}|\d{{2}})", rf"{_DAY}-{_MONTH}-{_YEAR}", rf"{_YEAR}-{_MONTH}-{_DAY}")
)

_RULES: Final[tuple[tuple[Kind, str], ...]] = (
    (Kind.LINK, r"(?:https?|ftp|ldap)://[^\s<>]+|www\.[^\s<>]+"),
    (Kind.LINK, r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"),
    (Kind.STAMP, r"\[[^\]\n]{0,30}\d{1,2}:\d{2}[^\]\n]{0,30}\]"),
    (Kind.DATE, rf"(?<![\d.,])(?:{_DATE_FULL})(?![\d])"),
    (Kind.TIME, r"(?<![\d.,])\d{1,2}:\d{2}(?::\d{2})?(?!\d)"),
    (Kind.PHONE, rf"\+{_SPACE}?7(?:[ {HARD_SPACE}()-]{{0,2}}\d){{10}}(?!\d)"),
    (Kind.PHONE, rf"(?<![\d.,])8{_SPACE}?\(?7(?:[ {HARD_SPACE}()-]{{0,2}}\d){{9}}(?!\d)"),
    (Kind.PHONE, rf"(?<![\d.,-])(?:7|8)?{_SPACE}?\(\d{{3,5}}\)(?:[ {HARD_SPACE}-]{{0,2}}\d){{5,7}}(?!\d)"),
    (Kind.NUMBER, r"(?<![\w.,-])\d{1,4}(?:-\d{1,4}){1,4}(?![\w-])"),
    (Kind.NUMBER, r"(?<![\w.,-])(?<!\d )\d(?: \d){2,}(?![\w-])(?! \d)(?![.,]\d)"),
    (
        Kind.NUMBER,
        rf"(?<!{_LETTER})(?<![\d.,])\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)(?![.,]\d{{3}}{_SPACE}\d)(?:[.,]\d+)?",
    ),
    (Kind.NUMBER, rf"(?<![\w.,])(?=[\d {_O}]{{0,40}}[{_O}])\d{{1,3}}(?: [\d{_O}]{{3}})+(?:[.,][\d{_O}]+)?(?!\w)"),
    (Kind.NUMBER, rf"(?<!\w)(?=[{_O}]{{0,3}}\d)(?=\d*[{_O}])[\d{_O}]+(?:[.,][\d{_O}]+)?(?!\w)"),
    (Kind.NUMBER, rf"(?<!\w)\d+(?:[{_O}]+\d+)+(?:[.,]\d+)?"),
    (Kind.NUMBER, r"(?<![\w.,'])[1-9]\d{0,2}(?:'\d{3})+(?![\w'])(?:[.,]\d+)?"),
    (Kind.NUMBER, r"\d+(?:[.,]\d+)*"),
    (Kind.WORD, rf"{_LETTER}+(?:'{_LETTER}*)*"),
    (Kind.CURRENCY, r"[\u20b8$\u20ac\u20bd]"),
    (Kind.SHARE, r"[%\u2030\u00b0]"),
    (Kind.BREAK, r"\n\s*"),
    (Kind.GAP, rf"{_SPACE}*\.{{4,}}{_SPACE}*"),
    (Kind.GAP, rf"{_SPACE}*\t[\t{_SPACE[1:-1]}]*|{_SPACE}*\|{_SPACE}*|{_SPACE}{{2,}}"),
    (Kind.STOP, r"[!?;\u2026]+|\.{2,}"),
    (Kind.COMMA, r","),
    (Kind.OPEN, r"[(\[{]"),
    (Kind.CLOSE, r"[)\]}]"),
    (Kind.SIGN, r"\S"),
)
_ENGINE: Final = re.compile("|".join(f"({rule})" for _, rule in _RULES))
_KINDS: Final = (Kind.SIGN, *(kind for kind, _ in _RULES))
"""The kind of each group of the engine; its groups count from 1."""
_ABBREVIATION_LENGTH: Final = 5
_SHORTEST_LAST_WORD: Final = 4
_COLUMN_SIGNS: Final = 2
_WIDE_SPACE: Final = "  "


def tokenise(folded: Folded, original: str) -> list[Token]:
    """Cut the text; a full stop ends a sentence where one can end (see `_ends_sentence`)."""
    tokens = _with_columns(list(_raw(folded, original)))
    if any(token.kind is Kind.GAP for token in tokens):
        tokens = list(_without_wide_spaces(tokens))
    for start, end in _lines(tokens):
        small = not any(token.capital for token in tokens[start:end])
        for place in range(start, end):
            if tokens[place].text == "." and _ends_sentence(tokens, place, small=small):
                tokens[place] = tokens[place]._replace(kind=Kind.STOP)
    return tokens


def _lines(tokens: list[Token]) -> list[tuple[int, int]]:
    """The half-open ranges of tokens that are lines, each with the break at its end."""
    starts = [0, *(place + 1 for place, token in enumerate(tokens) if token.kind is Kind.BREAK), len(tokens)]
    return list(pairwise(starts))


def _raw(folded: Folded, original: str) -> Iterator[Token]:
    end = 0
    for match in _ENGINE.finditer(folded.text):
        kind = _KINDS[match.lastindex or 0]
        value = match.group()
        start, glued = match.start(), match.start() == end
        end = match.end()
        if kind is Kind.WORD:
            capital = original[folded.offsets[start]].isupper()
            shouted = capital and _is_shouted(folded.original(start, end).of(original))
            yield Token(kind, value.replace("'", ""), start, end, glued, capital, shouted)
        else:
            yield Token(kind, value, start, end, glued)


def _with_columns(tokens: list[Token]) -> list[Token]:
    """Make gaps of what parts columns: as many semicolons, or slashes with spaces, in one line as in the next."""
    if not any(_may_part_columns(token) for token in tokens):
        return tokens
    lines = [tokens[start:end] for start, end in _lines(tokens)]
    counts = [Counter(token.text for token in line if _may_part_columns(token)) for line in lines]
    parted: list[Token] = []
    for line, above, own, below in zip(lines, [Counter(), *counts], counts, [*counts[1:], Counter()], strict=False):
        parting = {
            sign for sign, count in own.items() if count >= _COLUMN_SIGNS and count in {above[sign], below[sign]}
        }
        parted += [
            token._replace(kind=Kind.GAP) if token.text in parting and _may_part_columns(token) else token
            for token in line
        ]
    return parted


def _may_part_columns(token: Token) -> bool:
    return token.text == ";" or (token.text == "/" and not token.glued)


def _is_shouted(written: str) -> bool:
    return len(written) > 1 and written.isupper()


def _without_wide_spaces(tokens: list[Token]) -> Iterator[Token]:
    """Leave out gaps of two spaces in paragraphs that have no wider ones: a habit of typing, and no columns."""
    start = 0
    while start < len(tokens):
        end = next((place for place in range(start, len(tokens)) if tokens[place].text.count("\n") > 1), len(tokens))
        paragraph = tokens[start : end + 1]
        columns = any(token.kind is Kind.GAP and token.text != _WIDE_SPACE for token in paragraph)
        yield from paragraph if columns else _joined(paragraph)
        start = end + 1


def _joined(tokens: list[Token]) -> Iterator[Token]:
    """The tokens without gaps; what stood behind one is glued to nothing."""
    parted = False
    for token in tokens:
        if token.kind is not Kind.GAP:
            yield token._replace(glued=False) if parted else token
        parted = token.kind is Kind.GAP


def _ends_sentence(tokens: list[Token], place: int, *, small: bool) -> bool:
    """Whether the full stop at `place` is more than the mark of an abbreviation ("apt. 5", "el. energy").

    Where all of a line is written in `small` letters, none need follow.
    """
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following is None or following.kind is Kind.BREAK:
        return True
    if place == 0 or following.glued:
        return False
    before = tokens[place - 1]
    if before.kind is not Kind.WORD:
        return True
    if following.kind is not Kind.WORD:
        return len(before.text) > _ABBREVIATION_LENGTH
    measured = place > 1 and tokens[place - 2].kind is Kind.NUMBER
    return (following.capital or small) and (measured or len(before.text) >= _SHORTEST_LAST_WORD)
