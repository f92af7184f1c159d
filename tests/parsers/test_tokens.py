"""Tokens: shapes that explain a number by themselves, numbers as people write them, ends of sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.tokens import Kind, Token, tokenise
from tests.parsers.statements import project_lexicon

SHAPES = [
    ("https://mail.example/12345?x=7", Kind.LINK),
    ("www.mail.example/5", Kind.LINK),
    ("ivan.12@mail.example", Kind.LINK),
    ("[20.11.2026 09:30]", Kind.STAMP),
    ("18.11.2026", Kind.DATE),
    ("18/11/26", Kind.DATE),
    ("2026-11-18", Kind.DATE),
    ("18-11-2026", Kind.DATE),
    ("09:30", Kind.TIME),
    ("9:30:15", Kind.TIME),
    ("+7 701 234 56 78", Kind.PHONE),
    ("+7(701)234-56-78", Kind.PHONE),
    ("8 701 234 56 78", Kind.PHONE),
    ("(7172) 55-66-77", Kind.PHONE),
    ("12345", Kind.NUMBER),
    ("12345,6", Kind.NUMBER),
    ("12 345 678", Kind.NUMBER),
    ("12 345,6", Kind.NUMBER),
    ("012-34-56", Kind.NUMBER),
    ("1O5", Kind.NUMBER),
    ("О45", Kind.NUMBER),
    ("счетчик", Kind.WORD),
    ("д'артаньян", Kind.WORD),
    ("₸", Kind.CURRENCY),
    ("%", Kind.SHARE),
    ("…", Kind.STOP),
    ("\t", Kind.GAP),
    ("   ", Kind.GAP),
    (" | ", Kind.GAP),
]
SEVERAL = [
    ("18.11", ["18.11"]),
    ("45.11.2026", ["45.11.2026"]),
    ("12 34", ["12", "34"]),
    ("1234 567", ["1234", "567"]),
    ("12345квт", ["12345", "квт"]),
    ("т1", ["т", "1"]),
    ("123.456.789", ["123.456.789"]),
    ("свет:123", ["свет", ":", "123"]),
    ("25:70:99", ["25:70:99"]),
]
ENDS = [
    ("Свет 12345. Горячая 5", True),
    ("свет 12345.", True),
    ("Передаю показания. Горячая 5", True),
    ("кв. 5", False),
    ("эл. энергия 5", False),
    ("т.е. 5", False),
    ("показания.Горячая", False),
]


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text."""
    return tokenise(project_lexicon().normaliser.fold(text), text)


@pytest.mark.parametrize(("text", "kind"), SHAPES)
def test_a_shape_is_one_token(text: str, kind: Kind) -> None:
    """Links, stamps, dates, times, phones, numbers and words are each known by their shape."""
    assert [token.kind for token in tokens_of(text)] == [kind]


@pytest.mark.parametrize(("text", "texts"), SEVERAL)
def test_what_is_no_shape_is_cut(text: str, texts: list[str]) -> None:
    """Two numbers with a space are two, and letters part from digits."""
    assert [token.text for token in tokens_of(text)] == texts


@pytest.mark.parametrize(("text", "ends"), ENDS)
def test_a_full_stop_ends_a_sentence_where_one_can_end(text: str, ends: bool) -> None:  # noqa: FBT001 - a column
    """The full stop of an abbreviation ends no sentence."""
    assert any(token.kind is Kind.STOP for token in tokens_of(text)) is ends


def test_a_full_stop_keeps_how_it_stands() -> None:
    """A stop that is glued to the number before it is still glued: so the marks of lists are known."""
    stop = tokens_of("1. свет")[1]
    assert (stop.kind, stop.glued) == (Kind.STOP, True)


def test_a_word_knows_its_capital() -> None:
    """Names are told by their capital letter, which folding takes away."""
    assert [token.capital for token in tokens_of("Абая дом")] == [True, False]


@given(st.text(alphabet=st.sampled_from("123 .,:-()+/7oоab%\t\n'|[]"), max_size=60) | st.text(max_size=60))
def test_tokens_cover_the_text_without_overlap(text: str) -> None:
    """Each token begins where the one before ended or behind spaces, and says so."""
    folded = project_lexicon().normaliser.fold(text)
    end = 0
    for token in tokenise(folded, text):
        assert token.start >= end
        assert not folded.text[end : token.start].strip()
        assert token.glued is (token.start == end)
        assert token.end > token.start
        end = token.end
    assert not folded.text[end:].strip()
