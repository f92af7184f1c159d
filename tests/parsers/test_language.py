"""The language of a mail: that of most of its words (rules, section 6)."""

import pytest

from models.catalogue import Language
from tests.languages import EN, KK, RU
from tests.parsers.statements import read_text

LANGUAGES = [
    ("Здравствуйте, передаю показания: свет 12345", RU),
    ("Сәлеметсіз бе, көрсеткіш жіберемін: жарық 12345", KK),
    ("Салеметсиз бе, корсеткиш жиберемин: жарык 12345", KK),
    ("Hello, my meter reading is 12345", EN),
    ("Zdravstvuyte, peredayu pokazaniya: svet 12345", RU),
    ("Salemetsiz be, korsetkish zhiberemin: zharyq 12345", KK),
    ("сто двадцать три", RU),
    ("12345 345", None),
    ("", None),
    ("light water, свет вода", None),
]


@pytest.mark.parametrize(("text", "language"), LANGUAGES)
def test_most_words_tell_the_language(text: str, language: Language | None) -> None:
    """Also in Latin letters and without special letters; numbers alone tell none."""
    assert read_text(text).language == language


def test_a_letter_that_only_one_language_has_tells() -> None:
    """A word that no list knows is Kazakh by its letters."""
    assert read_text("ғұңқ әөүі").language == KK


def test_the_signature_does_not_tell() -> None:
    """What stands below the text is not the customer's writing of this time."""
    assert read_text("Hello, my reading", signature="С уважением, передаю показания").language == EN
