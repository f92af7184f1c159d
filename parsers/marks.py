"""The marks by which quotes, forwards, signatures and footers are known, compiled from the languages' data.

A phrase pattern is words with named slots ("{date} {time} {name} {address}:"). The slots are bounded and hold no
repetition within a repetition, so that a match takes linear time whatever the line.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LINE_CHARACTERS: Final = 400

_SLOTS: Final = {
    "date": r"(?=.{0,60}(?:20\d\d|\d[./]\d{1,2}[./]\d\d))[^\s<>@\":]{1,24}+(?: [^\s<>@\":]{1,24}+){0,11}?",
    "time": r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?)?(?: ?(?:gmt|utc)?[+-]\d{1,2}(?::?\d{2})?)?"
    r"(?: ?\([^()<>@]{1,20}\))?",
    "name": r"[^<>]{1,90}?",
    "address": r"[<(\[]* ?(?:mailto:)?[^\s<>@()\[\]]{1,80}+@[\w.-]{1,120}+ ?[>)\]]*"
    r"(?: ?[<\[]mailto:[^\s<>]{1,200}[>\]])?",
    "any": r"[^,;:!?]{0,80}",
}
_OPTIONAL: Final = frozenset({"name", "any"})
_SLOT: Final = re.compile(r"\{(\w+)\}")
_SPACES: Final = re.compile(r"\s+")
_IGNORED: Final = str.maketrans(
    {"\u0451": "\u0435", "\u200b": None, "\ufeff": None, "\u200e": None, "\u200f": None, "*": None}
)
_RULE: Final = "-\u2013\u2014_= "


def line_key(line: str) -> str:
    """A line as marks are compared: no case, single spaces, no space before a colon, no asterisks of bold type."""
    folded = line[:LINE_CHARACTERS].casefold().translate(_IGNORED)
    return _SPACES.sub(" ", folded).strip().replace(" :", ":")


def without_commas(key: str) -> str:
    """A key as attributions are compared: mail programs set commas as they like."""
    return _SPACES.sub(" ", key.replace(",", " ")).strip()


@dataclass(frozen=True, slots=True)
class QuoteMarks:
    """All languages' marks together: people mix languages, and mail programs have their own."""

    attribution: re.Pattern[str]
    original: re.Pattern[str]
    forward: re.Pattern[str]
    forward_subject: re.Pattern[str]
    closing: re.Pattern[str]
    footer: re.Pattern[str]
    disclaimer: re.Pattern[str]
    from_fields: frozenset[str]
    fields: frozenset[str]
    signature_labels: frozenset[str]
    automatic_subjects: tuple[str, ...]

    @classmethod
    def build(cls, tables: Sequence[Mapping[str, Sequence[str]]]) -> "QuoteMarks":
        """Compile the tables of all languages (`config/languages/*/mail.toml`); a table may leave keys out."""

        def all_of(key: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys(line_key(phrase) for table in tables for phrase in table.get(key, ())))

        from_fields = frozenset(all_of("from_fields"))
        closings, alone = _any_of(all_of("closings")), _any_of(all_of("closings_alone"))
        forwards = _any_of(all_of("forwards"))
        return cls(
            attribution=re.compile(_any_of(without_commas(phrase) for phrase in all_of("attributions"))),
            original=re.compile(rf"[{_RULE}]{{2,80}}{_any_of(all_of('originals'))}:?[{_RULE}]{{0,80}}"),
            forward=re.compile(rf"[{_RULE}]{{2,80}}{forwards}:?[{_RULE}]{{0,80}}|{forwards}:"),
            forward_subject=re.compile(rf"{_any_of(all_of('forward_subjects'))}\s*:"),
            closing=re.compile(rf"{closings}(?:[\s,.!;:-].{{0,60}})?|{alone}[\s,.!;-]{{0,5}}"),
            footer=re.compile(
                rf"[{_RULE}]{{0,5}}{_any_of(all_of('footers'))}:?(?: ?[<(\[]?(?:https?://|www\.)\S{{1,200}})?[.!]?"
            ),
            disclaimer=re.compile(_any_of(all_of("disclaimers"))),
            from_fields=from_fields,
            fields=from_fields | frozenset(all_of("block_fields")),
            signature_labels=frozenset(all_of("signature_labels")),
            automatic_subjects=all_of("automatic_subjects"),
        )


def _any_of(phrases: Iterable[str]) -> str:
    """One group that matches any of the phrases; nothing where there is none."""
    return "(?:" + ("|".join(_compiled(phrase) for phrase in phrases) or r"(?!)") + ")"


def _compiled(phrase: str) -> str:
    """The source of one phrase pattern; a slot that may be missing takes the space beside it along."""
    source = ""
    end = 0
    for slot in _SLOT.finditer(phrase):
        literal, name = phrase[end : slot.start()], slot[1]
        end = slot.end()
        expression = _SLOTS[name]
        if name in _OPTIONAL and phrase[end : end + 1] == " ":
            end += 1
            expression = f"(?:{expression} )?"
        elif name in _OPTIONAL and literal.endswith(" "):
            literal, expression = literal[:-1], f"(?: {expression})?"
        source += re.escape(literal) + expression
    return source + re.escape(phrase[end:])
