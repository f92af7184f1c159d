"""Every stable identifier of the intake rules: outcomes, reasons, requests, services, zones, states.

The values appear in the database, in JSON, in metrics and in logs, and are never translated.
"""

from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final, NewType


@unique
class Service(StrEnum):
    """What a meter measures (rules, section 3)."""

    ELECTRICITY = "electricity"
    HOT_WATER = "hot_water"
    COLD_WATER = "cold_water"
    HEAT = "heat"
    GAS = "gas"


@unique
class Zone(StrEnum):
    """The tariff zone that one register of a meter counts."""

    TOTAL = "total"
    DAY = "day"
    NIGHT = "night"
    PEAK = "peak"
    HALF_PEAK = "half_peak"


@unique
class CustomerType(StrEnum):
    """Who holds the contract."""

    INDIVIDUAL = "individual"
    LEGAL = "legal"


@unique
class Housing(StrEnum):
    """What the account supplies."""

    APARTMENT = "apartment"
    PRIVATE = "private"


@unique
class ContractStatus(StrEnum):
    """Whether the contract for one service of an account runs."""

    ACTIVE = "active"
    TERMINATED = "terminated"


Language = NewType("Language", str)
"""The code of a language of customers and answers, the name of its folder of data: there is no list of them."""

UNDECIDED: Final = Language("ru")
"""The code that stands for a language which cannot be told; the reply is then in several (rules, section 6)."""


@unique
class Outcome(StrEnum):
    """What became of a message (rules, section 6)."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REJECTED = "rejected"
    REVIEW = "review"
    IGNORED = "ignored"


@unique
class Request(StrEnum):
    """What a customer asks for beside, or instead of, giving a reading (rules, section 6)."""

    INVOICE_DUPLICATE = "invoice_duplicate"
    TARIFF_CHANGE = "tariff_change"
    CONTRACT_CONCLUDE = "contract_conclude"
    CONTRACT_AMEND = "contract_amend"
    CONTRACT_TERMINATE = "contract_terminate"
    OTHER = "other"
    HELP_DESK = "help_desk"


@unique
class ReadingStatus(StrEnum):
    """What became of one reading of a message."""

    RECORDED = "recorded"
    REJECTED = "rejected"
    REVIEW = "review"


@unique
class ReplyKind(StrEnum):
    """The four automatic answers."""

    CONFIRMATION = "confirmation"
    PARTIAL = "partial"
    REJECTION = "rejection"
    REVIEW = "review"


@unique
class QueueStatus(StrEnum):
    """Where an item of the operators' queue stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"


@unique
class OutboxState(StrEnum):
    """Where a reply stands on its way out.

    `unknown`: the final dot was sent and nothing came back. `held`: a limit forbids it; it goes out only by hand.
    """

    HELD = "held"
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


@unique
class ReplyOrigin(StrEnum):
    """Whose reply it is: the one automatic answer to a message, an operator's, or a copy to a registered address."""

    AUTOMATIC = "automatic"
    OPERATOR = "operator"
    COPY = "copy"


@unique
class Act(StrEnum):
    """What a person can do that the audit trail keeps."""

    ACCEPT = "accept"
    REJECT = "reject"
    DISMISS = "dismiss"
    REPROCESS = "reprocess"
    RETRY_ANSWER = "retry_answer"
    PAUSE = "pause"
    RESUME = "resume"
    RESET_BREAKER = "reset_breaker"
    PURGE = "purge"


@unique
class Remedy(StrEnum):
    """Who can mend what a reason complains of."""

    CUSTOMER = "customer"
    PERSON = "person"


@unique
class Reason(StrEnum):
    """Why a reading or a message was not recorded; in the order in which one reading's first reason is chosen."""

    OUTSIDE_WINDOW = "outside_window"
    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_UNKNOWN = "account_unknown"
    NOT_AN_INDIVIDUAL = "not_an_individual"
    SERVICE_NOT_ACCEPTED = "service_not_accepted"
    CONTRACT_INACTIVE = "contract_inactive"
    SERVICE_NOT_ON_ACCOUNT = "service_not_on_account"
    METER_UNKNOWN = "meter_unknown"
    METER_AMBIGUOUS = "meter_ambiguous"
    VALUE_MISSING = "value_missing"
    VALUE_AMBIGUOUS = "value_ambiguous"
    VALUE_TOO_MANY_DIGITS = "value_too_many_digits"
    METER_REPLACED = "meter_replaced"
    STATED_AGAIN = "stated_again"
    ROLLOVER_SUSPECTED = "rollover_suspected"
    VALUE_BELOW_PREVIOUS = "value_below_previous"
    VALUE_IMPLAUSIBLE = "value_implausible"
    CONFLICTING_SENDER = "conflicting_sender"
    ATTACHMENT_ONLY = "attachment_only"
    NOT_A_READING = "not_a_reading"
    UNREADABLE = "unreadable"
    SENDER_UNAUTHENTICATED = "sender_unauthenticated"

    @property
    def remedy(self) -> Remedy:
        """Who can mend it: the customer by a better message, or only a person at the retailer."""
        return REMEDIES[self]


_NEEDS_A_PERSON: Final = frozenset(
    {
        Reason.ROLLOVER_SUSPECTED,
        Reason.VALUE_IMPLAUSIBLE,
        Reason.ATTACHMENT_ONLY,
        Reason.NOT_A_READING,
        Reason.UNREADABLE,
        Reason.SENDER_UNAUTHENTICATED,
        Reason.STATED_AGAIN,
        Reason.METER_REPLACED,
        Reason.CONFLICTING_SENDER,
    }
)
REMEDIES: Final = MappingProxyType(
    {reason: Remedy.PERSON if reason in _NEEDS_A_PERSON else Remedy.CUSTOMER for reason in Reason}
)

RANK: Final = MappingProxyType({reason: place for place, reason in enumerate(Reason)})
"""The place of each reason where two rules complain of one reading: the lowest is given (rules, section 4)."""

CONCEALED: Final = frozenset(
    {Reason.ACCOUNT_UNKNOWN, Reason.CONTRACT_INACTIVE, Reason.NOT_AN_INDIVIDUAL, Reason.METER_UNKNOWN}
)
"""Reasons that read the same to an address which the register does not hold for the account (rules, section 6)."""
