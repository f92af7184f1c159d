"""From what a message submits to its verdict (rules, sections 0 and 6)."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from mailreader.judging import Judge
from models.catalogue import CustomerType, Outcome, ReadingStatus, Reason, Request, Service, Zone
from models.history import History, PastRefusal
from models.register import Account, RegisterExcerpt
from models.rules import Policy
from models.verdict import Verdict
from models.window import Window
from tests.accounts import LIGHT, NUMBER, OWNER, STRANGER, hot, light, make_account
from tests.parsers.statements import read_text

IN_WINDOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
BEFORE = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
TWO = make_account(light(), hot())
COMPANY = make_account(light(), hot(), customer_type=CustomerType.LEGAL)
ENDED = make_account(light(), hot(), ended=frozenset({Service.ELECTRICITY}))

OUTCOMES = [
    (TWO, "свет 10100, горячая 110", Outcome.ACCEPTED, []),
    (TWO, "свет 10000, горячая 100", Outcome.ACCEPTED, []),
    (TWO, "свет 10100, горячая 90", Outcome.PARTIAL, ["value_below_previous"]),
    (TWO, "свет 9000", Outcome.REJECTED, ["value_below_previous"]),
    (TWO, "свет 20000", Outcome.REVIEW, ["value_implausible"]),
    (TWO, "свет 9000, горячая 900", Outcome.REVIEW, ["value_below_previous", "value_implausible"]),
    (TWO, "свет 12345678", Outcome.REJECTED, ["value_too_many_digits"]),
    (TWO, "холодная 310", Outcome.REJECTED, ["service_not_accepted"]),
    (TWO, "показания позже", Outcome.REJECTED, ["value_missing"]),
    (TWO, f"лс {NUMBER}", Outcome.REJECTED, ["value_missing"]),
    (TWO, NUMBER, Outcome.REJECTED, ["value_missing"]),
    (TWO, "свет 9000, счетчик поменяли", Outcome.REVIEW, ["meter_replaced"]),
    (TWO, "счетчик № 99999999 горячая 110", Outcome.REJECTED, ["meter_unknown"]),
    (TWO, "счетчик № 99999999 горячая 110. Нам поменяли счетчик", Outcome.REVIEW, ["meter_replaced"]),
    (COMPANY, "свет 10100", Outcome.REJECTED, ["not_an_individual"]),
    (ENDED, "свет 10100, горячая 110", Outcome.PARTIAL, ["contract_inactive"]),
    (ENDED, "свет 10100 или 10200", Outcome.REJECTED, ["contract_inactive"]),
    (COMPANY, "свет 10100 или 10200", Outcome.REJECTED, ["not_an_individual"]),
    (TWO, "счетчик № 99999999 холодная 310", Outcome.REJECTED, ["service_not_accepted"]),
    (TWO, "прошу расторгнуть договор", Outcome.REVIEW, ["not_a_reading"]),
    (TWO, "добрый день, поздравляем вас с праздником", Outcome.REVIEW, ["not_a_reading"]),
]


NOTHING = History()


def judge(
    text: str,
    account: Account = TWO,
    received: datetime = IN_WINDOW,
    sender: str | None = OWNER,
    history: History = NOTHING,
) -> Verdict:
    """The verdict on a text about an account."""
    register = RegisterExcerpt.of([account])
    return Judge(Window(), Policy()).judge(read_text(text), received, sender, register, history)


@pytest.mark.parametrize(("account", "text", "outcome", "reasons"), OUTCOMES)
def test_readings_and_reasons_make_the_outcome(
    account: Account, text: str, outcome: Outcome, reasons: list[str]
) -> None:
    """Some recorded, some not: partial; none, and a person must decide: review; else rejected."""
    verdict = judge(text, account)
    assert (verdict.outcome, sorted(verdict.reasons)) == (outcome, sorted(reasons))


def test_outside_the_window_is_said_alone() -> None:
    """Nothing is judged, and the next window is named."""
    verdict = judge("свет 9000, горячая 900000", received=BEFORE)
    assert (verdict.outcome, verdict.reasons, verdict.readings) == (Outcome.REJECTED, (Reason.OUTSIDE_WINDOW,), ())
    assert dict(verdict.findings[0].facts) == {"first_day": "2026-11-18", "last_day": "2026-11-30"}


def test_a_request_is_taken_on_any_day() -> None:
    """The window is for readings."""
    verdict = judge("прошу расторгнуть договор", received=BEFORE)
    assert (verdict.outcome, verdict.request) == (Outcome.REVIEW, Request.CONTRACT_TERMINATE)


def test_a_request_beside_a_good_reading_leaves_the_outcome() -> None:
    """The reading is recorded, and the request is named."""
    verdict = judge("свет 10100. Прошу выслать дубликат квитанции.")
    assert (verdict.outcome, verdict.request, verdict.reasons) == (Outcome.ACCEPTED, Request.INVOICE_DUPLICATE, ())


def test_a_recorded_reading_is_as_stated() -> None:
    """The exact decimal without leading zeros, with the customer's own words."""
    (reading,) = judge("горячая вода 00110,500").readings
    assert (reading.value, reading.status, reading.evidence) == (
        "110.500",
        ReadingStatus.RECORDED,
        "горячая вода 00110,500",
    )


def test_a_reading_counts_from_the_next_opening() -> None:
    """Period and instant are local."""
    verdict = judge("свет 10100", received=datetime(2026, 11, 20, 15, 0, tzinfo=UTC))
    assert verdict.period == "2026-11"
    assert verdict.registered_at == datetime.fromisoformat("2026-11-21T09:00+05:00")


def test_the_account_of_a_stranger_must_be_stated() -> None:
    """An address that the register does not know tells nothing."""
    assert judge("свет 10100", sender=STRANGER).reasons == (Reason.ACCOUNT_MISSING,)
    assert judge("лс 0123456 свет 10100", sender=STRANGER).outcome is Outcome.ACCEPTED


def test_an_unknown_meter_that_is_stated_again_is_for_a_person() -> None:
    """It is no longer the customer's to mend."""
    refused = PastRefusal(
        NUMBER, "99999999", Service.HOT_WATER, Zone.TOTAL, Decimal(110), "2026-11", Reason.METER_UNKNOWN, IN_WINDOW
    )
    text = "счетчик № 99999999 горячая 110"
    assert judge(text, history=History(refused=(refused,))).reasons == (Reason.STATED_AGAIN,)
    other = replace(refused, value=Decimal(111))
    assert judge(text, history=History(refused=(other,))).reasons == (Reason.METER_UNKNOWN,)


def test_the_serial_of_a_reading_is_that_of_the_register() -> None:
    """Whether or not the customer wrote it."""
    assert [(r.serial, r.serial_stated) for r in judge("свет 10100").readings] == [(LIGHT, False)]
    assert [(r.serial, r.serial_stated) for r in judge(f"№ {LIGHT} свет 10100").readings] == [(LIGHT, True)]
