"""The catalogue of stable identifiers: complete, each once, never translated."""

import re

from models.catalogue import CONCEALED, RANK, REMEDIES, Outcome, Reason, Remedy, Request, Service, Zone

PUBLISHED_REASONS = [
    "outside_window", "account_missing", "account_unknown", "contract_inactive", "not_an_individual",
    "service_not_accepted", "service_not_on_account", "meter_unknown", "meter_ambiguous", "value_missing",
    "value_ambiguous", "value_too_many_digits", "value_below_previous", "rollover_suspected", "value_implausible",
    "attachment_only", "not_a_reading", "unreadable", "sender_unauthenticated", "stated_again", "meter_replaced",
    "conflicting_sender",
]  # fmt: skip
RANKED = [
    "service_not_accepted", "contract_inactive", "service_not_on_account", "meter_unknown", "meter_ambiguous",
    "value_ambiguous", "value_too_many_digits", "meter_replaced", "stated_again", "rollover_suspected",
    "value_below_previous", "value_implausible",
]  # fmt: skip


def test_identifiers_are_lower_case_words() -> None:
    """They stand in databases, metrics and logs."""
    for kind in (Outcome, Reason, Request, Service, Zone):
        assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", member.value) for member in kind)


def test_the_reasons_are_those_of_the_rules() -> None:
    """None is missing and none was added in silence (rules, section 6)."""
    assert sorted(Reason) == sorted(PUBLISHED_REASONS)


def test_of_two_complaints_the_first_by_the_rules_is_given() -> None:
    """The order of section 4."""
    assert sorted(RANKED, key=lambda code: RANK[Reason(code)]) == RANKED


def test_every_reason_says_who_can_mend_it() -> None:
    """The customer, or only a person (section 6)."""
    assert set(REMEDIES) == set(Reason)
    persons = {reason.value for reason in Reason if reason.remedy is Remedy.PERSON}
    assert persons == {
        "rollover_suspected", "value_implausible", "attachment_only", "not_a_reading", "unreadable",
        "sender_unauthenticated", "stated_again", "meter_replaced", "conflicting_sender",
    }  # fmt: skip


def test_what_is_concealed_from_strangers_is_for_the_customer_to_mend() -> None:
    """To a stranger these reasons read the same."""
    assert {reason.value for reason in CONCEALED} == {
        "account_unknown", "contract_inactive", "not_an_individual", "meter_unknown",
    }  # fmt: skip
