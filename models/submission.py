"""The validation of one reading: a Pydantic model that runs every rule and raises all findings together.

Pydantic alone stops at a field's first error and skips the model's validators behind it; so the rules return findings,
and one validator turns them into one ValidationError: the error's type is the reason code, its context the facts.
"""

from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from models.catalogue import Reason
from models.rules import Circumstances, findings_of
from models.verdict import Finding


class SubmittedReading(BaseModel):
    """A value for one register of one account, valid under the circumstances given as validation context."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: Annotated[str, Field(min_length=1)]
    serial: Annotated[str, Field(min_length=1)]
    value: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]

    @model_validator(mode="after")
    def obey_the_rules(self, info: ValidationInfo) -> Self:
        """Run every rule; raise what they find, in the order of the reasons."""
        around: Circumstances | None = info.context
        if around is None:
            raise TypeError("A reading is validated with its circumstances as context.")
        found = findings_of(self.value, around)
        if found:
            details = [InitErrorDetails(type=_error_of(finding), input=str(self.value)) for finding in found]
            raise ValidationError.from_exception_data(type(self).__name__, details)
        return self


def validate_reading(value: Decimal, around: Circumstances) -> list[Finding]:
    """All findings against a value, the one that is given first at the head; none where it can be recorded.

    Errors of the fields themselves (a negative value) are our own fault and raised as they are.
    """
    reading = {"account": around.account.number, "serial": around.register.serial, "value": value}
    try:
        SubmittedReading.model_validate(reading, context=around)
    except ValidationError as error:
        if any(detail["type"] not in _CODES for detail in error.errors()):
            raise
        return [_finding_of(detail["type"], detail.get("ctx", {})) for detail in error.errors()]
    return []


_CODES = frozenset(Reason)


def _error_of(finding: Finding) -> PydanticCustomError:
    return PydanticCustomError(finding.reason.value, "the rules refuse the value", dict(finding.facts))


def _finding_of(code: str, facts: dict[str, str]) -> Finding:
    return Finding(Reason(code), MappingProxyType(facts))
