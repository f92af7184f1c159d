"""Identifiers as the register compares them, and the excerpt that a message is judged by (rules, section 2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import Service
from models.register import RegisterExcerpt, bare_key, identifier_key
from tests.accounts import OWNER, STRANGER, hot, light, make_account

ALIKE = [
    ("012-34-56", "0123456"),
    ("01 23 456", "0123456"),
    ("РА07-12345", "PA0712345"),
    ("ра07", "PA07"),
    ("Э-123/4", "э1234"),
]
FOUND = [
    (["0123456"], "0123456", "0123456"),
    (["0123456"], "123456", "0123456"),
    (["0123456"], "00123456", "0123456"),
    (["0123456", "123456"], "123456", "123456"),
    (["0123456", "00123456"], "123456", None),
    (["0123456"], "0123457", None),
    (["0123456"], "", None),
    (["0123456"], "000", None),
    (["PA07-12345"], "ра0712345", "PA07-12345"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_signs_case_and_lookalikes_make_no_difference(one: str, other: str) -> None:
    """Letters that look alike in Cyrillic and Latin are the same."""
    assert identifier_key(one) == identifier_key(other)


@pytest.mark.parametrize(("numbers", "stated", "found"), FOUND)
def test_an_account_is_found_as_it_is_or_without_zeros_if_one_fits(
    numbers: list[str], stated: str, found: str | None
) -> None:
    """A typo is never corrected by guessing."""
    excerpt = RegisterExcerpt.of(make_account(light(), number=number) for number in numbers)
    account = excerpt.find(stated)
    assert (account.number if account else None) == found


def test_accounts_are_known_by_the_senders_address() -> None:
    """Nobody's address is no address."""
    excerpt = RegisterExcerpt.of([make_account(light())])
    assert [account.number for account in excerpt.registered_to(OWNER)] == ["0123456"]
    assert excerpt.registered_to(STRANGER) == ()
    assert excerpt.registered_to(None) == ()


def test_an_account_gives_the_registers_of_a_service() -> None:
    """In the order of the register."""
    account = make_account(light(), hot("1"), hot("2", "20000003"))
    assert [register.serial for register in account.of(Service.HOT_WATER)] == ["20000002", "20000003"]
    assert account.of(Service.GAS) == ()


def test_the_capacity_is_the_first_value_that_a_dial_cannot_show() -> None:
    """A dial of five digits shows up to 99999."""
    assert hot().capacity == 100_000


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    """Comparing keys is comparing identifiers."""
    key = identifier_key(text)
    assert identifier_key(key) == key
    assert not bare_key(text).startswith("0")
