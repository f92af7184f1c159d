"""What a customer claims, value by value, and which claims say the same or contradict each other (rules, section 4)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from mailreader.sections import Section
from models.catalogue import Reason, Service, Zone
from models.grounds import Dropped, Located
from models.register import Account, MeterRegister
from models.statement import Number
from models.verdict import Finding

_HALF_A_YEAR: Final = 6


@dataclass(frozen=True, slots=True)
class Claim:
    """One value that the customer states, with the register it is for, or the finding why there is none.

    `stated` is the account as the customer wrote it, None where his address told it; `serial` is the one he wrote.
    `evidence` are his own words; `is_earlier` says that they stand in the message that this one continues. `located`
    is how it came to its register.
    """

    number: Number
    evidence: str
    account: Account | None
    stated: str | None
    register: MeterRegister | None = None
    service: Service | None = None
    zone: Zone | None = None
    value: Decimal | None = None
    serial: str | None = None
    finding: Finding | None = None
    is_earlier: bool = False
    located: Located | None = None

    @property
    def settled(self) -> bool:
        """Whether the register is known, or why it is not."""
        return self.register is not None or self.finding is not None

    def refused(self, reason: Reason, **facts: str) -> "Claim":
        """The same claim with the reason why it has no register."""
        known = {
            "account": self.account.number if self.account else None,
            "stated": self.stated,
            "service": self.service,
            "zone": self.zone,
            "value": self.number.text,
        }
        told = {name: str(fact) for name, fact in (known | facts).items() if fact}
        return replace(self, finding=Finding(reason, MappingProxyType(told)))

    def taken(self, register: MeterRegister, value: Decimal | None, located: Located) -> "Claim":
        """The same claim with its register and value, and how it came to them."""
        return replace(
            self, register=register, service=register.service, zone=register.zone, value=value, located=located
        )


@dataclass(frozen=True, slots=True)
class Sifted:
    """The claims that stand, and why the numbers of the others make none."""

    claims: list[Claim]
    dropped: Mapping[Number, Dropped]


def begin_claim(number: Number, section: Section) -> Claim:
    """The claim of one number, with what its label says."""
    label, readings = number.label, number.readings
    service = label.service
    if service is None and not label.water and (label.tariff or label.zone not in {None, Zone.TOTAL}):
        service = Service.ELECTRICITY
    return Claim(
        number=number,
        evidence=number.evidence.of(section.text),
        account=section.account,
        stated=section.stated,
        service=service,
        zone=label.zone,
        value=readings[0] if readings else None,
        serial=section.serials.tied.get(number),
    )


def without_repeats(claims: Sequence[Claim]) -> Sifted:
    """Drop what another line says again, in another language for example: as many values with the same labels."""
    lines: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        lines[claim.number.line].append(claim)
    said: list[list[object]] = []
    kept: list[Claim] = []
    dropped: dict[Number, Dropped] = {}
    for line in lines.values():
        meanings = [(claim.service, claim.zone, claim.number.label.tariff, claim.number.readings) for claim in line]
        if len(line) == 1 or meanings not in said:
            kept += line
        else:
            dropped |= {claim.number: Dropped.REPEATED for claim in line}
        said.append(list(meanings))
    return Sifted(kept, dropped)


def _explained(rivals: Sequence[Claim]) -> Claim | None:
    """The one value that explains its rivals: each is the register's previous value, or the consumption since."""
    previous = rivals[0].register.previous_value if rivals[0].register else None
    if previous is None:
        return None
    for claim in rivals:
        if claim.value is None or claim.value <= previous:
            continue
        others = {rival.value for rival in rivals if rival is not claim}
        if others <= {previous, claim.value - previous}:
            return claim
    return None


def is_older(one: Number, other: Number) -> bool:
    """Whether a number was read on an earlier day than another; without a year, within half a year of each other.

    So the 31.12 is before the 18.01 of a message written in January.
    """
    if one.said_on is None or other.said_on is None:
        return False
    (year, *day), (other_year, *other_day) = one.said_on, other.said_on
    if year and other_year:
        return one.said_on < other.said_on
    turned = abs(day[0] - other_day[0]) > _HALF_A_YEAR
    return day != other_day and (day < other_day) is not turned


def _newest(rivals: Sequence[Claim]) -> Claim:
    newest = rivals[0]
    for claim in rivals[1:]:
        if is_older(newest.number, claim.number):
            newest = claim
    return newest


def _said_of(claim: Claim, meant: Claim) -> Dropped:
    """What a rival of the value that is meant is: the register's previous value, or the consumption since."""
    previous = meant.register.previous_value if meant.register else None
    return Dropped.PREVIOUS_VALUE if claim.value == previous else Dropped.CONSUMPTION


def merge_same(claims: Sequence[Claim]) -> Sifted:
    """Leave one claim a register: the newest of dated ones, one of equal ones; else the value is ambiguous."""
    by_register: dict[MeterRegister, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.register and claim.finding is None:
            by_register[claim.register].append(claim)
    dropped: dict[Number, Dropped] = {}
    ambiguous: set[Number] = set()
    for before, claim in pairwise(claims):
        if claim.number.either and claim.number.readings != before.number.readings:
            ambiguous |= {before.number, claim.number}
    for rivals in by_register.values():
        dated = [claim.number.said_on for claim in rivals]
        if len({claim.value for claim in rivals}) == 1:
            dropped |= {claim.number: Dropped.SAME_VALUE for claim in rivals[1:]}
        elif None not in dated and len(set(dated)) > 1:
            newest = _newest(rivals)
            older = (claim.number for claim in rivals if claim.number.said_on != newest.number.said_on)
            dropped |= dict.fromkeys(older, Dropped.OLDER)
        elif (meant := _explained(rivals)) is not None:
            dropped |= {claim.number: _said_of(claim, meant) for claim in rivals if claim is not meant}
        else:
            ambiguous |= {claim.number for claim in rivals}
    kept = [claim for claim in claims if claim.number not in dropped]
    values = ", ".join(dict.fromkeys(claim.number.text for claim in kept if claim.number in ambiguous))
    merged = [
        claim.refused(Reason.VALUE_AMBIGUOUS, values=values) if claim.number in ambiguous else claim for claim in kept
    ]
    return Sifted(merged, dropped)
