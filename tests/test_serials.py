"""Which serials a customer states, and which values they are tied to."""

import pytest

from mailreader.serials import Serials
from tests.accounts import HOT, LIGHT, SECOND_HOT, hot, light, make_account
from tests.parsers.statements import read_text

ACCOUNT = make_account(light(), hot(), hot("500", SECOND_HOT))
TIED = [
    (f"счетчик № {HOT} горячая 110", {"110": HOT}),
    (f"{HOT} - 110, {SECOND_HOT} - 510", {"110": HOT, "510": SECOND_HOT}),
    (f"110 (№ {HOT}), 510 (№ {SECOND_HOT})", {"110": HOT, "510": SECOND_HOT}),
    (f"счетчик № {HOT}\n110", {"110": HOT}),
    (f"№ {LIGHT}: день 10100, ночь 5100", {"10100": LIGHT}),
    ("счетчик № 99999999 горячая 110", {"110": "99999999"}),
    ("свет 10100", {}),
    (f"свет 10100, счетчик горячей № {HOT} на фото", {}),
]


def tie(text: str) -> Serials:
    """The serials of a text, for an account with three meters."""
    return Serials.tie(read_text(text).numbers, ACCOUNT)


@pytest.mark.parametrize(("text", "tied"), TIED)
def test_a_serial_speaks_for_the_values_beside_it(text: str, tied: dict[str, str]) -> None:
    """In its clause, behind it, before it, or in the line below; by its service where the register knows it."""
    assert {number.text: serial for number, serial in tie(text).tied.items()} == tied


def test_a_number_of_a_meter_of_the_account_is_its_serial() -> None:
    """Although no word says so."""
    assert {number.text for number in tie(f"{HOT} 110").explained} == {HOT}


def test_without_an_account_only_words_make_a_serial() -> None:
    """A number alone may be anything."""
    numbers = read_text(f"{HOT} 110, счетчик № {SECOND_HOT}").numbers
    assert {number.text for number in Serials.tie(numbers, None).explained} == {SECOND_HOT}
