"""Which account each value of a message is for: one section an account (rules, section 2).

What is stated wins over what the sender's address suggests. An unlabelled number is an account only where it stands as
one, and nothing else explains it; a hit in the register alone proves nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from mailreader.assignment import possible_readings
from mailreader.serials import Serials
from mailreader.witness import is_named
from models.grounds import Standing
from models.register import Account, RegisterExcerpt, identifier_key
from models.rules import Policy
from models.statement import Number, Place, Role, Statement

_VALUES: Final = frozenset({Role.VALUE, Role.BARE})
_SHORTEST: Final = 3
_PLACES: Final = MappingProxyType({Place.ALONE: Standing.ALONE, Place.HEAD: Standing.HEAD, Place.EDGE: Standing.EDGE})


@dataclass(frozen=True, slots=True)
class Section:
    """The part of a message that is about one account.

    `account` is None where none was found; `stated` is it as the customer wrote it, None where his address told it.
    `text` is what the spans of the numbers point into. `earlier` is the section of the message that this one continues.
    """

    account: Account | None
    stated: str | None
    numbers: tuple[Number, ...]
    text: str
    serials: Serials
    earlier: "Section | None" = None

    @classmethod
    def of(cls, account: Account | None, stated: str | None, numbers: Sequence[Number], text: str) -> "Section":
        """The section of these numbers, with the serials among them."""
        return cls(account, stated, tuple(numbers), text, Serials.tie(numbers, account))

    @property
    def values(self) -> tuple[Number, ...]:
        """The numbers that are, or may be, values; beside a meter's serial also the one number left unexplained."""
        return self.serials.values

    @property
    def said_otherwise(self) -> tuple[Number, ...]:
        """The labelled numbers that the words make a previous value, a consumption or a sum."""
        roles = {Role.PREVIOUS, Role.CONSUMPTION, Role.SUM}
        return tuple(n for n in self.numbers if n.role in roles and not n.label.empty)

    @property
    def strays(self) -> tuple[Number, ...]:
        """The numbers that nothing explains."""
        told = {*self.serials.explained, *self.values}
        return tuple(n for n in self.numbers if n.role is Role.STRAY and n not in told)


@dataclass(frozen=True, slots=True)
class Mention:
    """A number that names an account, or could: `account` is None where the register does not have it."""

    number: Number
    account: Account | None
    standing: Standing

    def passed_over(self, standing: Standing) -> "Mention":
        """The same number, which is not taken for the account."""
        return replace(self, standing=standing)


def split_sections(
    statement: Statement, register: RegisterExcerpt, sender: str | None, policy: Policy, today: date
) -> list[Section]:
    """Split a statement by the accounts that it names; without one, by what the sender's address tells."""
    own = register.registered_to(sender)
    found = find_mentions(statement, register, sender, policy, today)
    mentions = [mention for mention in found if mention.standing.names_account]
    names = {mention.number for mention in mentions}
    rest = [number for number in statement.numbers if number not in names and not number.in_signature]
    if not mentions:
        return [Section.of(own[0] if len(own) == 1 else None, None, rest, statement.text)]
    if len({_key(mention) for mention in mentions}) == 1:
        return [Section.of(mentions[0].account, _as_written(mentions[0], statement), rest, statement.text)]
    return _several(mentions, statement)


def _key(mention: Mention) -> str:
    return mention.account.number if mention.account else mention.number.key.lstrip("0")


def _as_written(mention: Mention, statement: Statement) -> str:
    return mention.number.span.of(statement.text)


def find_mentions(
    statement: Statement, register: RegisterExcerpt, sender: str | None, policy: Policy, today: date
) -> list[Mention]:
    """The numbers that name an account, and those of the register that do not, in the order of the text."""
    own = register.registered_to(sender)
    labelled = [
        Mention(number, register.find(number.key), Standing.LABELLED) for number in statement.with_role(Role.ACCOUNT)
    ]
    in_text = [mention for mention in labelled if not mention.number.in_signature]
    known = [mention.account for mention in labelled if mention.account] or list(own)[:1]
    others = [
        Mention(number, account, _standing(number, account, own, statement))
        for number in statement.with_role(Role.BARE, Role.STRAY, Role.VALUE)
        if (account := register.find(number.key))
    ]
    alone = [_unless_explained(mention, known, policy, today) for mention in others]
    unlabelled = _without_values(alone, policy, today)
    stated = any(mention.standing.names_account for mention in unlabelled) or in_text
    signed = [
        mention.passed_over(Standing.IN_SIGNATURE) if stated and mention.number.in_signature else mention
        for mention in labelled
    ]
    alike = _unknown_alike([*signed, *unlabelled], statement)
    found = sorted([*signed, *unlabelled, *alike], key=lambda mention: mention.number.span)
    return _without_idle(found, statement)


def _unknown_alike(mentions: Sequence[Mention], statement: Statement) -> Iterator[Mention]:
    """The numbers that stand before values just as an account does, and are as long, but not in the register.

    Their values are not those of the account named before them ("0123456 light 10; 0123465 light 20").
    """
    named = [mention for mention in mentions if mention.standing.names_account and mention.account]
    heads = [mention for mention in named if mention.number.place is Place.HEAD]
    known = {mention.number for mention in mentions}
    meters = [meter for mention in named if mention.account for meter in mention.account.registers]
    serials = {identifier_key(meter.serial) for meter in meters}
    longest = max((meter.digits for meter in meters), default=0)
    for number in statement.with_role(Role.BARE, Role.STRAY):
        alike = any(len(number.key) == len(mention.number.key) for mention in heads)
        if number.place is not Place.HEAD or not alike or number in known or number.key in serials:
            continue
        if len(number.key) > longest and _heads_values(number, statement):
            yield Mention(number, None, Standing.HEAD)


