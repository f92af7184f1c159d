"""The statement against the register: the one possible assignment of values to registers, or why there is none.

The principle is to explain every number (rules, sections 2 to 4): a value is taken only where its explanation is the
only one. Pure: the register comes as an excerpt, and nothing is guessed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from mailreader.assignment import Options, Taken, assign, possible_readings
from mailreader.conversation import continued
from mailreader.sections import Section, split_sections
from models.catalogue import Reason, Service, Zone
from models.register import Account, MeterRegister, RegisterExcerpt, identifier_key
from models.rules import Policy
from models.statement import Number, Role, Statement
from models.verdict import Finding

_NOISE_DIGITS: Final = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """One value that the customer states, with the register it is for, or the finding why there is none.

    `stated` is the account as the customer wrote it, None where his address told it; `serial` is the one he wrote.
    `evidence` are his own words; `is_earlier` says that they stand in the message that this one continues.
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

    def taken(self, register: MeterRegister, value: Decimal | None) -> "Claim":
        """The same claim with its register and value."""
        return replace(self, register=register, service=register.service, zone=register.zone, value=value)


@dataclass(frozen=True, slots=True)
class Submission:
    """What a message submits: its claims, the findings that concern no single value, the accounts it is about."""

    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matcher:
    """Matches statements against the register, on one day and under one policy."""

    policy: Policy
    today: date

    def match(self, statement: Statement, register: RegisterExcerpt, sender: str | None) -> Submission:
        """Match what was said against the register."""
        sections = self._sections(statement, register, sender)
        claims: list[Claim] = []
        findings: list[Finding] = []
        for section in sections:
            found = self._claims(section)
            claims += found
            findings += _of_section(section, found, statement)
        accounts = tuple(section.account.number for section in sections if section.account)
        return Submission(tuple(claims), tuple(findings), accounts)

    def _sections(self, statement: Statement, register: RegisterExcerpt, sender: str | None) -> list[Section]:
        sections = split_sections(statement, register, sender, self.policy, self.today)
        if statement.earlier is None:
            return sections
        return continued(sections, self._sections(statement.earlier, register, sender))

    def _claims(self, section: Section) -> list[Claim]:
        fresh = self._own_claims(section)
        if section.earlier is None:
            return fresh
        given = {claim.register for claim in fresh} | ({None} if fresh else set())
        left_out = [claim for claim in self._claims(section.earlier) if claim.register not in given]
        return fresh + [replace(claim, is_earlier=True) for claim in left_out]

    def _own_claims(self, section: Section) -> list[Claim]:
        claims = [_begin(number, section) for number in section.values]
        if section.account is None:
            return claims
        account = section.account
        heard = _without_repeats(self._without_noise(claims, account))
        located = _merge_same([self._locate(claim, account) for claim in heard])
        assigned = _merge_same(self._assign_rest(located, section, account))
        return assigned + self._unexplained(assigned, section, account)

    def _unexplained(self, claims: Sequence[Claim], section: Section, account: Account) -> list[Claim]:
        """The strays that could be the value of a register for which none was given: not booked, not passed over."""
        served = {claim.register for claim in claims} | {None}
        free = [meter for meter in account.registers if meter not in served]
        return [
            _begin(stray, section).refused(Reason.METER_AMBIGUOUS)
            for stray in section.strays
            if claims and len(stray.key) > _NOISE_DIGITS
            and any(possible_readings(stray, meter, self.policy, self.today) for meter in free)
        ]  # fmt: skip

    def _without_noise(self, claims: Sequence[Claim], account: Account) -> list[Claim]:
        """Drop one or two bare digits that can be no reading of any meter, beside values that are labelled."""
        if all(claim.number.label.empty for claim in claims):
            return list(claims)
        return [claim for claim in claims if not self._is_noise(claim, account)]

    def _is_noise(self, claim: Claim, account: Account) -> bool:
        number = claim.number
        few = number.role is Role.BARE and number.label.empty and len(number.key) <= _NOISE_DIGITS
        if claim.serial or not (few or (number.strange and number.label.carried)):
            return False
        return not any(possible_readings(number, meter, self.policy, self.today) for meter in account.registers)

    def _locate(self, claim: Claim, account: Account) -> Claim:
        """Settle what the label alone settles: one register, or the finding why it is none (rules, section 3)."""
        if claim.serial is not None:
            return self._by_serial(claim, account, claim.serial)
        if claim.number.torn:
            open_to_all = all(account.of(service) for service in claim.number.torn)
            return claim if open_to_all else claim.refused(Reason.METER_AMBIGUOUS)
        refusal = self._refusal_of(claim.service, account)
        if refusal:
            return claim.refused(refusal, services_taken=self._taken(account))
        fitting = _candidates(claim, account.registers)
        if not fitting:
            return claim.refused(Reason.METER_AMBIGUOUS)
        if len(account.registers) == 1 or (len(fitting) == 1 and not claim.number.label.empty):
            return self._read_on(claim, fitting[0])
        return claim

    def _refusal_of(self, service: Service | None, account: Account) -> Reason | None:
        """Why no value of a named service is taken for the account; None where it is, or where none is named."""
        if service and not self.policy.takes(service, account.housing):
            return Reason.SERVICE_NOT_ACCEPTED
        return Reason.SERVICE_NOT_ON_ACCOUNT if service and not account.of(service) else None

    def _by_serial(self, claim: Claim, account: Account, serial: str) -> Claim:
        registers = [meter for meter in account.registers if identifier_key(meter.serial) == serial]
        if not registers:
            return claim.refused(Reason.METER_UNKNOWN, serial=serial)
        if claim.service not in {None, registers[0].service}:
            return claim.refused(Reason.METER_AMBIGUOUS)
        fitting = _candidates(claim, registers)
        if len(fitting) == 1:
            return self._read_on(claim, fitting[0])
        return claim if fitting else claim.refused(Reason.METER_AMBIGUOUS)

    def _read_on(self, claim: Claim, register: MeterRegister) -> Claim:
        """Read the number for its one register: thousands or decimals by which is possible (rules, section 4)."""
        readings = claim.number.readings
        if not readings:
            return replace(claim.refused(Reason.VALUE_AMBIGUOUS), service=register.service, zone=register.zone)
        possible = possible_readings(claim.number, register, self.policy, self.today)
        if len(possible) > 1:
            return claim.taken(register, None).refused(Reason.VALUE_AMBIGUOUS)
        return claim.taken(register, possible[0] if possible else readings[0])

    def _assign_rest(self, claims: Sequence[Claim], section: Section, account: Account) -> list[Claim]:
        """Give what the labels leave open the one possible assignment; clearly labelled values are served first."""
        served = {claim.register for claim in claims if claim.register}
        free = [meter for meter in account.registers if meter not in served]
        options = [Options(claim.number, _open_to(claim, free)) for claim in claims if not claim.settled]
        assignment = assign(options, section.strays, self.policy, self.today)
        return [self._settle(claim, account, assignment.get(claim.number)) for claim in claims]

    def _settle(self, claim: Claim, account: Account, taken: Taken | None) -> Claim:
        if claim.settled:
            return claim
        if taken is None:
            return claim.refused(Reason.METER_AMBIGUOUS)
        settled = claim.taken(*taken)
        accepted = self.policy.takes(taken[0].service, account.housing)
        return (
            settled if accepted else settled.refused(Reason.SERVICE_NOT_ACCEPTED, services_taken=self._taken(account))
        )

    def _taken(self, account: Account) -> str:
        """The services that are taken of an account, for the answer."""
        return ",".join(sorted(self.policy.services.get(account.housing, ())))


