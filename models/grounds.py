"""Why each number is taken for what it is: on what ground the text, and then the register, decided (rules, 2 to 5).

Each is given by the code that decides, as a constant; only `explain` shows them. The values are stable identifiers.
"""

from enum import StrEnum, unique


@unique
class Ground(StrEnum):
    """Why a number of the text has its role, as far as the text alone tells.

    The first group explains numbers that are no readings, the second those of which the customer says that they are
    not his reading of today, the third how a number that may be a value came to its label, or why it has none.
    """

    SHAPE = "shape"
    NAMED = "named"
    CONTROL_DIGIT = "control_digit"
    NAME_BEFORE = "name_before"
    BRACKETED = "bracketed"
    LIST_MARK = "list_mark"
    INDEX = "index"
    NUMBER_WORD = "number_word"
    GOES_ON = "goes_on"
    COMPARED = "compared"
    TIED = "tied"
    COLUMN = "column"
    SIGNATURE = "signature"
    EARLIER_SUBJECT = "earlier_subject"

    BILL = "bill"
    BILL_SAYS = "bill_says"
    ANNULLED = "annulled"
    ASKED = "asked"
    DENIED = "denied"
    EXAMPLE = "example"
    FORECAST = "forecast"
    OLD_METER = "old_meter"
    OTHERS = "others"
    SUPPOSED = "supposed"
    STORY = "story"
    ANNOUNCED = "announced"
    SWAPPED = "swapped"
    TOLD = "told"
    UNREAD = "unread"
    CORRECTED = "corrected"

    LABEL = "label"
    CARRIED = "carried"
    HEADING = "heading"
    IN_TURN = "in_turn"
    STACKED = "stacked"
    SUBJECT = "subject"
    CORRECTION = "correction"
    TORN = "torn"
    ONLY_NUMBER = "only_number"
    UNLABELLED = "unlabelled"
    STRANGE = "strange"
    NO_QUANTITY = "no_quantity"


@unique
class Standing(StrEnum):
    """Why a number names an account, or why it does not although the register has it (rules, section 2)."""

    LABELLED = "labelled"
    ALONE = "alone"
    HEAD = "head"
    EDGE = "edge"
    SENDER = "sender"
    HOLDER = "holder"
    SERIAL = "serial"

    TOO_SHORT = "too_short"
    INEXACT = "inexact"
    IN_SIGNATURE = "in_signature"
    SAID_TO_BE_VALUE = "said_to_be_value"
    NO_WITNESS = "no_witness"
    OTHER_MEANING = "other_meaning"
    NOT_TOLD_APART = "not_told_apart"
    NO_VALUE = "no_value"

    @property
    def names_account(self) -> bool:
        """Whether the number is taken for the account."""
        return self in _NAMES_ACCOUNT


_NAMES_ACCOUNT = frozenset(
    {
        Standing.LABELLED,
        Standing.ALONE,
        Standing.HEAD,
        Standing.EDGE,
        Standing.SENDER,
        Standing.HOLDER,
        Standing.SERIAL,
    }
)


@unique
class Exclusion(StrEnum):
    """Why a value is not one of a register (rules, sections 3 and 4).

    `taken`: a clearly labelled value has it; `elsewhere`: the value has another register.
    """

    SERIAL = "serial"
    SERVICE = "service"
    ZONE = "zone"
    TARIFF = "tariff"
    WATER = "water"
    TAKEN = "taken"
    VALUE_TOO_MANY_DIGITS = "value_too_many_digits"
    VALUE_BELOW_PREVIOUS = "value_below_previous"
    VALUE_IMPLAUSIBLE = "value_implausible"
    NO_QUANTITY = "no_quantity"
    ELSEWHERE = "elsewhere"


@unique
class Located(StrEnum):
    """How a value came to its register (rules, section 3)."""

    SERIAL = "serial"
    LABEL = "label"
    ONLY_REGISTER = "only_register"
    ONLY_ASSIGNMENT = "only_assignment"


@unique
class Dropped(StrEnum):
    """Why a number that could be a value makes no claim of its own beside others (rules, section 4)."""

    REPEATED = "repeated"
    NOISE = "noise"
    SAME_VALUE = "same_value"
    OLDER = "older"
    PREVIOUS_VALUE = "previous_value"
    CONSUMPTION = "consumption"
