"""Folding: what counts as the same when words are compared, and the way back to the customer's own characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.statement import Span
from parsers.normalise import HARD_SPACE, Normaliser
from tests.parsers.statements import project_lexicon

FOLDED = [
    ("СВЕТ", "свет"),
    ("счётчик", "счетчик"),
    ("１２３", "123"),
    ("٣٤٥", "345"),
    ("12\u00a0345", f"12{HARD_SPACE}345"),
    ("12\u202f345", f"12{HARD_SPACE}345"),
    ("12\u2003345", "12 345"),
    ("5—6", "5-6"),
    ("5\u22126", "5-6"),
    ("об\u2019ект", "об'ект"),
    ("во\u00adда", "вода"),
    ("й", "й"),
    ("и\u0306", "и"),
    ("м³", "м3"),
    ("1260³", "1260"),
    ("1260²³ 5₂", "1260 5"),
    ("12²³45", "122345"),
    ("№5", "no5"),
    ("a\r\nb", "a\n\nb"),
    ("a\u2028b", "a\nb"),
    ("a\tb", "a\tb"),
    ("\u200b5\ufeff", "5"),
]


@pytest.fixture(scope="module")
def normaliser() -> Normaliser:
    """The normaliser with the letters of the project's languages."""
    return project_lexicon().normaliser


@pytest.mark.parametrize(("text", "folded"), FOLDED)
def test_characters_that_mean_the_same_fold_alike(normaliser: Normaliser, text: str, folded: str) -> None:
    """Case, accents, widths, kinds of dashes and spaces make no difference; line ends and tabs stay."""
    assert normaliser.fold(text).text == folded


def test_letters_that_a_language_declares_equal_fold_alike(normaliser: Normaliser) -> None:
    """A Kazakh word is the same with and without its special letters."""
    assert normaliser.word("жарық") == normaliser.word("жарык")


def test_a_span_of_folded_text_leads_back(normaliser: Normaliser) -> None:
    """A character that folds to several is found as a whole, and one that leaves nothing moves nothing."""
    text = "№\u00ad 12"
    folded = normaliser.fold(text)
    assert folded.original(0, 2) == Span(0, 1)
    assert folded.original(3, 5).of(text) == "12"


def test_an_empty_span_stays_empty(normaliser: Normaliser) -> None:
    """The end of the text has a place of its own."""
    assert normaliser.fold("ab").original(2, 2) == Span(2, 2)


@given(st.text())
def test_offsets_keep_the_order_of_the_text(text: str) -> None:
    """Every folded character has a place in the original, in order, and one more place is that of the end."""
    folded = project_lexicon().normaliser.fold(text)
    assert len(folded.offsets) == len(folded.text) + 1
    assert list(folded.offsets) == sorted(folded.offsets)
    assert folded.offsets[-1] == len(text)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """What is folded stays as it is, so that words of the languages meet those of the mail."""
    normaliser = project_lexicon().normaliser
    once = normaliser.fold(text).text
    assert normaliser.fold(once).text == once
