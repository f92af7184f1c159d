"""The statement against the register: the one possible assignment, or why there is none (rules, sections 2 to 4)."""

from dataclasses import replace

import pytest

from mailreader.matching import Matcher, Submission
from models.catalogue import Housing, Zone
from models.register import Account, RegisterExcerpt
from models.rules import Policy
from tests.accounts import HOT, LIGHT, OWNER, SECOND_HOT, TODAY, cold, hot, light, make_account
from tests.parsers.statements import read_text

ONE = make_account(light())
TWO = make_account(light(), hot())
THREE = make_account(light(), hot(), hot("500", SECOND_HOT))
TWINS = make_account(hot("100"), hot("105", SECOND_HOT))
DAY_NIGHT = make_account(light("10000", Zone.DAY), light("5000", Zone.NIGHT), hot())
WITH_COLD = make_account(light(), hot(), cold())
HOUSE = make_account(light(), hot(), housing=Housing.PRIVATE)

MATCHED = [
    (ONE, "10100", ["10000001 total 10100"]),
    (ONE, "00010100", ["10000001 total 10100"]),
    (ONE, "10,100", ["10000001 total 10100"]),
    (TWO, "свет 10100", ["10000001 total 10100"]),
    (TWO, "свет 10100, горячая 110", ["10000001 total 10100", "20000002 total 110"]),
    (TWO, "10100\n110", ["10000001 total 10100", "20000002 total 110"]),
    (TWO, "110, 10100", ["20000002 total 110", "10000001 total 10100"]),
    (TWO, "вода 110, свет 10100", ["20000002 total 110", "10000001 total 10100"]),
    (THREE, "горячая 515", ["20000003 total 515"]),
    (DAY_NIGHT, "свет 10100", ["10000001 day 10100"]),
    (THREE, "горячая 110 и 510", ["20000002 total 110", "20000003 total 510"]),
    (THREE, "горячая 510, 110", ["20000003 total 510", "20000002 total 110"]),
    (THREE, "счетчик № 20000003 горячая 510", ["20000003 total 510"]),
    (DAY_NIGHT, "день 10100 ночь 5100", ["10000001 day 10100", "10000001 night 5100"]),
    (DAY_NIGHT, "Т1 10100 Т2 5100", ["10000001 day 10100", "10000001 night 5100"]),
    (DAY_NIGHT, "свет 10100, 5100", ["10000001 day 10100", "10000001 night 5100"]),
    (TWO, "свет 9000", ["10000001 total 9000"]),
    (TWO, "на 18.11 свет 10050, на 20.11 свет 10100", ["10000001 total 10100"]),
    (TWO, "на 31.12 свет 10050, на 18.01 свет 10100", ["10000001 total 10100"]),
    (TWO, "свет 10100. Жарық 10100", ["10000001 total 10100"]),
    (TWO, "свет 10100, горячую сдам позже", ["10000001 total 10100"]),
    (TWO, "было 10000 стало 10100", ["10000001 total 10100"]),
    (TWO, "кв. 45, свет 10100", ["10000001 total 10100"]),
]
REFUSED = [
    (TWO, "90000", ["meter_ambiguous"]),
    (THREE, "горячая 505, 510", ["meter_ambiguous", "meter_ambiguous"]),
    (TWINS, "горячая 115", ["meter_ambiguous"]),
    (TWINS, "110, 115", ["meter_ambiguous", "meter_ambiguous"]),
    (TWO, "свет 10100, 110", ["value_ambiguous", "value_ambiguous"]),
    (DAY_NIGHT, "пик 10100", ["meter_ambiguous"]),
    (ONE, "день 10100", ["meter_ambiguous"]),
    (TWO, "счетчик № 99999999 горячая 110", ["meter_unknown"]),
    (ONE, "горячая 110", ["service_not_on_account"]),
    (WITH_COLD, "холодная 310", ["service_not_accepted"]),
    (WITH_COLD, "газ 310", ["service_not_accepted"]),
    (HOUSE, "свет 10100", ["service_not_accepted"]),
    (TWO, "свет 10100 или 10200", ["value_ambiguous", "value_ambiguous"]),
    (TWO, "свет 10100\nсвет 10200", ["value_ambiguous", "value_ambiguous"]),
    (ONE, "свет двадцать двадцать", ["value_ambiguous"]),
]
FINDINGS = [
    (TWO, "лс 0123456", ["value_missing"]),
    (TWO, "лс 0123457 свет 10100", ["account_unknown"]),
    (TWO, "лс 0123456 расход 150", ["value_missing"]),
    (TWO, "лс 0123456 итого 579", ["value_missing"]),
]


def match(account: Account, text: str, sender: str | None = OWNER, **parts: str) -> Submission:
    """What a text submits for an account."""
    return Matcher(Policy(), TODAY).match(read_text(text, **parts), RegisterExcerpt.of([account]), sender)


@pytest.mark.parametrize(("account", "text", "booked"), MATCHED)
def test_a_value_finds_its_register(account: Account, text: str, booked: list[str]) -> None:
    """By its label, or by the only assignment that is possible."""
    submission = match(account, text)
    found = [
        f"{claim.register.serial} {claim.register.zone} {claim.value:f}"
        for claim in submission.claims
        if claim.register and claim.value is not None and claim.finding is None
    ]
    assert found == booked
    assert len(submission.claims) == len(booked)


@pytest.mark.parametrize(("account", "text", "reasons"), REFUSED)
def test_a_value_that_may_be_for_several_or_none_is_refused(account: Account, text: str, reasons: list[str]) -> None:
    """A guess is never recorded."""
    claims = match(account, text).claims
    assert [claim.finding.reason for claim in claims if claim.finding] == reasons
    assert len(claims) == len(reasons)


@pytest.mark.parametrize(("account", "text", "reasons"), FINDINGS)
def test_a_message_that_leaves_something_out_is_told_what(account: Account, text: str, reasons: list[str]) -> None:
    """No value, or no account that the register has."""
    assert [finding.reason for finding in match(account, text, None).findings] == reasons


def test_a_photo_alone_is_for_a_person() -> None:
    """Whether or not the account is known."""
    for text in ("показания на фото", "лс 0123456", "лс 0123457"):
        statement = replace(read_text(text), attachments=("meter.jpg",))
        submission = Matcher(Policy(), TODAY).match(statement, RegisterExcerpt.of([TWO]), OWNER)
        assert [finding.reason for finding in submission.findings] == ["attachment_only"]


def test_the_serial_of_the_customer_is_kept() -> None:
    """What he wrote may be repeated to him."""
    (claim,) = match(TWO, f"счетчик № {HOT} горячая 110").claims
    assert (claim.serial, claim.stated) == (HOT, None)


def test_what_is_assigned_depends_on_no_order() -> None:
    """The same values in another order go to the same registers."""
    there = {(c.register, c.value) for c in match(THREE, "10100, 110, 510").claims}
    back = {(c.register, c.value) for c in match(THREE, "510, 110, 10100").claims}
    assert there == back
    assert {register.serial for register, _ in there if register} == {LIGHT, HOT, SECOND_HOT}
