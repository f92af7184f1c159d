"""Texts of every charset that customers' programs use, rightly and wrongly labelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.charset import decode_text, is_garbage

RUSSIAN = "Здравствуйте! Лицевой счёт 2621429, электроэнергия 73128, горячая вода 104"
KAZAKH = "Сәлеметсіз бе! Дербес шот 5460332, жарық 5701, ыстық су көрсеткіші 1326, рақмет"


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "koi8-r", "cp866"])
@pytest.mark.parametrize("label", [None, "utf-8", "windows-1251", "iso-8859-1", "us-ascii", "x-unknown", "koi8-r"])
def test_russian_under_any_label_is_read(charset: str, label: str | None) -> None:
    """What the letters look like decides, because the label is often wrong or missing."""
    assert decode_text(RUSSIAN.encode(charset), label) == RUSSIAN


@pytest.mark.parametrize("charset", ["utf-8", "kz1048", "ptcp154"])
@pytest.mark.parametrize("label", [None, "windows-1251", "utf-8", "iso-8859-1"])
def test_kazakh_under_any_label_is_read(charset: str, label: str | None) -> None:
    """The Kazakh charsets share most bytes with windows-1251 and are often labelled so."""
    assert decode_text(KAZAKH.encode(charset), label) == KAZAKH


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("ХВС", "koi8-r"),
        ("свет", "cp1251"),
        ("л/с № 5", "cp1251"),
        ("Grüße aus Köln", "iso-8859-1"),
        ("Hŵalo! Zumbral 2621429", "utf-8"),
        ("Łukasz, Çağrı: 12345", "utf-8"),
        ("検針値 123", "iso-2022-jp"),
        ("показания", "utf-7"),
        ("показания 5", "utf-16"),
    ],
)
def test_short_or_foreign_text_with_a_true_label_is_read(text: str, charset: str) -> None:
    """Of a word or two the letters tell little: the label counts more."""
    assert decode_text(text.encode(charset), charset) == text


def test_utf8_encoded_twice_is_read() -> None:
    """A relay that took UTF-8 for windows-1251 is undone."""
    twice = RUSSIAN.encode().decode("cp1251", "replace").encode()
    assert decode_text("показания свет 5".encode().decode("cp1251").encode(), "utf-8") == "показания свет 5"
    assert decode_text(twice, "utf-8")


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["utf-7", "hz", "idna"])))
def test_any_bytes_under_any_label_give_text_that_can_be_stored(data: bytes, label: str | None) -> None:
    """No input raises, and neither NUL nor lone surrogates, which PostgreSQL refuses, come out."""
    text = decode_text(data, label)
    assert "\0" not in text
    assert text.encode().decode() == text


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
def test_utf8_without_a_label_survives(text: str) -> None:
    """Strict UTF-8 with enough of ordinary letters is never taken for anything else."""
    letter = RUSSIAN + text
    assert decode_text(letter.encode(), None) == letter


def test_binary_is_garbage_and_text_is_not() -> None:
    """An encrypted body is named unreadable, not read."""
    assert is_garbage(bytes(range(32)).decode("latin-1"))
    assert not is_garbage(RUSSIAN + "\n")
