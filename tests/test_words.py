"""The words of all languages: complete, each once, every phrase compiles."""

import re
from collections import Counter
from pathlib import Path

import pytest

from config.words import LANGUAGES, WordsError, _phrases, language_codes, load_languages
from models.catalogue import Request, Service, Zone
from models.lexicon import LanguageWords
from parsers.lexicon import ARROWS, SLOTS
from parsers.normalise import Normaliser
from parsers.requests import TOLD
from parsers.tokens import Kind, tokenise
from tests.parsers.statements import pieces_in, project_lexicon

ALL = load_languages()
NEEDED = {
    "account", "serial", "meter", "reading", "water", "previous", "current", "consumption", "sum", "and", "either",
    "number_sign", "date_before", "day_word", "year_word", "time_unit", "count_unit", "money_unit", "money_before",
    "unit.kwh", "unit.m3", "phone", "address_before", "address_after", "document", "personal_id", "greeting", "thanks",
    "acknowledge", "photo", "serves", "place", "filler",
}  # fmt: skip
SHORTEST_STEM = 3
EVERY = pytest.mark.parametrize("words", ALL, ids=lambda words: words.code)


def normaliser() -> Normaliser:
    """The normaliser with the letters of all languages."""
    return project_lexicon().normaliser


def phrases(words: LanguageWords) -> list[tuple[str, str]]:
    """Every phrase of a language with the list that it stands in."""
    tables = (words.concepts, {f"number.{n}": p for n, p in words.numbers.items()}, {"common": words.common})
    listed = [(name, phrase) for table in tables for name, each in table.items() for phrase in each]
    listed += [(f"month.{month}", phrase) for month, each in words.months.items() for phrase in each]
    asked = [(request, part) for request, each in words.requests.items() for phrase in each for part in parts(phrase)]
    return listed + asked


def parts(phrase: str) -> list[str]:
    """The words and alternatives of a phrase of a request."""
    return [part.strip() for part in re.split(r"[|/]", phrase)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("light, hot  water", ["light", "hot water"]),
        ("(do not|don't) (take|book down)", ["do not take", "do not book down", "don't take", "don't book down"]),
        ("the (very|) last", ["the very last", "the last"]),
        ("sana(maŋyz*|p)", ["sanamaŋyz*", "sanap"]),
        (" , ", []),
    ],
)
def test_alternatives_in_a_phrase_are_phrases_of_their_own(written: str, meant: list[str]) -> None:
    """Each way through them is one; none may be empty."""
    assert list(_phrases(written)) == meant


@EVERY
def test_a_phrase_stands_once_in_its_list(words: LanguageWords) -> None:
    """Twice the same phrase is a slip."""
    for name, listed in words.concepts.items():
        twice = [phrase for phrase, count in Counter(listed).items() if count > 1]
        assert not twice, (name, twice)


@EVERY
def test_every_phrase_compiles(words: LanguageWords) -> None:
    """It holds a word, and a star only behind one."""
    for name, phrase in phrases(words):
        folded = normaliser().fold(phrase)
        kinds = [token.kind for token in tokenise(folded, phrase) if token.text != "*"]
        assert kinds, (name, phrase)
        assert not re.search(r"(^|\s)\*", phrase), (name, phrase)
        assert Kind.WORD in kinds or Kind.NUMBER in kinds, (name, phrase)


@EVERY
def test_a_stem_is_long_enough_to_mean_something(words: LanguageWords) -> None:
    """A label of one or two letters and any ending would be half the dictionary; behind a word it may stand."""
    short = [
        (name, phrase)
        for name, listed in words.concepts.items()
        for phrase in listed
        for first in phrase.split()[:1]
        if first.endswith("*") and len(first.rstrip("*")) < SHORTEST_STEM
    ]
    assert not short


@EVERY
def test_every_list_that_reading_asks_for_is_there(words: LanguageWords) -> None:
    """Services, zones, roles, units, decoys: a missing list would be silence."""
    services = {f"service.{service}" for service in Service}
    zones = {f"zone.{zone}" for zone in Zone if zone is not Zone.TOTAL}
    assert not (NEEDED | services | zones) - set(words.concepts)


@EVERY
def test_lists_are_named_as_the_catalogue_names_them(words: LanguageWords) -> None:
    """A misspelt name would never be found."""
    known: dict[str, set[str]] = {
        "service": set(Service),
        "zone": set(Zone),
        "tariff": {"1", "2", "3"},
        "unit": {"kwh", "m3", "gcal"},
    }
    for name in words.concepts:
        kind, _, member = name.removeprefix("short.").removeprefix("near.").partition(".")
        assert not member or member in known[kind], name


@EVERY
def test_every_request_has_phrases(words: LanguageWords) -> None:
    """And no phrase is for a request that there is not."""
    assert set(words.requests) == {*Request, *TOLD}


@EVERY
def test_numbers_and_months_are_complete(words: LanguageWords) -> None:
    """Units, tens, hundred and thousand; twelve months."""
    assert {*range(11), *range(20, 100, 10), 100, 1000} <= set(words.numbers)
    assert set(words.months) == set(range(1, 13))


@EVERY
def test_no_word_is_two_numbers_or_two_months(words: LanguageWords) -> None:
    """A word that says two numbers says none."""
    for table in (dict(words.numbers), dict(words.months)):
        counted = Counter(normaliser().word(phrase) for listed in table.values() for phrase in set(listed))
        assert not [phrase for phrase, count in counted.items() if count > 1]


@EVERY
def test_a_correction_withdraws_a_value(words: LanguageWords) -> None:
    """Each pattern names the old value once, the new one at most once, and holds a word or a sign."""
    for pattern in words.corrections:
        slots = Counter(pattern.lstrip("?+").split())
        assert slots["{old}"] == 1, pattern
        assert slots["{new}"] <= 1, pattern
        assert set(slots) - SLOTS, pattern
        assert all("{" not in slot or slot in SLOTS for slot in slots), pattern
        assert not (set(pattern) & ARROWS) or set(slots) & ARROWS, pattern


@EVERY
def test_tables_of_letters_map_single_letters(words: LanguageWords) -> None:
    """Folding and look-alikes go letter by letter; Latin spelling may take several."""
    assert all(len(letter) == 1 for letter in words.letters)
    assert all(len(latin) == len(script) == 1 for latin, script in words.lookalikes.items())
    assert all(words.latin.values())


@pytest.mark.parametrize(("words", "value"), [(words, value) for words in ALL for value in words.numbers])
def test_every_number_word_is_read_as_its_value(words: LanguageWords, value: int) -> None:
    """No other phrase of any language takes it away."""
    for phrase in words.numbers[value]:
        (piece,) = pieces_in(phrase)
        assert list(piece.readings) == [value], phrase


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    """The message says which file, and which key."""
    (tmp_path / "xx").mkdir()
    file = tmp_path / "xx" / "words.toml"
    file.write_text("concepts = [", encoding="utf-8")
    with pytest.raises(WordsError, match=re.escape(str(file))):
        load_languages(tmp_path)
    file.write_text("[concepts]\n", encoding="utf-8")
    with pytest.raises(WordsError, match="requests"):
        load_languages(tmp_path)


def test_the_languages_are_folders_of_data() -> None:
    """Every folder is one, and its name its code."""
    assert {path.name for path in LANGUAGES.iterdir() if path.name[0] != "_"} == set(language_codes())
    assert tuple(words.code for words in ALL) == language_codes()
