"""The rules for one reading, each a pure function that returns a finding or nothing (rules, section 4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from models.catalogue import RANK, ContractStatus, CustomerType, Housing, Reason, Service
from models.grounds import Exclusion
from models.history import History, PastReading
from models.register import Account, MeterRegister
from models.verdict import Finding

_DAYS_OF_MONTH: Final = 30
_TENTH: Final = 10
_SERVICES: Final = MappingProxyType(
    {
        Housing.APARTMENT: frozenset({Service.ELECTRICITY, Service.HOT_WATER}),
        Housing.PRIVATE: frozenset({Service.HOT_WATER}),
    }
)
_CAPS: Final = MappingProxyType({Service.ELECTRICITY: Decimal(3000), Service.HOT_WATER: Decimal(60)})


@dataclass(frozen=True, slots=True)
class Policy:
    """What the retailer decided: the services taken by housing, the cap per register and month elapsed."""

    services: Mapping[Housing, frozenset[Service]] = field(default_factory=lambda: _SERVICES)
    caps: Mapping[Service, Decimal] = field(default_factory=lambda: _CAPS)

    def takes(self, service: Service, housing: Housing) -> bool:
        """Whether readings of this service are taken from this housing."""
        return service in self.services.get(housing, frozenset())


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that a reading is judged against beside itself.

    `today` is the local date of the received instant, `period` its month (YYYY-MM); `meter_changed` says that the
    customer writes of a new meter; `history` is what was recorded and refused before this message.
    """

    account: Account
    register: MeterRegister
    policy: Policy
    today: date
    period: str
    sender: str | None
    history: History
    meter_changed: bool = False


def has_ended(account: Account, service: Service) -> bool:
    """Whether the account's contract for a service has ended (section 2)."""
    return account.contracts.get(service) is ContractStatus.TERMINATED


Rule = Callable[[Decimal, Circumstances], Finding | None]


