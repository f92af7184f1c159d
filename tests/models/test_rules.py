"""The rules for one reading, each with its reason (rules, section 4)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import RANK, CustomerType, Housing, Reason, Service, Zone
from models.history import History, PastReading, PastRefusal
from models.register import Account, MeterRegister
from models.rules import Circumstances, Policy, findings_of, is_possible, months_elapsed
from tests.accounts import LIGHT, NUMBER, OWNER, STRANGER, TODAY, hot, light, make_account

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
ELAPSED = [
    (None, 1),
    (date(2026, 11, 20), 1),
    (date(2026, 10, 21), 1),
    (date(2026, 10, 20), 2),
    (date(2025, 11, 20), 13),
    (date(2026, 12, 1), 1),
]
LIGHT_VALUES = [
    ("10000", []),
    ("10000.5", []),
    ("13000", []),
    ("13000.1", [Reason.VALUE_IMPLAUSIBLE]),
    ("9999.9", [Reason.VALUE_BELOW_PREVIOUS]),
    ("999999", [Reason.VALUE_IMPLAUSIBLE]),
    ("1000000", [Reason.VALUE_TOO_MANY_DIGITS, Reason.VALUE_IMPLAUSIBLE]),
]


def around(register: MeterRegister, account: Account | None = None, **changes: object) -> Circumstances:
    """The circumstances of a reading for a register on an ordinary day."""
    ordinary = Circumstances(
        account=account or make_account(register),
        register=register,
        policy=Policy(),
        today=TODAY,
        period="2026-11",
        sender=OWNER,
        history=History(),
    )
    return replace(ordinary, **changes)  # type: ignore[arg-type]


def reasons(value: str, circumstances: Circumstances) -> list[Reason]:
    """What the rules complain of."""
    return [finding.reason for finding in findings_of(Decimal(value), circumstances)]


def past(value: str, sender: str = OWNER) -> PastReading:
    """A reading that was recorded in this period."""
    return PastReading(
        NUMBER, LIGHT, Service.ELECTRICITY, Zone.TOTAL, Decimal(value), "2026-11", NOW, sender, message_id=1
    )


def refusal(value: str, period: str = "2026-11") -> PastRefusal:
    """A value that was refused as below the previous one."""
    reason = Reason.VALUE_BELOW_PREVIOUS
    return PastRefusal(NUMBER, LIGHT, Service.ELECTRICITY, Zone.TOTAL, Decimal(value), period, reason, NOW)


@pytest.mark.parametrize(("since", "months"), ELAPSED)
def test_months_are_thirty_days_rounded_up(since: date | None, months: int) -> None:
    """At least one, also where the previous reading lies ahead or is not known."""
    assert months_elapsed(since, TODAY) == months


@pytest.mark.parametrize(("value", "expected"), LIGHT_VALUES)
def test_a_value_is_judged_by_dial_previous_value_and_cap(value: str, expected: list[Reason]) -> None:
    """The first reason by rank stands first."""
    assert reasons(value, around(light("10000"))) == expected


def test_a_meter_that_was_never_read_takes_any_value_of_its_dial() -> None:
    """Without a previous value there is nothing to compare with."""
    fresh = replace(light(), previous_value=None, previous_on=None)
    assert reasons("999999.9", around(fresh)) == []


def test_a_dial_that_may_have_begun_anew_is_for_a_person() -> None:
    """From the top tenth of the capacity to the bottom tenth, and not from a little below."""
    assert reasons("5", around(light("999990"))) == [Reason.ROLLOVER_SUSPECTED]
    assert reasons("5", around(light("899999"))) == [Reason.VALUE_BELOW_PREVIOUS]
    assert reasons("100000", around(light("999990"))) == [Reason.VALUE_BELOW_PREVIOUS]


def test_a_lower_value_with_a_new_meter_is_for_a_person() -> None:
    """The customer says that the meter was changed."""
    assert reasons("5", around(light(), meter_changed=True)) == [Reason.METER_REPLACED]


def test_a_refused_value_that_is_stated_again_is_for_a_person() -> None:
    """The same value, the same register, the same period."""
    assert reasons("5", around(light(), history=History(refused=(refusal("5"),)))) == [Reason.STATED_AGAIN]
    assert reasons("6", around(light(), history=History(refused=(refusal("5"),)))) == [Reason.VALUE_BELOW_PREVIOUS]
    earlier = History(refused=(refusal("5", "2026-10"),))
    assert reasons("5", around(light(), history=earlier)) == [Reason.VALUE_BELOW_PREVIOUS]


def test_a_stranger_does_not_replace_what_somebody_else_gave() -> None:
    """The account's own address may, and the same value conflicts with nothing."""
    given_before = History(recorded=(past("10100"),))
    assert reasons("10200", around(light(), sender=STRANGER, history=given_before)) == [Reason.CONFLICTING_SENDER]
    assert reasons("10100", around(light(), sender=STRANGER, history=given_before)) == []
    assert reasons("10200", around(light(), sender=OWNER, history=given_before)) == []
    own = History(recorded=(past("10100", STRANGER),))
    assert reasons("10200", around(light(), sender=STRANGER, history=own)) == []


def test_the_mailbox_is_for_private_persons() -> None:
    """A company's account is refused before its values are looked at."""
    company = make_account(light(), customer_type=CustomerType.LEGAL)
    assert reasons("5", around(light(), company))[0] is Reason.NOT_AN_INDIVIDUAL


def test_services_depend_on_the_housing() -> None:
    """Of a private house only hot water is taken."""
    house = make_account(light(), hot(), housing=Housing.PRIVATE)
    assert reasons("10100", around(light(), house)) == [Reason.SERVICE_NOT_ACCEPTED]
    assert reasons("110", around(hot(), house)) == []


def test_an_ended_contract_is_refused() -> None:
    """By the service, not by the account."""
    account = make_account(light(), hot(), ended=frozenset({Service.ELECTRICITY}))
    assert reasons("10100", around(light(), account)) == [Reason.CONTRACT_INACTIVE]
    assert reasons("110", around(hot(), account)) == []


def test_facts_are_text_that_an_answer_can_name() -> None:
    """Exact decimals without exponents, dates as ISO."""
    (finding,) = findings_of(Decimal(5), around(light("20000")))
    assert dict(finding.facts) == {
        "account": NUMBER,
        "serial": LIGHT,
        "service": "electricity",
        "zone": "total",
        "value": "5",
        "previous_value": "20000",
        "previous_on": "2026-10-25",
    }


@given(st.decimals(min_value=0, max_value=2_000_000, places=1))
def test_what_is_possible_is_what_no_rule_of_values_complains_of(value: Decimal) -> None:
    """The assignment of values and the judgement of values agree."""
    complaints = {finding.reason for finding in findings_of(value, around(light()))}
    assert is_possible(value, light(), Policy(), TODAY) is (not complaints)


@given(st.decimals(min_value=0, max_value=2_000_000, places=1))
def test_findings_stand_in_the_order_of_the_catalogue(value: Decimal) -> None:
    """The reason that is given is the first."""
    ranks = [RANK[finding.reason] for finding in findings_of(value, around(light("999990")))]
    assert ranks == sorted(ranks)
