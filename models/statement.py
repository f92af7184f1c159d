"""What a customer said: every number of the mail with its explanation, before the register is asked (rules, 2-5)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, unique

from models.catalogue import Language, Request, Service, Zone
from models.grounds import Ground


@unique
class Role(StrEnum):
    """What a number in the customer's text was said, or can be seen, to be."""

    VALUE = "value"
    PREVIOUS = "previous"
    CONSUMPTION = "consumption"
    SUM = "sum"
    WITHDRAWN = "withdrawn"
    ACCOUNT = "account"
    SERIAL = "serial"
    PHONE = "phone"
    DATE = "date"
    TIME = "time"
    MONEY = "money"
    PERSONAL_ID = "personal_id"
    DOCUMENT = "document"
    ADDRESS = "address"
    LINK = "link"
    COUNT = "count"
    BARE = "bare"
    STRAY = "stray"

    @property
    def open(self) -> bool:
        """Whether the text alone leaves it open what the number is, so that the register takes part."""
        return self in {Role.BARE, Role.STRAY}


@unique
class Place(StrEnum):
    """Where a number stands, which decides whether an unlabelled one can be an account (rules, section 2)."""

    ALONE = "alone"
    HEAD = "head"
    EDGE = "edge"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters of the statement's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Label:
    """What the words around a number say about it; None where they say nothing.

    `tariff` is the meter's own tariff number (T1, T2, T3). `carried` means that the words stand at an earlier
    number of the same list ("hot water 568 and 389") or in the subject, and so speak for this one only weakly.
    """

    service: Service | None = None
    zone: Zone | None = None
    tariff: int | None = None
    water: bool = False
    carried: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return self.service is None and self.zone is None and self.tariff is None and not self.water


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the text and its explanation.

    `readings` are the exact decimals that it can be read as, the decimal-sign reading first, the thousands reading
    second; empty where it cannot be a quantity. `key` are its letters and digits, as identifiers are compared.
    `said_on` is (year or 0, month, day or 0) of a dated value. `line`, `clause` number the lines and clauses of the
    text. `evidence` is the span of words and number together. `ground` is why it has its role, `witness` the word
    beside it that says so, where one word does. `either` marks a number that is offered as an alternative to the one
    before it ("335 or 338"); `strange` says that unknown words stand beside it; `torn` are the services between which
    contradictory words leave it, so that its label is empty; `under` is the account at the head of its column.
    """

    span: Span
    text: str
    key: str
    role: Role
    readings: tuple[Decimal, ...]
    label: Label
    place: Place
    line: int
    clause: int
    evidence: Span
    ground: Ground
    witness: Span | None = None
    said_on: tuple[int, int, int] | None = None
    either: bool = False
    in_signature: bool = False
    in_subject: bool = False
    strange: bool = False
    torn: frozenset[Service] = frozenset()
    under: Span | None = None

    def __hash__(self) -> int:
        """By its place alone, which no two numbers of a text share: matching keeps numbers in sets all the time."""
        return hash((self.span.start, self.span.end))


@dataclass(frozen=True, slots=True)
class ReadToken:
    """A number, phrase, word or sign as it was read: its span, its kind by shape, all that the words can mean."""

    span: Span
    kind: str
    meanings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """All that one message says.

    `text` is the subject, the newest part and the signature, one after the other: what all spans point into.
    `is_answer` says that the subject begins as answers do, of mail programs that name no message that they answer.
    `on_photo` are the services of which the text says that their value is on a photo. `earlier` is what the message
    says that our own answer answered, where this one answers that (rules, section 5). `tokens` are kept for `explain`
    alone.
    """

    text: str
    numbers: tuple[Number, ...]
    language: Language | None
    request: Request | None
    about_readings: bool
    named_services: frozenset[Service]
    meter_changed: bool
    on_photo: frozenset[Service]
    mere_thanks: bool
    is_answer: bool
    attachments: tuple[str, ...]
    earlier: "Statement | None" = None
    tokens: tuple[ReadToken, ...] = ()

    def with_role(self, *roles: Role) -> tuple[Number, ...]:
        """The numbers of the text that were explained as one of these."""
        return tuple(number for number in self.numbers if number.role in roles)

    @property
    def identifiers(self) -> frozenset[str]:
        """The keys of all numbers that may name an account or a meter: what to look up in the register."""
        own = frozenset(number.key for number in self.numbers if number.role in _MAY_IDENTIFY)
        return own | self.earlier.identifiers if self.earlier else own


_MAY_IDENTIFY = frozenset({Role.ACCOUNT, Role.SERIAL, Role.BARE, Role.STRAY, Role.VALUE, Role.PERSONAL_ID})