def _heads_values(number: Number, statement: Statement) -> bool:
    return any(
        other.role in _VALUES and other.line == number.line and other.span > number.span for other in statement.numbers
    )


def _unless_explained(mention: Mention, known: Sequence[Account], policy: Policy, today: date) -> Mention:
    """The mention, passed over where its number can as well be a serial or a value of an account that is known."""
    if mention.account is None or not mention.standing.names_account:
        return mention
    otherwise = _explained_otherwise(mention.number, mention.account, known, policy, today)
    return mention.passed_over(Standing.OTHER_MEANING) if otherwise else mention


def _without_values(mentions: Sequence[Mention], policy: Policy, today: date) -> list[Mention]:
    """Pass over what can as well be a value, or a serial, of the unlabelled account before it ("0123456: 10100").

    Where the one before can be a value of this one's too, neither is told from the other, and both go.
    """
    found = list(mentions)
    kept: list[int] = []
    for place, mention in enumerate(mentions):
        if not mention.standing.names_account:
            continue
        before = mentions[kept[-1]] if kept else None
        if before is None or not _explains(before, mention, policy, today):
            kept.append(place)
        elif _explains(mention, before, policy, today):
            for lost in (kept.pop(), place):
                found[lost] = mentions[lost].passed_over(Standing.NOT_TOLD_APART)
        else:
            found[place] = mention.passed_over(Standing.OTHER_MEANING)
    return found


def _explains(mention: Mention, other: Mention, policy: Policy, today: date) -> bool:
    """Whether the account of one mention explains the number of another."""
    if mention.account is None or other.account is None:
        return False
    return _explained_otherwise(other.number, other.account, [mention.account], policy, today)


def _standing(number: Number, account: Account, own: Sequence[Account], statement: Statement) -> Standing:
    """Whether, and why, an unlabelled number of the register names an account (rules, section 2).

    It stands where an account stands, or has a second witness: the sender's address, a serial, the holder's surname
    and the account's address. A number that is labelled as a value is an account only if no meter of it has so many
    digits, and the sender's address says so.
    """
    if number.in_signature:
        return Standing.IN_SIGNATURE
    if identifier_key(account.number) != number.key:
        return Standing.INEXACT
    if len(number.key) < _SHORTEST:
        return Standing.TOO_SHORT
    if number.role is Role.VALUE:
        too_long = all(len(number.key) > meter.digits for meter in account.registers)
        if too_long and account in own and number.in_subject:
            return Standing.SENDER
        if not (too_long and number.label.carried):
            return Standing.SAID_TO_BE_VALUE
    return _PLACES.get(number.place) or next(_witnesses(number, account, own, statement), Standing.NO_WITNESS)


def _witnesses(number: Number, account: Account, own: Sequence[Account], statement: Statement) -> Iterator[Standing]:
    """The second witnesses of an unlabelled account number."""
    if account in own:
        yield Standing.SENDER
    if is_named(account, statement.text):
        yield Standing.HOLDER
    serials = {identifier_key(meter.serial) for meter in account.registers}
    if any(other.key in serials for other in statement.numbers if other is not number):
        yield Standing.SERIAL


def _explained_otherwise(
    number: Number, account: Account, known: Sequence[Account], policy: Policy, today: date
) -> bool:
    """Whether it can as well be a serial or a value of the account that is known without it."""
    others = [other for other in known if other is not account]
    return any(
        identifier_key(meter.serial) == number.key or possible_readings(number, meter, policy, today)
        for other in others
        for meter in other.registers
    )


def _without_idle(found: Sequence[Mention], statement: Statement) -> list[Mention]:
    """Pass over unlabelled mentions that no value belongs to, where another account is named."""
    mentions = [mention for mention in found if mention.standing.names_account]
    if len({_key(mention) for mention in mentions}) <= 1:
        return list(found)
    idle = {
        mention.number
        for mention, values in zip(mentions, _spans(mentions, statement), strict=True)
        if mention.standing is not Standing.LABELLED and not any(number.role in _VALUES for number in values)
    }
    return [mention.passed_over(Standing.NO_VALUE) if mention.number in idle else mention for mention in found]


def _spans(mentions: Sequence[Mention], statement: Statement) -> list[list[Number]]:
    """The numbers that belong to each mention: those behind it, or before it where values come first."""
    names = {mention.number for mention in mentions}
    numbers = [number for number in statement.numbers if number not in names and not number.in_signature]
    starts = [mention.number.span.start for mention in mentions]
    first_value = min((number.span.start for number in numbers if number.role in _VALUES), default=starts[0])
    parts: list[list[Number]] = [[] for _ in mentions]
    heads = {mention.number.span: place for place, mention in enumerate(mentions)}
    for number in numbers:
        if number.under in heads:
            parts[heads[number.under]].append(number)
            continue
        behind = sum(start < number.span.start for start in starts)
        index = behind - 1 if first_value > starts[0] else min(behind, len(mentions) - 1)
        parts[max(index, 0)].append(number)
    return parts


def _several(mentions: Sequence[Mention], statement: Statement) -> list[Section]:
    """One section an account, in the order in which they are first named."""
    gathered: dict[str, tuple[Mention, list[Number]]] = {}
    for mention, numbers in zip(mentions, _spans(mentions, statement), strict=True):
        _, known = gathered.setdefault(_key(mention), (mention, []))
        known += numbers
    return [
        Section.of(mention.account, _as_written(mention, statement), numbers, statement.text)
        for mention, numbers in gathered.values()
    ]
