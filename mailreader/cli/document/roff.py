"""Text for man: escaped, so that it is shown as it stands and can be copied into a shell."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

_ESCAPES: Final = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "^": r"\(ha", "~": r"\(ti"})
"""Without these man would show a hyphen, a curly quote and raised signs."""
_MARKED: Final = re.compile(r"\*\*(.+?)\*\*|`(.+?)`")
_ITEM: Final = "- "


def bold(text: str) -> str:
    """Return the text in bold."""
    return rf"\fB{plain(text)}\fR"


def plain(text: str) -> str:
    """Return the text as it stands, in ASCII; no line of it is taken for a request to man."""
    escaped = "".join(one if one.isascii() else rf"\[u{ord(one):04X}]" for one in text.translate(_ESCAPES))
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


def marked(text: str) -> str:
    """Return a paragraph whose `names` and **headings** are bold."""
    return _MARKED.sub(lambda mark: rf"\fB{mark[1] or mark[2]}\fR", plain(text))


def literal(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines that stay as they are, indented."""
    yield from (".RS 4", ".nf", *(plain(line) for line in lines), ".fi", ".RE")


def prose(text: str) -> Iterator[str]:
    """Yield paragraphs, and items where a line begins with a dash, as the manual's pages in Markdown have them."""
    for block in re.split(rf"\n\n|\n(?={_ITEM})", text.strip()):
        line = " ".join(block.removeprefix(_ITEM).split())
        yield from ([r".IP \(bu 2"] if block.startswith(_ITEM) else [".PP"])
        yield marked(line)
