"""HTML as the person sees it: hidden and struck-out text gone, a table row on a line (rules, section 5).

The tree is walked by hand and without recursion rather than rendered by a library: quoted blocks get the "> " of plain
text, so that one reader of quotes serves both, and a table row stays on one line whatever its cells hold.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

MARKUP_CHARACTERS: Final = 1_000_000
TAGS: Final = 15_000
FRAMES: Final = 40
CELL_CHARACTERS: Final = 160
_DATA_ROWS: Final = 2
_DATA_COLUMNS: Final = 2
_DEEP_QUOTE: Final = "> > > > "
_QUOTE: Final = "quote"
_PART_OF_TABLE: Final = "part of table"

_SKIPPED: Final = frozenset(
    {"head", "style", "script", "title", "template", "noscript", "svg", "math", "object", "iframe"}
    | {"select", "textarea", "button", "input", "map"}
)
_STRUCK: Final = frozenset({"s", "del", "strike"})
_BLOCKS: Final = frozenset(
    {"address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset"}
    | {"figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li", "main", "nav"}
    | {"ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
_CELLS: Final = frozenset({"td", "th"})
_HIDING: Final = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$))",
    re.IGNORECASE,
)
_FONT_SIZE: Final = re.compile(r"(?:^|[;\s])font-size\s*:\s*([\d.]{1,9})", re.IGNORECASE)
_STRIKING: Final = re.compile(r"text-decoration(?:-line)?\s*:[^;]{0,60}line-through", re.IGNORECASE)
_NO_BORDER: Final = re.compile(r"border(?:-left)?\s*:\s*(?:none|medium none|0)", re.IGNORECASE)
_QUOTE_CLASSES: Final = frozenset({"moz-cite-prefix", "yahoo_quoted", "gmail_extra_quote"})
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_RUN: Final = re.compile(r"[ \t\r\n\f]{2,}|[\r\n\f]")
"""Spaces that are seen as one, but for one alone."""
_WIDE: Final = re.compile(r"[ \t]*\t[ \t]*| {3,}")
_TAG: Final = re.compile(r"<[^<>]*>")
_OPENING: Final = re.compile(r"<[a-zA-Z]")
_DIGIT: Final = re.compile(r"\d")
_BREAKING_TAG: Final = re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^<>]*>", re.IGNORECASE)
_UNREAD_ELEMENT: Final = re.compile(
    r"<(style|script|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class VisibleText:
    """Lines of text, quoted ones with "> " before them, table cells separated by tabs.

    `has_table` tells a table of data: at least two rows with digits in them and two columns; `has_struck` that
    struck-out text was withdrawn.
    """

    text: str
    has_table: bool = False
    has_struck: bool = False


def parse_html(markup: str) -> VisibleText:
    """Return what is to be seen of `markup`; never raises, and bounded in time for any input."""
    markup = markup[:MARKUP_CHARACTERS].replace("\0", "")
    if sum(1 for _ in _OPENING.finditer(markup)) > TAGS:
        return VisibleText(_without_tags(markup))
    root = LexborHTMLParser(markup).root
    return _Renderer().render(root) if root is not None else VisibleText("")


def _without_tags(markup: str) -> str:
    """The text of markup with so many tags that a tree of it would cost too much."""
    bare = _TAG.sub(" ", _BREAKING_TAG.sub("\n", _UNREAD_ELEMENT.sub(" ", markup)))
    text = LexborHTMLParser(bare.replace("<", "&lt;")).text()
    return "\n".join(_SPACE.sub(" ", line).strip() for line in text.split("\n"))


@dataclass(slots=True)
class _Frame:
    """What is open: a cell, a quoted block or the whole; its finished lines and the line being written."""

    lines: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    is_data: bool = True

    def end_line(self, *, even_blank: bool = False) -> None:
        """Finish the line being written; a blank one only where `even_blank`."""
        line = _RUN.sub(_space_of, "".join(self.pieces)).strip()
        self.pieces.clear()
        if line or even_blank:
            self.lines.append(line)


@dataclass(slots=True)
class _Table:
    """An open table: the cells of the row that is being read, and how many rows of data it had."""

    cells: list[_Frame] = field(default_factory=list)
    data_rows: int = 0


def _space_of(run: re.Match[str]) -> str:
    """One space, as is seen; a wide gap within a line of the source stays: columns come so from programs for text."""
    return run[0] if _WIDE.fullmatch(run[0]) else " "


@dataclass(slots=True)
class _Renderer:
    """One walk over a tree; `frames` and `tables` are what is open around the present node, innermost last."""

    frames: list[_Frame] = field(default_factory=lambda: [_Frame()])
    tables: list[_Table] = field(default_factory=list)
    invisible: int = 0
    preformatted: int = 0
    has_table: bool = False
    has_struck: bool = False

    def render(self, root: LexborNode) -> VisibleText:
        """Walk depth first on a stack of our own: nodes to enter, and what to do when they are left."""
        stack: list[LexborNode | tuple[str, ...]] = [root]
        while stack:
            item = stack.pop()
            if isinstance(item, tuple):
                self._leave(item)
            elif item.is_text_node:
                self._write(item.text_content or "")
            elif item.is_element_node and (closing := self._enter(item)) is not None:
                stack.append(closing)
                stack.extend(reversed(list(item.iter(include_text=True))))
        self.frames[0].end_line()
        return VisibleText("\n".join(self.frames[0].lines).strip("\n"), self.has_table, self.has_struck)

    def _write(self, text: str) -> None:
        if self.invisible:
            return
        frame = self.frames[-1]
        if not self.preformatted:
            frame.pieces.append(text)
            return
        first, *others = text.split("\n")
        frame.pieces.append(first)
        for line in others:
            frame.end_line(even_blank=True)
            frame.pieces.append(line)

    def _enter(self, node: LexborNode) -> tuple[str, ...] | None:
        """Open an element; what has to be closed when it is left, or None where nothing in it is to be seen."""
        tag = node.tag or ""
        attributes = node.attributes
        style = attributes.get("style") or ""
        if tag in _SKIPPED or "hidden" in attributes or (style and _HIDING.search(style)):
            return None
        if tag in _STRUCK or (style and _STRIKING.search(style)):
            self.has_struck |= bool((node.text() or "").strip())
            return None
        if tag == "br":
            self.frames[-1].end_line(even_blank=True)
            return None
        closing = [tag]
        if style and (size := _FONT_SIZE.search(style)) is not None:
            closing.append(f"{self.invisible}")
            self.invisible = int(not size[1].strip("0."))
        if tag in _BLOCKS:
            self.frames[-1].end_line()
        if len(self.frames) < FRAMES:
            if _is_quoted(node, tag, attributes, style):
                self.frames.append(_Frame())
                closing.append(_QUOTE)
            self._enter_table(tag, closing)
        self.preformatted += tag == "pre"
        return tuple(closing)

    def _enter_table(self, tag: str, closing: list[str]) -> None:
        if tag == "table":
            self.tables.append(_Table())
        elif tag in _CELLS and self.tables:
            self.frames.append(_Frame())
        elif tag != "tr" or not self.tables:
            return
        closing.append(_PART_OF_TABLE)

    def _leave(self, closing: tuple[str, ...]) -> None:
        tag, *others = closing
        self.preformatted -= tag == "pre"
        if _PART_OF_TABLE in others:
            self._leave_table(tag)
        if tag in _BLOCKS:
            self.frames[-1].end_line()
        for other in others:
            if other == _QUOTE:
                self._leave_quote()
            elif other != _PART_OF_TABLE:
                self.invisible = int(other)

    def _leave_quote(self) -> None:
        quoted = self.frames.pop()
        quoted.end_line()
        outer = self.frames[-1]
        outer.is_data = False
        outer.end_line()
        outer.lines += (line if line.startswith(_DEEP_QUOTE) else f"> {line}" for line in quoted.lines)

    def _leave_table(self, tag: str) -> None:
        if tag in _CELLS:
            cell = self.frames.pop()
            cell.end_line()
            self.tables[-1].cells.append(cell)
        elif tag == "tr":
            self._leave_row(self.tables[-1])
        elif tag == "table":
            self.has_table |= self.tables.pop().data_rows >= _DATA_ROWS
            self.frames[-1].is_data = False

    def _leave_row(self, table: _Table) -> None:
        """A row of short cells becomes one line; the cells of a layout table stand one below the other."""
        outer = self.frames[-1]
        texts = [" ".join(line for line in cell.lines if line) for cell in table.cells]
        if all(cell.is_data for cell in table.cells) and all(len(text) <= CELL_CHARACTERS for text in texts):
            outer.pieces.clear()
            if any(texts):
                outer.lines.append("\t".join(texts).rstrip("\t"))
            table.data_rows += sum(1 for text in texts if text) >= _DATA_COLUMNS and _has_digit(texts)
        else:
            for cell in table.cells:
                outer.lines += cell.lines
        table.cells.clear()


def _has_digit(texts: list[str]) -> bool:
    return any(_DIGIT.search(text) for text in texts)


def _is_quoted(node: LexborNode, tag: str, attributes: dict[str, str | None], style: str) -> bool:
    """True for a block of an earlier mail, or for the line above it that says whose it was."""
    if tag == "blockquote":
        return not _NO_BORDER.search(style)
    classes = (attributes.get("class") or "").split()
    if not _QUOTE_CLASSES.isdisjoint(classes):
        return True
    following = node.next
    return "gmail_attr" in classes and following is not None and following.tag == "blockquote"
