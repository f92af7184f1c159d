"""Which account each value is for (rules, section 2)."""

import pytest

from mailreader.sections import Section, split_sections
from models.register import RegisterExcerpt
from models.rules import Policy
from tests.accounts import OWNER, STRANGER, TODAY, hot, light, make_account
from tests.parsers.statements import read_text

FIRST = make_account(light(), hot())
SECOND = make_account(light(number="7654321"), hot(number="7654321"), number="7654321")
THIRD = make_account(light(number="10100"), number="10100")
REGISTER = RegisterExcerpt.of([FIRST, SECOND, THIRD])
MINE = RegisterExcerpt.of([FIRST])

STATED = [
    ("лс 0123456 свет 10100", "", "", ["0123456: 10100"]),
    ("лс 123456 свет 10100", "", "", ["0123456: 10100"]),
    ("0123456 свет 10100", "", "", ["0123456: 10100"]),
    ("свет 10100", "0123456", "", ["0123456: 10100"]),
    ("свет 10100", "", "лс 0123456", ["0123456: 10100"]),
    ("свет 10100.\n0123456", "", "", ["0123456: 10100"]),
    ("лс 0123456 свет 10100\nлс 7654321 свет 20100", "", "", ["0123456: 10100", "7654321: 20100"]),
    ("0123456: 10100\n7654321: 20100", "", "", ["0123456: 10100", "7654321: 20100"]),
    ("лс 0123456 свет 10100, лс 0123456 горячая 110", "", "", ["0123456: 10100 110"]),
    ("лс 0000001 свет 10100", "", "", ["None: 10100"]),
    ("Сериков, видел 0123456 раз, свет 10100", "", "", ["0123456: 10100"]),
    ("123456\nсвет 10100", "", "", ["None: 123456 10100"]),
    ("видел 0123456 раз, счетчик № 10000001 свет 10100", "", "", ["0123456: 10100"]),
]


def split(
    text: str, register: RegisterExcerpt, sender: str | None, *, subject: str = "", tail: str = ""
) -> list[Section]:
    """The sections of a text."""
    return split_sections(read_text(text, subject=subject, signature=tail), register, sender, Policy(), TODAY)


def told(sections: list[Section]) -> list[str]:
    """Each section as its account and its values."""
    return [
        f"{section.account.number if section.account else None}: {' '.join(each.text for each in section.values)}"
        for section in sections
    ]


@pytest.mark.parametrize(("text", "subject", "tail", "sections"), STATED)
def test_a_stated_account_takes_its_values(text: str, subject: str, tail: str, sections: list[str]) -> None:
    """Labelled, unlabelled where an account stands, in the subject or the signature; several in one message."""
    assert told(split(text, REGISTER, STRANGER, subject=subject, tail=tail)) == sections


def test_the_address_decides_where_no_account_is_stated() -> None:
    """If it is registered for exactly one."""
    assert told(split("свет 10100", MINE, OWNER)) == ["0123456: 10100"]
    assert told(split("свет 10100", REGISTER, OWNER)) == ["None: 10100"]
    assert told(split("свет 10100", MINE, STRANGER)) == ["None: 10100"]


def test_what_is_stated_wins_over_the_address() -> None:
    """Also where it is unknown."""
    assert told(split("лс 0000001 свет 10100", MINE, OWNER)) == ["None: 10100"]
    assert split("лс 0000001 свет 10100", MINE, OWNER)[0].stated == "0000001"


def test_a_value_that_is_an_account_by_chance_stays_a_value() -> None:
    """The register is dense: a hit proves nothing where a label explains the number."""
    assert told(split("лс 0123456 свет 10100", REGISTER, STRANGER)) == ["0123456: 10100"]
    assert told(split("лс 0123456\n10100\n110", REGISTER, STRANGER)) == ["0123456: 10100 110"]


def test_the_account_is_given_as_the_customer_wrote_it() -> None:
    """An answer repeats his own words."""
    assert split("лс 012-34-56 свет 10100", REGISTER, None)[0].stated == "012-34-56"
    assert split("свет 10100", MINE, OWNER)[0].stated is None
