"""The statement against the register: the one possible assignment of values to registers, or why there is none.

The principle is to explain every number (rules, sections 2 to 4): a value is taken only where its explanation is the
only one. Pure: the register comes as an excerpt, and nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from mailreader.assignment import Options, Taken, assign, possible_readings
from mailreader.claims import Claim, Sifted, begin_claim, is_older, merge_same, without_repeats
from mailreader.conversation import continued
from mailreader.sections import Section, split_sections
from models.catalogue import Reason, Service
from models.grounds import Dropped, Exclusion, Located
from models.register import Account, MeterRegister, RegisterExcerpt, identifier_key
from models.rules import Policy
from models.statement import Number, Role, Statement
from models.verdict import Finding

_NOISE_DIGITS: Final = 2


@dataclass(frozen=True, slots=True)
class Submission:
    """What a message submits: its claims, the findings that concern no single value, whether it names an account.

    `sections` are its parts by account, `dropped` says of numbers that could be values why they make no claim.
    """

    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]
    names_account: bool
    sections: tuple[Section, ...]
    dropped: Mapping[Number, Dropped]


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
        dropped: dict[Number, Dropped] = {}
        for section in sections:
            found = self._claims(section)
            claims += found.claims
            dropped |= found.dropped
            findings += _of_section(section, found.claims, statement)
        names_account = any(section.stated for section in sections)
        return Submission(tuple(claims), tuple(findings), names_account, tuple(sections), MappingProxyType(dropped))

    def _sections(self, statement: Statement, register: RegisterExcerpt, sender: str | None) -> list[Section]:
        sections = split_sections(statement, register, sender, self.policy, self.today)
        if statement.earlier is None:
            return sections
        return continued(sections, self._sections(statement.earlier, register, sender))

    def _claims(self, section: Section) -> Sifted:
        own = self._own_claims(section)
        if section.earlier is None:
            return own
        fresh = own.claims
        given = {claim.register for claim in fresh} | ({None} if fresh else set())
        left_out = [claim for claim in self._claims(section.earlier).claims if claim.register not in given]
        return Sifted(fresh + [replace(claim, is_earlier=True) for claim in left_out], own.dropped)

    def _own_claims(self, section: Section) -> Sifted:
        claims = [begin_claim(number, section) for number in section.values]
        if section.account is None:
            return Sifted(claims, {})
        account = section.account
        quiet = self._without_noise(claims, account)
        heard = without_repeats(quiet.claims)
        located = merge_same([self._locate(claim, account) for claim in heard.claims])
        merged = merge_same(self._assign_rest(located.claims, section, account))
        dropped = {**quiet.dropped, **heard.dropped, **located.dropped, **merged.dropped}
        return Sifted(self._contested(merged.claims, section, account), dropped)

    def _contested(self, assigned: Sequence[Claim], section: Section, account: Account) -> list[Claim]:
        """The claims, those ambiguous that an unexplained number disputes, with what else could be a value."""
        open_numbers = [
            claim.number
            for claim in assigned
            if claim.number.label.empty and claim.finding and claim.finding.reason is Reason.METER_AMBIGUOUS
        ]
        unexplained = [*section.strays, *open_numbers]
        undisputed = [self._disputed(claim, unexplained) for claim in assigned]
        return undisputed + self._unexplained(assigned, section, account)

    def _disputed(self, claim: Claim, unexplained: Sequence[Number]) -> Claim:
        """The claim, ambiguous where a number that nothing explains could be its value as well ("20190, or 20196")."""
        if claim.register is None or claim.finding is not None or claim.serial is not None:
            return claim
        rivals = [
            stray.text
            for stray in unexplained
            if len(stray.key) > _NOISE_DIGITS
            and (stray.line == claim.number.line or claim.number.label.empty or stray.role is Role.BARE)
            and not is_older(stray, claim.number)
            and self._rivals(stray, claim.register, claim.value)
        ]
        if not rivals:
            return claim
        return claim.refused(Reason.VALUE_AMBIGUOUS, values=", ".join([claim.number.text, *rivals]))

    def _rivals(self, stray: Number, register: MeterRegister, value: Decimal | None) -> bool:
        possible = possible_readings(stray, register, self.policy, self.today)
        return bool(possible) and value not in possible and register.previous_value not in possible

    def _unexplained(self, claims: Sequence[Claim], section: Section, account: Account) -> list[Claim]:
        """What could be the value of a register for which none was given: not booked, and not passed over.

        Strays, and labelled numbers that the words make something else: the words may speak of another number.
        """
        served = {claim.register for claim in claims} | {None}
        free = [meter for meter in account.registers if meter not in served]
        strays = [(stray, free) for stray in section.strays if len(stray.key) > _NOISE_DIGITS]
        others = [
            (
                number,
                [meter for meter in _candidates(begin_claim(number, section), free) if not _repeats(number, meter)],
            )
            for number in section.said_otherwise
        ]
        return [
            begin_claim(number, section).refused(Reason.METER_AMBIGUOUS)
            for number, meters in [*strays, *others]
            if claims and any(possible_readings(number, meter, self.policy, self.today) for meter in meters)
        ]

    def _without_noise(self, claims: Sequence[Claim], account: Account) -> Sifted:
        """Drop one or two bare digits that can be no reading of any meter, beside values that are labelled."""
        if all(claim.number.label.empty for claim in claims):
            return Sifted(list(claims), {})
        noise = {claim.number: Dropped.NOISE for claim in claims if self._is_noise(claim, account)}
        return Sifted([claim for claim in claims if claim.number not in noise], noise)

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
            located = Located.ONLY_REGISTER if claim.number.label.empty else Located.LABEL
            return self._read_on(claim, fitting[0], located)
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
            return self._read_on(claim, fitting[0], Located.SERIAL)
        return claim if fitting else claim.refused(Reason.METER_AMBIGUOUS)

    def _read_on(self, claim: Claim, register: MeterRegister, located: Located) -> Claim:
        """Read the number for its one register: thousands or decimals by which is possible (rules, section 4)."""
        readings = claim.number.readings
        if not readings:
            return replace(claim.refused(Reason.VALUE_AMBIGUOUS), service=register.service, zone=register.zone)
        possible = possible_readings(claim.number, register, self.policy, self.today)
        if len(possible) > 1:
            return claim.taken(register, None, located).refused(Reason.VALUE_AMBIGUOUS)
        return claim.taken(register, possible[0] if possible else readings[0], located)

    def _assign_rest(self, claims: Sequence[Claim], section: Section, account: Account) -> list[Claim]:
        """Give what the labels leave open the one possible assignment; clearly labelled values are served first."""
        served = {claim.register for claim in claims if claim.register}
        free = [meter for meter in account.registers if meter not in served]
        options = [Options(claim.number, open_to(claim, free)) for claim in claims if not claim.settled]
        assignment = assign(options, section.strays, self.policy, self.today)
        return [self._settle(claim, account, assignment.get(claim.number)) for claim in claims]

    def _settle(self, claim: Claim, account: Account, taken: Taken | None) -> Claim:
        if claim.settled:
            return claim
        if taken is None:
            return claim.refused(Reason.METER_AMBIGUOUS)
        settled = claim.taken(*taken, Located.ONLY_ASSIGNMENT)
        accepted = self.policy.takes(taken[0].service, account.housing)
        return (
            settled if accepted else settled.refused(Reason.SERVICE_NOT_ACCEPTED, services_taken=self._taken(account))
        )

    def _taken(self, account: Account) -> str:
        """The services that are taken of an account, for the answer."""
        return ",".join(sorted(self.policy.services.get(account.housing, ())))


def _repeats(number: Number, register: MeterRegister) -> bool:
    """Whether a previous value that was named is the one that the register has."""
    return number.role is Role.PREVIOUS and register.previous_value in number.readings


def open_to(claim: Claim, free: Sequence[MeterRegister]) -> tuple[MeterRegister, ...]:
    """The free registers that a value may be for; a label that was only carried over gives way where it has none."""
    wanted = [meter for meter in free if claim.serial in {None, identifier_key(meter.serial)}]
    fitting = _candidates(claim, wanted)
    return tuple(fitting if fitting or not claim.number.label.carried else wanted)


def _candidates(claim: Claim, registers: Sequence[MeterRegister]) -> list[MeterRegister]:
    """The registers that the label leaves open."""
    return [register for register in registers if excluded_by_label(claim, register) is None]


def excluded_by_label(claim: Claim, register: MeterRegister) -> Exclusion | None:
    """What of its label keeps a value from a register; None where nothing does."""
    label = claim.number.label
    if claim.service not in {None, register.service}:
        return Exclusion.SERVICE
    if label.zone not in {None, register.zone}:
        return Exclusion.ZONE
    if label.tariff not in {None, register.tariff_no}:
        return Exclusion.TARIFF
    is_water = register.service in {Service.HOT_WATER, Service.COLD_WATER}
    return Exclusion.WATER if label.water and not is_water else None


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
