"""Loads and checks the texts of the answers: `languages/<code>/replies.toml`, and a site's own on top of them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config.words import LANGUAGES, language_codes
from models.catalogue import Language, Reason, Remedy, ReplyKind, Request, Service, Zone

_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")
_MONTHS_OF_A_YEAR: Final = 12

ALWAYS_KNOWN: Final = frozenset({"window", "deadline", "opens", "closes", "reference"})
"""The facts that every answer has; the last variant of a text that must not be left out names no others."""

_OF_A_READING: Final = frozenset({"account", "serial", "service", "zone", "value", "unit"})
_OF_A_REASON: Final = (
    ALWAYS_KNOWN | _OF_A_READING | {"previous_value", "previous_on", "digits", "values", "stated", "services"}
)


class RepliesError(ValueError):
    """Texts that cannot be used; the message names each file and key, one a line."""


@dataclass(frozen=True, slots=True)
class TextForm:
    """What one text may look like: the facts that it may name, whether it may be missing, or be left out of an answer.

    `complete` are the facts that its callers always have, so that its last variant may name them; None means that
    the text is left out of the answer where a fact is missing. `entries` is the fixed length of a list of words.
    """

    facts: frozenset[str] = frozenset()
    complete: frozenset[str] | None = ALWAYS_KNOWN
    optional: bool = False
    entries: int | None = None


@dataclass(frozen=True, slots=True)
class LanguageTexts:
    """The texts of one language by dotted key; each a tuple of variants, or of words (`dates.months`)."""

    language: Language
    texts: Mapping[str, tuple[str, ...]]

    def variants(self, key: str) -> tuple[str, ...]:
        """The variants of one text; none where it is optional and missing."""
        return self.texts.get(key, ())

    def tell(self, key: str, facts: Mapping[str, str]) -> str:
        """The first variant whose facts are all known, with the facts in their places; empty where there is none."""
        for variant in self.variants(key):
            if all(facts.get(name) for name in placeholders(variant)):
                return _PLACEHOLDER.sub(lambda match: facts[match[1]], variant)
        return ""


ReplyTexts = Mapping[Language, LanguageTexts]


def placeholders(text: str) -> frozenset[str]:
    """The names of the facts that a text wants."""
    return frozenset(_PLACEHOLDER.findall(text))


def load_reply_texts(override_folder: Path | None = None, folder: Path = LANGUAGES) -> ReplyTexts:
    """Load the texts of all languages; a site's folder holds `<code>/replies.toml` with the keys that it changes.

    Raises RepliesError with every fault of every file.
    """
    faults: list[str] = []
    loaded = {
        language: _load_language(language, folder, override_folder, faults) for language in language_codes(folder)
    }
    if faults:
        raise RepliesError("\n".join(faults))
    return MappingProxyType(loaded)


def _load_language(language: Language, folder: Path, override_folder: Path | None, faults: list[str]) -> LanguageTexts:
    file = folder / language / "replies.toml"
    texts = _read(file, faults)
    missing = (key for key, form in FORMS.items() if not form.optional and key not in texts)
    faults += [f"{file}: {key} is missing" for key in missing]
    if override_folder is not None and (own := override_folder / language / "replies.toml").exists():
        texts |= _read(own, faults)
    return LanguageTexts(language, MappingProxyType(texts))


def _read(file: Path, faults: list[str]) -> dict[str, tuple[str, ...]]:
    try:
        flat = dict(_flatten(tomllib.loads(file.read_text(encoding="utf-8"))))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{file}: not readable as TOML: {error}")
        return {}
    texts: dict[str, tuple[str, ...]] = {}
    for key, value in flat.items():
        variants = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
        found = list(_faults_of(key, variants))
        faults += [f"{file}: {key} {fault}" for fault in found]
        if not found:
            texts[key] = variants
    return texts


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _faults_of(key: str, variants: tuple[Any, ...]) -> Iterator[str]:
    form = FORMS.get(key)
    if form is None:
        yield "is not a known key"
        return
    if not variants or not all(isinstance(text, str) and text.strip() for text in variants):
        yield "must be a text, or a list of texts, none empty"
        return
    if form.entries is not None and len(variants) != form.entries:
        yield f"must have {form.entries} entries"
    for name in sorted(frozenset().union(*map(placeholders, variants)) - form.facts):
        yield f"names the unknown fact {{{name}}}"
    if any("{" in _PLACEHOLDER.sub("", text) or "}" in _PLACEHOLDER.sub("", text) for text in variants):
        yield "has a brace without its partner"
    if form.complete is not None and placeholders(variants[-1]) & form.facts - form.complete:
        yield "needs a last variant without facts that may be missing"


def _needed(*facts: str) -> TextForm:
    """A text whose facts are always at hand."""
    return TextForm(frozenset(facts), frozenset(facts))


def _of_reason(reason: Reason) -> Iterator[tuple[str, TextForm]]:
    told = TextForm(_OF_A_REASON)
    yield f"reasons.{reason}.what", told
    yield f"reasons.{reason}.do", told
    yield f"reasons.{reason}.example", TextForm(optional=reason.remedy is Remedy.PERSON)


def _forms() -> Iterator[tuple[str, TextForm]]:
    yield from {
        "greeting": TextForm(),
        "reference": _needed("reference"),
        "example": _needed("example"),
        "deadline": _needed("deadline", "opens", "closes"),
        "note_of_operator": TextForm(),
        "note": TextForm(),
        "signature": TextForm(frozenset({"name"})),
        "test.subject": TextForm(),
        "test.text": TextForm(),
        "subject.fixed": TextForm(),
        "subject.prefixes": TextForm(),
        "intro.refused": TextForm(),
        "copy.subject": TextForm(),
        "copy.intro": TextForm(frozenset({"period"})),
        "copy.sent_by_other": TextForm(),
        "lines.account": _needed("account"),
        "lines.of_account": _needed("line", "account"),
        "lines.reading": TextForm(_OF_A_READING, frozenset({"value"})),
        "numbers.decimal_sign": TextForm(entries=1),
        "dates.months": TextForm(entries=_MONTHS_OF_A_YEAR),
        "dates.months_alone": TextForm(entries=_MONTHS_OF_A_YEAR),
        "dates.day": _needed("day", "month"),
        "dates.date": _needed("day", "month", "year"),
        "dates.period": _needed("month", "year"),
        "dates.range": _needed("first", "last", "month"),
        "dates.range_of_one": _needed("first", "month"),
        "contacts.centres": TextForm(frozenset({"centres"})),
        "contacts.phone": TextForm(frozenset({"phone", "hours"}), complete=None),
    }.items()
    yield from ((f"intro.{kind}", TextForm(frozenset({"period"}))) for kind in ReplyKind)
    for service in Service:
        yield f"services.{service}", TextForm()
        yield f"units.{service}", TextForm()
    yield from ((f"zones.{zone}", TextForm()) for zone in Zone if zone is not Zone.TOTAL)
    yield from ((f"requests.{request}", TextForm()) for request in Request)
    for reason in Reason:
        yield from _of_reason(reason)


FORMS: Final[Mapping[str, TextForm]] = MappingProxyType(dict(_forms()))
"""Every text that an answer is made of, and the form that it must have."""
