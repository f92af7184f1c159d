"""The lexicon: words as written, misspelt, in Latin letters, with letters of the other script."""

import pytest

from models.lexicon import LanguageWords
from parsers.lexicon import Lexicon
from parsers.tokens import tokenise
from tests.parsers.statements import project_lexicon

FOUND = [
    ("свет", "service.electricity"),
    ("СВЕТ", "service.electricity"),
    ("эл/энергия", "service.electricity"),
    ("эл. энергии", "service.electricity"),
    ("электроэнергию", "service.electricity"),
    ("elektroenergiya", "service.electricity"),
    ("svet", "service.electricity"),
    ("горячей воды", "service.hot_water"),
    ("goryachaya voda", "service.hot_water"),
    ("ыстық су", "service.hot_water"),
    ("ыстык су", "service.hot_water"),
    ("ystyq su", "service.hot_water"),
    ("hot water", "service.hot_water"),
    ("хвс", "service.cold_water"),
    ("xвc", "service.cold_water"),
    ("отопление", "service.heat"),
    ("газ", "service.gas"),
    ("л/с", "account"),
    ("л.с.", "account"),
    ("дербес шот", "account"),
    ("счётчик", "meter"),
    ("полупик", "zone.half_peak"),
    ("half peak", "zone.half_peak"),
    ("т-1", "tariff.1"),
    ("предыдущие", "previous"),
    ("кВт*ч", "unit.kwh"),
    ("м³", "unit.m3"),
]
NOT_FOUND = ["светофор", "газета", "пикник", "watering", "счастье", "ночлег"]


def tags_of(text: str, lexicon: Lexicon | None = None) -> set[str]:
    """All that the phrases of a text can mean."""
    lexicon = lexicon or project_lexicon()
    tokens = tokenise(lexicon.normaliser.fold(text), text)
    return {tag for mark in lexicon.concepts.longest(tokens) for tag in mark.tags}


def toy(code: str = "xx", **words: object) -> LanguageWords:
    """A language of a few words."""
    empty: dict[str, object] = {
        "concepts": {}, "requests": {}, "numbers": {}, "number_endings": (), "months": {}, "corrections": (),
        "common": (), "letters": {}, "lookalikes": {}, "latin": {}, "sounds": {},
    }  # fmt: skip
    return LanguageWords(code=code, **(empty | words))  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "tag"), FOUND)
def test_a_word_is_found_however_it_is_written(text: str, tag: str) -> None:
    """Endings, joints, case, accents, Latin letters and look-alikes make no difference."""
    assert tag in tags_of(text)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_a_word_that_begins_like_a_label_is_none(text: str) -> None:
    """Whole words have no endings."""
    assert not {tag for tag in tags_of(text) if tag.startswith(("service.", "zone.", "account"))}


def test_the_longest_phrase_wins() -> None:
    """Words that mean something together do not mean what each means alone."""
    lexicon = Lexicon([toy(concepts={"hot": ("hot",), "water": ("water",), "both": ("hot water",)})])
    assert tags_of("hot water", lexicon) == {"both"}
    assert tags_of("hot, water", lexicon) == {"hot", "water"}


def test_the_more_exact_of_two_phrases_wins() -> None:
    """A whole word outweighs a short stem that fits it too."""
    lexicon = Lexicon([toy(concepts={"whole": ("reading",), "stem": ("re*",)})])
    assert tags_of("reading", lexicon) == {"whole"}


def test_a_stem_takes_endings_of_bounded_length() -> None:
    """A stem does not begin any word whatever."""
    lexicon = Lexicon([toy(concepts={"meter": ("meter*",)})])
    assert tags_of("meters", lexicon) == {"meter"}
    assert tags_of("meterometeorological", lexicon) == set()


def test_the_order_of_languages_makes_no_difference() -> None:
    """Two languages that share a word are both found, whichever comes first."""
    languages = [toy("aa", concepts={"one": ("gas",)}), toy("bb", concepts={"two": ("gas",)})]
    assert tags_of("gas", Lexicon(languages)) == tags_of("gas", Lexicon(languages[::-1])) == {"one", "two"}
