"""Somebody else's account: a stranger learns nothing of it but what he wrote, and replaces nothing (rules, 4, 6)."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Final

import pytest

from mailreader.register_file import load_register
from models.catalogue import Reason
from models.history import ReadingState
from models.register import Account
from tests.autoreply.desk import Started
from tests.autoreply.rows import raw_mail
from tests.servers.smtp_sink import SmtpSink
from tests.system.site import REGISTER
from tests.threats.conversing import STRANGER, conversation, reasons, told, write

pytestmark = pytest.mark.usefixtures("_reading")

OWNER: Final = "user3001@mail.example"
NUMBER: Final = "0863576"
VALUES: Final = {OWNER: "58100", STRANGER: "58200", "another@else.example": "58300"}
WRITTEN: Final = (
    "л/с 863576",
    "л/с 0863576 свет 5",
    "л/с 0863576 свет 58060",
    "л/с 0863576 свет 58067,9, гвс 1252,001",
    "л/с 0863576 свет 99999",
    "л/с 0863576 свет 1234567",
    "л/с 0863576 свет 12345678, гвс 1234567",
    "л/с 0863576 58100 1260",
    "л/с 0863576 1260",
    "л/с 0863576 холодная вода 300, газ 12",
    "л/с 0863576 день 100 ночь 100",
    "л/с 0863576 свет 335 или 338",
    "л/с 0863576 свет 12,345",
    "л/с 0863576 заменили счетчик, свет 5",
    "л/с 0863576 счетчик 55443322 свет 58100",
    "л/с 0863576. Сколько я должен? Какие у меня прошлые показания и номер счетчика?",
    "л/с 0863576 свет 58100; л/с 2621429 свет 72990; л/с 8551845 свет 1; л/с 9137502 свет 1",
    "Дербес шот 0863576. Жарық 5, ыстық су 1.",
    "Account 0863576. Electricity 5, hot water 99999.",
)


def facts(account: Account) -> set[str]:
    """All that the register holds of an account, as far as an answer could hold it by no accident."""
    of_meters = {
        text
        for meter in account.registers
        for text in (meter.serial, f"{meter.previous_value:f}", f"{meter.previous_on:%d.%m.%Y}", f"{meter.previous_on}")
    }
    words = {*account.full_name.split(), *account.address.replace(",", " ").split()}
    long = {word for word in words if len(word) > 4}
    return of_meters | long | account.emails | {account.number}


@pytest.mark.parametrize("letter", WRITTEN)
def test_stranger_is_told_nothing_that_he_did_not_write(letter: str, tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """No serial, value, date, name, address or account of the whole register, whatever is wrong with his readings."""
    known = {fact for account in load_register(REGISTER) for fact in facts(account) if len(fact) > 3}
    with conversation(tmp_path, smtp_sink) as program:
        answer = told(write(program, letter)).replace("72990", "")
    assert [fact for fact in known if fact in answer and fact not in letter] == []


def test_value_in_an_answer_is_that_of_the_letter(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """A stranger may learn that a value is below the previous one or above the cap, and by how much he may not."""
    with conversation(tmp_path, smtp_sink) as program:
        below, far_below = (told(write(program, f"л/с 0863576 свет {value}")) for value in ("58001", "12001"))
        above, far_above = (told(write(program, f"л/с 0863576 свет {value}")) for value in ("71001", "91001"))
    assert below.replace("58001", "V") == far_below.replace("12001", "V")
    assert above.replace("71001", "V") == far_above.replace("91001", "V")


def current(program: Started) -> dict[str | None, Decimal]:
    """Who gave the reading that counts, and its value; the account has one that is written about."""
    found = program.store.account(NUMBER)
    assert found is not None
    return {line.sender: line.value for line in found[1] if line.state is ReadingState.CURRENT}


@pytest.mark.parametrize("order", list(permutations(VALUES)), ids=lambda order: "-".join(map(str, order))[:40])
def test_stranger_replaces_nothing_in_whatever_order_they_write(
    order: tuple[str, ...], tmp_path: Path, smtp_sink: SmtpSink
) -> None:
    """The owner's value counts; where he has not written yet, the first one; everything else is for a person."""
    with conversation(tmp_path, smtp_sink) as program:
        for place, sender in enumerate(order):
            decision = write(program, f"л/с {NUMBER} свет {VALUES[sender]}", sender)
            program.desk.now += timedelta(minutes=1)
            counts = OWNER if OWNER in order[: place + 1] else order[0]
            assert current(program) == {counts: Decimal(VALUES[counts])}
            expected = [] if sender == counts else [Reason.CONFLICTING_SENDER]
            assert reasons(decision) == expected


def test_two_mails_without_a_sender_need_not_be_of_one(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Who cannot be told apart from others cannot correct them."""
    with conversation(tmp_path, smtp_sink) as program:
        first, second = (
            program.handle(raw_mail(("From", None), body=f"л/с {NUMBER} свет {value}")) for value in ("58100", "58200")
        )
    assert (reasons(first), reasons(second)) == ([], [Reason.CONFLICTING_SENDER])


def test_value_that_the_owner_confirmed_is_his(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Whoever gave it first cannot replace it any more; a stranger who repeats the owner's value gains nothing."""
    with conversation(tmp_path, smtp_sink) as program:
        for sender in (STRANGER, OWNER, STRANGER):
            write(program, f"л/с {NUMBER} свет 58100", sender)
        assert reasons(write(program, f"л/с {NUMBER} свет 58200", STRANGER)) == [Reason.CONFLICTING_SENDER]
        assert current(program) == {OWNER: Decimal(58100)}
