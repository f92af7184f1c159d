"""The validation of a reading: every finding at once, with its reason and facts."""

from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import ValidationError

from models.catalogue import CustomerType, Reason
from models.submission import SubmittedReading, validate_reading
from tests.accounts import LIGHT, NUMBER, light, make_account
from tests.models.test_rules import around


def test_a_good_reading_has_no_findings() -> None:
    """It can be recorded."""
    assert validate_reading(Decimal("10100.5"), around(light())) == []


def test_all_findings_are_raised_together() -> None:
    """Two rules complain, and both are told, the first by rank at the head."""
    company = make_account(light(), customer_type=CustomerType.LEGAL)
    found = validate_reading(Decimal(5), around(light(), company))
    assert [finding.reason for finding in found] == [Reason.NOT_AN_INDIVIDUAL, Reason.VALUE_BELOW_PREVIOUS]
    assert found[1].facts["previous_value"] == "10000"


def test_the_error_names_the_reason_as_its_type() -> None:
    """Type, input and context of the validation error are reason, value and facts."""
    reading = {"account": NUMBER, "serial": LIGHT, "value": Decimal(5)}
    with pytest.raises(ValidationError) as raised:
        SubmittedReading.model_validate(reading, context=around(light()))
    (error,) = raised.value.errors()
    assert (error["type"], error["input"], error["ctx"]["value"]) == ("value_below_previous", "5", "5")


@pytest.mark.parametrize("value", [Decimal(-1), Decimal("NaN"), Decimal("Infinity")])
def test_what_cannot_be_a_value_is_our_own_fault(value: Decimal) -> None:
    """Reading makes no such numbers: it is raised, not answered."""
    with pytest.raises(ValidationError):
        validate_reading(value, around(light()))


def test_an_account_without_a_number_is_our_own_fault() -> None:
    """A reading without an account is never recorded."""
    with pytest.raises(ValidationError):
        validate_reading(Decimal(1), around(light(), replace(make_account(light()), number="")))


def test_a_reading_is_not_judged_without_its_circumstances() -> None:
    """Forgetting the context is an error, not an acceptance."""
    with pytest.raises(TypeError, match="circumstances"):
        SubmittedReading.model_validate({"account": NUMBER, "serial": LIGHT, "value": Decimal(1)})