def _open_to(claim: Claim, free: Sequence[MeterRegister]) -> tuple[MeterRegister, ...]:
    """The free registers that a value may be for; a label that was only carried over gives way where it has none."""
    wanted = [meter for meter in free if claim.serial in {None, identifier_key(meter.serial)}]
    fitting = _candidates(claim, wanted)
    return tuple(fitting if fitting or not claim.number.label.carried else wanted)


def _begin(number: Number, section: Section) -> Claim:
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


def _candidates(claim: Claim, registers: Sequence[MeterRegister]) -> list[MeterRegister]:
    """The registers that the label leaves open."""
    label = claim.number.label
    return [
        register
        for register in registers
        if claim.service in {None, register.service}
        and label.zone in {None, register.zone}
        and label.tariff in {None, register.tariff_no}
        and (not label.water or register.service in {Service.HOT_WATER, Service.COLD_WATER})
    ]


def _without_repeats(claims: Sequence[Claim]) -> list[Claim]:
    """Drop what another line says again, in another language for example: as many values with the same labels."""
    lines: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        lines[claim.number.line].append(claim)
    said: list[list[object]] = []
    kept: list[Claim] = []
    for line in lines.values():
        meanings = [(claim.service, claim.zone, claim.number.label.tariff, claim.number.readings) for claim in line]
        if len(line) == 1 or meanings not in said:
            kept += line
        said.append(list(meanings))
    return kept


def _merge_same(claims: Sequence[Claim]) -> list[Claim]:
    """Leave one claim a register: the newest of dated ones, one of equal ones; else the value is ambiguous."""
    by_register: dict[MeterRegister, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.register and claim.finding is None:
            by_register[claim.register].append(claim)
    dropped: set[Number] = set()
    ambiguous: set[Number] = set()
    for before, claim in pairwise(claims):
        if claim.number.either and claim.number.readings != before.number.readings:
            ambiguous |= {before.number, claim.number}
    for rivals in by_register.values():
        dated = [claim.number.said_on for claim in rivals]
        if len({claim.value for claim in rivals}) == 1:
            dropped |= {claim.number for claim in rivals[1:]}
        elif None not in dated and len(set(dated)) > 1:
            newest = max(rivals, key=lambda claim: claim.number.said_on or (0, 0, 0))
            dropped |= {claim.number for claim in rivals if claim.number.said_on != newest.number.said_on}
        else:
            ambiguous |= {claim.number for claim in rivals}
    kept = [claim for claim in claims if claim.number not in dropped]
    values = ", ".join(dict.fromkeys(claim.number.text for claim in kept if claim.number in ambiguous))
    return [
        claim.refused(Reason.VALUE_AMBIGUOUS, values=values) if claim.number in ambiguous else claim for claim in kept
    ]


def _of_section(section: Section, claims: Sequence[Claim], statement: Statement) -> list[Finding]:
    """The findings of a section as a whole: a photo alone, no account, an unknown one, no value (rules, 2 and 6)."""
    if not claims and statement.attachments:
        return [Finding(Reason.ATTACHMENT_ONLY)]
    account = section.account.number if section.account else None
    named = {"account": account, "stated": section.stated}
    stated = MappingProxyType({name: fact for name, fact in named.items() if fact})
    findings: list[Finding] = []
    if section.account is None:
        findings.append(Finding(Reason.ACCOUNT_UNKNOWN if section.stated else Reason.ACCOUNT_MISSING, stated))
    if not claims:
        findings.append(Finding(Reason.VALUE_MISSING, stated))
    return findings