def months_elapsed(since: date | None, today: date) -> int:
    """Months of 30 days since the previous reading, rounded up, at least one."""
    if since is None:
        return 1
    return max(1, -(-(today - since).days // _DAYS_OF_MONTH))


def largest_plausible(register: MeterRegister, policy: Policy, today: date) -> Decimal | None:
    """The previous value and the cap for the months elapsed; None where there is no previous value or no cap."""
    cap = policy.caps.get(register.service)
    if cap is None or register.previous_value is None:
        return None
    return register.previous_value + cap * months_elapsed(register.previous_on, today)


def exclusion_of(value: Decimal, register: MeterRegister, policy: Policy, today: date) -> Exclusion | None:
    """Why a value cannot be one of this register: its dial is too short, it is below the previous, or implausible."""
    if value >= register.capacity:
        return Exclusion.VALUE_TOO_MANY_DIGITS
    if register.previous_value is not None and value < register.previous_value:
        return Exclusion.VALUE_BELOW_PREVIOUS
    largest = largest_plausible(register, policy, today)
    return None if largest is None or value <= largest else Exclusion.VALUE_IMPLAUSIBLE


def is_possible(value: Decimal, register: MeterRegister, policy: Policy, today: date) -> bool:
    """Whether a value can be one of this register: nothing excludes it."""
    return exclusion_of(value, register, policy, today) is None


def _facts(value: Decimal, around: Circumstances, **more: str) -> Mapping[str, str]:
    register = around.register
    facts = {
        "account": around.account.number,
        "serial": register.serial,
        "service": str(register.service),
        "zone": str(register.zone),
        "value": f"{value:f}",
    }
    if register.previous_value is not None:
        facts["previous_value"] = f"{register.previous_value.normalize():f}"
    if register.previous_on is not None:
        facts["previous_on"] = register.previous_on.isoformat()
    return MappingProxyType(facts | more)


def not_an_individual(value: Decimal, around: Circumstances) -> Finding | None:
    """The mailbox is for private persons (section 2)."""
    if around.account.customer_type is CustomerType.INDIVIDUAL:
        return None
    return Finding(Reason.NOT_AN_INDIVIDUAL, _facts(value, around))


def service_not_accepted(value: Decimal, around: Circumstances) -> Finding | None:
    """The services taken depend on the housing (section 3)."""
    if around.policy.takes(around.register.service, around.account.housing):
        return None
    return Finding(Reason.SERVICE_NOT_ACCEPTED, _facts(value, around))


def contract_inactive(value: Decimal, around: Circumstances) -> Finding | None:
    """The contract for the service has ended (section 2)."""
    if not has_ended(around.account, around.register.service):
        return None
    return Finding(Reason.CONTRACT_INACTIVE, _facts(value, around))


def value_too_many_digits(value: Decimal, around: Circumstances) -> Finding | None:
    """More digits before the decimal sign than the dial has; never repaired (section 4)."""
    if value < around.register.capacity:
        return None
    return Finding(Reason.VALUE_TOO_MANY_DIGITS, _facts(value, around, digits=str(around.register.digits)))


def value_below_previous(value: Decimal, around: Circumstances) -> Finding | None:
    """Below the previous value, unless the dial may have begun anew or a person must look (section 4)."""
    previous = around.register.previous_value
    if previous is None or value >= previous:
        return None
    if around.meter_changed:
        return Finding(Reason.METER_REPLACED, _facts(value, around))
    if _was_refused(value, around, Reason.VALUE_BELOW_PREVIOUS):
        return Finding(Reason.STATED_AGAIN, _facts(value, around))
    tenth = Decimal(around.register.capacity) / _TENTH
    if previous >= around.register.capacity - tenth and value < tenth:
        return Finding(Reason.ROLLOVER_SUSPECTED, _facts(value, around))
    return Finding(Reason.VALUE_BELOW_PREVIOUS, _facts(value, around))


def value_implausible(value: Decimal, around: Circumstances) -> Finding | None:
    """Consumption above the cap for the months elapsed (section 4)."""
    largest = largest_plausible(around.register, around.policy, around.today)
    if largest is None or value <= largest:
        return None
    months = months_elapsed(around.register.previous_on, around.today)
    cap = around.policy.caps[around.register.service]
    return Finding(Reason.VALUE_IMPLAUSIBLE, _facts(value, around, cap=f"{cap:f}", months=str(months)))


def conflicting_sender(value: Decimal, around: Circumstances) -> Finding | None:
    """A stranger to the account cannot replace what somebody else gave in this period (section 4)."""
    if around.sender in around.account.emails:
        return None
    given = [
        past
        for past in around.history.recorded
        if past.period == around.period and _same_register(past.account, past.serial, past.zone, around.register)
    ]
    strange = any(_is_of_another(past, around.sender) and past.value != value for past in given)
    return Finding(Reason.CONFLICTING_SENDER, _facts(value, around)) if strange else None


def _is_of_another(past: PastReading, sender: str | None) -> bool:
    """Whether somebody else gave a reading, as far as can be told: two mails without a sender need not be of one."""
    return sender is None or past.sender != sender


def _was_refused(value: Decimal, around: Circumstances, reason: Reason) -> bool:
    return any(
        past.value == value and past.reason is reason and past.period == around.period
        and _same_register(past.account, past.serial, past.zone, around.register)
        for past in around.history.refused
    )  # fmt: skip


def _same_register(account: str, serial: str | None, zone: object, register: MeterRegister) -> bool:
    return (account, serial, zone) == (register.account, register.serial, register.zone)


RULES: Final[tuple[Rule, ...]] = (
    not_an_individual,
    service_not_accepted,
    contract_inactive,
    value_too_many_digits,
    value_below_previous,
    value_implausible,
    conflicting_sender,
)


def findings_of(value: Decimal, around: Circumstances) -> list[Finding]:
    """What all rules complain of, the reason that is given first (section 4) at the head."""
    found = [finding for rule in RULES if (finding := rule(value, around)) is not None]
    return sorted(found, key=lambda finding: RANK[finding.reason])
