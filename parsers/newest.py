"""What the customer wrote this time: quotes, history, signatures, disclaimers and footers cut off (rules, section 5).

Works on lines, each read once. Answers below or between quoted lines are kept; a forward is kept apart, because it is
read only where nothing was written above it; nothing is taken for a signature that does not have the shape of one.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from models.letter import Letter, NewestPart
from parsers.marks import LINE_CHARACTERS, QuoteMarks, line_key, without_commas

__all__ = ["QuoteMarks", "parse_newest"]

TEXT_CHARACTERS: Final = 200_000
LINES: Final = 4_000
FORWARDS: Final = 3
ATTRIBUTIONS: Final = 200
SIGNATURE_LINES: Final = 8
DELIMITED_LINES: Final = 15
_SIGNATURE_WIDTH: Final = 100
_ATTRIBUTION_LINES: Final = 3
_BLOCK_FIELDS: Final = 3
_BLOCK_LINES: Final = 8
_RULE_LINES: Final = 4
_PHONE_DIGITS: Final = range(10, 13)

_DIGIT: Final = re.compile(r"\d")
_QUOTE_SIGN: Final = re.compile(r"^\s*> ?")
_DELIMITERS: Final = frozenset({"--", "\u2014", "---"})
_RULE_LINE: Final = re.compile(r"[_\u2014=-]{5,}")
_FIELD: Final = re.compile(r"([^:\d<>@]{1,24}):")
_LINK: Final = re.compile(r"@\w|https?:|www\.")
_PHONE: Final = re.compile(r"\+?[\d ()\-\u2010-\u2015.]{10,24}")
_WORD: Final = re.compile(r"[^\W\d_]+(?:[/.\-][^\W\d_]+)*")
_EMPTY: Final = NewestPart("")


def parse_newest(letter: Letter, marks: QuoteMarks) -> NewestPart:
    """Return what the sender wrote this time, from the better of the two renderings of `letter`.

    Plain text is the better one unless it says less: nothing at all, no digit where HTML has some, a table whose
    columns only HTML keeps, or words that HTML shows as struck out.
    """
    is_forward = marks.forward_subject.match(line_key(letter.subject)) is not None
    plain = _cut(letter.plain, marks, is_forward=is_forward) if letter.plain is not None else None
    if letter.html is None:
        return plain or _EMPTY
    if plain is not None and _says(plain) and not (letter.html_has_struck or letter.html_has_table):
        return plain
    seen = _cut(letter.html, marks, is_forward=is_forward)
    return seen if plain is None or _html_is_better(plain, seen, letter) else plain


def _says(part: NewestPart) -> bool:
    return _DIGIT.search(part.text) is not None


def _html_is_better(plain: NewestPart, seen: NewestPart, letter: Letter) -> bool:
    """True where the rendering from HTML tells more than the plain text does."""
    if not seen.text:
        return not plain.text and bool(seen.forwarded)
    if letter.html_has_struck or (letter.html_has_table and "\t" in seen.text):
        return True
    return not plain.text or (_says(seen) and not _says(plain))


def _cut(text: str, marks: QuoteMarks, *, is_forward: bool, depth: int = 0) -> NewestPart:
    """Cut one rendering."""
    if len(text) > TEXT_CHARACTERS:
        text = text[:TEXT_CHARACTERS]
    lines = [line.rstrip() for line in text.replace("\u2028", "\n").split("\n")[:LINES]]
    return _Cutter(lines, [line_key(line) for line in lines], marks, is_forward=is_forward, depth=depth).cut()


@dataclass(slots=True)
class _Cutter:
    """One pass over the lines of a text; `keys` are the lines as marks are compared."""

    lines: list[str]
    keys: list[str]
    marks: QuoteMarks
    is_forward: bool
    depth: int
    text: list[str] = field(default_factory=list)
    signature: list[str] = field(default_factory=list)
    forwarded: str = ""
    attributions: dict[int, int] = field(default_factory=dict)
    attempts: int = 0
    has_digit: bool = False

    def cut(self) -> NewestPart:
        """Read the lines from the first to where history begins."""
        at = 0
        while at < len(self.lines):
            at = self._read(at)
        return NewestPart(_joined(self.text), _joined(self.signature), self.forwarded)

    def _read(self, at: int) -> int:
        """Read what starts at one line; return the line after it."""
        key = self.keys[at]
        if key[:1] == ">":
            return self._read_quote(at)
        if self.marks.footer.fullmatch(key):
            return at + 1
        end = self._skipped(at) if key else 0
        if end:
            return end
        self.text.append(self.lines[at])
        self.has_digit = self.has_digit or _DIGIT.search(key) is not None
        return at + 1

    def _skipped(self, at: int) -> int:
        """Where to go on if what starts here is no text of the letter; 0 where it is."""
        if wrapped := self.attribution(at):
            return self._read_attribution(at + wrapped)
        if end := self._history(at):
            return end
        if self.marks.disclaimer.match(self.keys[at]):
            return self._paragraph_end(at)
        if end := self._signature_end(at):
            self.signature += self._without_footers(at, end)
        return end

    def _read_quote(self, at: int) -> int:
        """Skip a quoted block; a forward that a mail program quoted as a whole is a forward."""
        end = self._quote_end(at)
        inner = [_QUOTE_SIGN.sub("", line) for line in self.lines[at:end]]
        first = next((line_key(line) for line in inner if line.strip()), "")
        if self.marks.forward.fullmatch(first) and not self.forwarded:
            self._forward(inner, 1)
        self.text.append("")
        return end

    def _quote_end(self, at: int) -> int:
        """The line after a quoted block, blank lines within it included."""
        end = at
        while end < len(self.keys) and self.keys[end][:1] in {">", ""}:
            end += 1
        return end

    def attribution(self, at: int) -> int:
        """How many lines an attribution takes that starts here; 0 where there is none."""
        if at not in self.attributions:
            self.attributions[at] = self._attribution_lines(at)
        return self.attributions[at] or self._unknown_attribution(at)

    def _attribution_lines(self, at: int) -> int:
        """The same for the attributions that are known by their words."""
        joined = ""
        for count, key in enumerate(self.keys[at : at + _ATTRIBUTION_LINES], 1):
            if not key or key[0] == ">":
                break
            joined = f"{joined} {key}".strip()
            if not key.endswith(":") or self.attempts > ATTRIBUTIONS or not _DIGIT.search(joined):
                continue
            self.attempts += 1
            if self.marks.attribution.fullmatch(without_commas(joined[:LINE_CHARACTERS])):
                # the shortest one is meant: the line above it, which joined would pass for a date, is the customer's
                return 0 if any(self._attribution_lines(at + later) for later in range(1, count)) else count
        return 0

    def _unknown_attribution(self, at: int) -> int:
        """1 for a line with an address and a colon right above a quote: an attribution in another language."""
        key = self.keys[at]
        return int(key.endswith(":") and "@" in key and self._next_is_quote(at + 1))

    def _next_is_quote(self, at: int) -> bool:
        following = next((key for key in self.keys[at : at + 3] if key), "")
        return following.startswith(">")

    def _read_attribution(self, after: int) -> int:
        """Go on below the quote that follows; where what follows is not marked as quoted, all of it is history."""
        return after if self._next_is_quote(after) else len(self.lines)

    def _history(self, at: int) -> int:
        """Where to go on if an original or a forward starts here, below a line or a header block; 0 where none does."""
        key = self.keys[at]
        if self.marks.forward.fullmatch(key):
            return self._forward_end(at + 1)
        if self.marks.original.fullmatch(key):
            return len(self.lines)
        block = at
        while block < min(len(self.keys), at + _RULE_LINES) and (
            not self.keys[block] or _RULE_LINE.fullmatch(self.keys[block])
        ):
            block += 1
        if not self._is_header_block(block):
            return 0
        return self._forward_end(block) if self.is_forward else len(self.lines)

    def _is_header_block(self, at: int) -> bool:
        """True where From and two more fields stand below each other, as Outlook writes them above an original."""
        if at >= len(self.keys) or _field_name(self.keys[at]) not in self.marks.from_fields:
            return False
        names = {_field_name(key) for key in self.keys[at : at + _BLOCK_LINES]} & self.marks.fields
        return len(names) >= _BLOCK_FIELDS

    def _forward_end(self, at: int) -> int:
        """Take the rest of the text as the forward; where it is marked as quoted, only as far as it is."""
        start = next((index for index in range(at, len(self.keys)) if self.keys[index]), at)
        if start < len(self.keys) and self.keys[start].startswith(">"):
            end = self._quote_end(start)
            self._forward([_QUOTE_SIGN.sub("", line) for line in self.lines[start:end]], 0)
            return end
        self._forward(self.lines, start)
        return len(self.lines)

    def _forward(self, lines: list[str], start: int) -> None:
        """Keep what the forwarded mail says below its header block, cut as a mail of its own."""
        keys = [line_key(line) for line in lines[start : start + 20]]
        attributed = self._attributed(lines[start:])
        body = start + attributed
        for index, key in enumerate(() if attributed else keys):
            if _field_name(key) in self.marks.fields:
                body = start + index + 1
            elif not key and body > start:
                break
        if self.depth < FORWARDS:
            part = _cut("\n".join(lines[body:]), self.marks, is_forward=True, depth=self.depth + 1)
            self.forwarded = part.text or part.forwarded

    def _attributed(self, lines: list[str]) -> int:
        """How many lines an attribution takes at the head of a forward, where others have a block of fields."""
        keys = [line_key(line) for line in lines[:_BLOCK_LINES]]
        start = next((index for index, key in enumerate(keys) if key), None)
        if start is None:
            return 0
        wrapped = _Cutter(lines[:_BLOCK_LINES], keys, self.marks, is_forward=True, depth=self.depth).attribution(start)
        return start + wrapped if wrapped else 0

    def _paragraph_end(self, at: int) -> int:
        """The next blank or quoted line."""
        while at < len(self.keys) and self.keys[at] and self.keys[at][0] != ">":
            at += 1
        return at

    def _signature_end(self, at: int) -> int:
        """The line after the signature that starts here; 0 where none does."""
        key = self.keys[at]
        delimited = key in _DELIMITERS
        if not delimited and not self.marks.closing.fullmatch(key):
            return 0
        limit = DELIMITED_LINES if delimited else SIGNATURE_LINES
        end, count = at + 1, 0
        while end < len(self.keys) and count <= limit and not self._starts_something(end):
            if self.keys[end] and not self._fits_signature(end, delimited=delimited, above=self.has_digit):
                break
            count += bool(self.keys[end])
            end += 1
        return end if count <= limit else 0

    def _starts_something(self, at: int) -> bool:
        """True where a quote, an original or a forward starts, which no signature holds."""
        key = self.keys[at]
        return key[:1] == ">" or bool(key and (self.attribution(at) or self._starts_history(at)))

    def _starts_history(self, at: int) -> bool:
        key = self.keys[at]
        if self.marks.forward.fullmatch(key) or self.marks.original.fullmatch(key):
            return True
        return _RULE_LINE.fullmatch(key) is not None or self._is_header_block(at)

    def _fits_signature(self, at: int, *, delimited: bool, above: bool) -> bool:
        """True for a short line whose numbers are what stands in signatures: phones, links, labelled ones.

        Below a delimiter any line fits, if something was said above; where nothing was, what looks like a
        signature may be the letter.
        """
        key = self.keys[at]
        if (delimited and above) or self.marks.footer.fullmatch(key) or self.marks.disclaimer.match(key):
            return True
        if len(key) > _SIGNATURE_WIDTH:
            return False
        if _DIGIT.search(key) is None or _LINK.search(key) or _is_phone(key):
            return True
        return above and not self.marks.signature_labels.isdisjoint(_WORD.findall(key))

    def _without_footers(self, start: int, end: int) -> list[str]:
        kept = zip(self.lines[start:end], self.keys[start:end], strict=True)
        return [line for line, key in kept if key not in _DELIMITERS and not self.marks.footer.fullmatch(key)]


def _field_name(key: str) -> str:
    found = _FIELD.match(key)
    return found[1].strip() if found else ""


def _is_phone(key: str) -> bool:
    """True where all digits of a line are those of telephone numbers."""
    rest = _PHONE.sub(lambda found: "" if _has_phone_digits(found[0]) else found[0], key)
    return _DIGIT.search(rest) is None


def _has_phone_digits(text: str) -> bool:
    return sum(letter.isdigit() for letter in text) in _PHONE_DIGITS


def _joined(lines: list[str]) -> str:
    """The lines without blank ones at either end or two in a row."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1]):
            kept.append(line if line.strip() else "")
    return "\n".join(kept).rstrip("\n")
