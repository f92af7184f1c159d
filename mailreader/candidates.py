"""What the register made of each number of a message: for `explain`, from the very decisions of the matching.

Nothing is decided here: that a number names an account, what makes no claim, what keeps a value from a register is
asked of the code that decides it, once more and only where somebody wants to know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from mailreader.claims import Claim, begin_claim
from mailreader.matching import Submission, excluded_by_label, open_to
from mailreader.sections import Mention
from models.catalogue import Reason
from models.grounds import Dropped, Exclusion, Located
from models.register import MeterRegister, identifier_key
from models.rules import Policy, exclusion_of, largest_plausible
from models.statement import Number, Role, Statement

_VALUES: Final = frozenset({Role.VALUE, Role.BARE})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A register that a value could be for: why it is not (None: nothing speaks against it), whether it was chosen.

    `taken_by` is the value that has the register, where that is why; `largest` is the largest value that is plausible.
    """

    register: MeterRegister
    exclusion: Exclusion | None
    largest: Decimal | None
    chosen: bool = False
    taken_by: Number | None = None


@dataclass(frozen=True, slots=True)
class Sense:
    """What the register made of a number: an account, the serial of a meter, a claim with its candidates, or nothing.

    `mention` is there for each number that names an account or could; `dropped` for one that makes no claim.
    """

    number: Number
    mention: Mention | None = None
    serial: bool = False
    claim: Claim | None = None
    dropped: Dropped | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def is_value(self) -> bool:
        """Whether the number was told as a value, or may be one."""
        if self.serial or (self.mention is not None and self.mention.standing.names_account):
            return False
        return self.claim is not None or self.dropped is not None or self.number.role in _VALUES


def senses_of(
    statement: Statement, submission: Submission, mentions: Sequence[Mention], policy: Policy, today: date
) -> tuple[Sense, ...]:
    """One sense a number of the statement, in its order."""
    named = {mention.number: mention for mention in mentions}
    serials = frozenset(number for section in submission.sections for number in section.serials.explained)
    claims = {claim.number: claim for claim in submission.claims if not claim.is_earlier}
    stated = {n: begin_claim(n, section) for section in submission.sections for n in section.numbers if n in claims}
    return tuple(
        Sense(
            number,
            named.get(number),
            number in serials,
            claims.get(number),
            submission.dropped.get(number),
            tuple(_candidates(claims[number], stated[number], submission.claims, policy, today))
            if number in claims
            else (),
        )
        for number in statement.numbers
    )


def _candidates(
    claim: Claim, stated: Claim, claims: Sequence[Claim], policy: Policy, today: date
) -> Iterator[Candidate]:
    """Every register of the account, as it stands to one value; `stated` is the claim before it got its register."""
    if claim.account is None:
        return
    taken = {
        other.register: other.number
        for other in claims
        if other.register and other is not claim and other.located is not Located.ONLY_ASSIGNMENT
    }
    free = [register for register in claim.account.registers if register not in taken]
    left_open = open_to(stated, free) if _was_assigned(claim) else ()
    for register in claim.account.registers:
        largest = largest_plausible(register, policy, today)
        if register == claim.register:
            yield Candidate(register, None, largest, chosen=True)
            continue
        label = None if register in left_open else _excluded_by_words(stated, register)
        if label is None and register in taken:
            yield Candidate(register, Exclusion.TAKEN, largest, taken_by=taken[register])
        else:
            yield Candidate(register, label or _excluded_by_value(claim, register, policy, today), largest)


def _was_assigned(claim: Claim) -> bool:
    """Whether its words left the register open, so that it was, or was not, assigned one beside the other values."""
    ambiguous = claim.finding is not None and claim.finding.reason is Reason.METER_AMBIGUOUS
    return claim.located is Located.ONLY_ASSIGNMENT or (claim.register is None and ambiguous)


def _excluded_by_words(claim: Claim, register: MeterRegister) -> Exclusion | None:
    """Whether the serial or the label that the customer wrote keeps the value from a register."""
    if claim.serial not in {None, identifier_key(register.serial)}:
        return Exclusion.SERIAL
    return excluded_by_label(claim, register)


def _excluded_by_value(claim: Claim, register: MeterRegister, policy: Policy, today: date) -> Exclusion | None:
    """Why no reading of the number is possible for a register; one that is has been given another."""
    excluded = [exclusion_of(value, register, policy, today) for value in claim.number.readings]
    if not excluded:
        return Exclusion.NO_QUANTITY
    if None not in excluded:
        return excluded[0]
    return Exclusion.ELSEWHERE if claim.register else None
