"""What of an item stays open when an operator has accepted some of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailreader.desk.choices import Choice, fits, what_is
from models.catalogue import ReadingStatus, Reason, Remedy
from models.register import RegisterExcerpt
from models.verdict import Finding, JudgedReading, Verdict


@dataclass(frozen=True, slots=True)
class Remainder:
    """What no choice has settled: refused readings, and complaints about the message as a whole."""

    readings: tuple[JudgedReading, ...]
    findings: tuple[Finding, ...]

    @property
    def for_a_person(self) -> list[str]:
        """What only a person can settle, in words: whoever closes the item would leave it to nobody."""
        return [
            f"{what_is(reading)} is still to be decided ({reading.reason})"
            for reading in self.readings
            if _is_for_a_person(reading.finding)
        ] + [f"The message is still to be decided ({one.reason})" for one in self.findings if _is_for_a_person(one)]

    def for_the_customer(self) -> "Remainder":
        """The part that the customer can mend, and is told of."""
        return Remainder(
            tuple(reading for reading in self.readings if not _is_for_a_person(reading.finding)),
            tuple(finding for finding in self.findings if not _is_for_a_person(finding)),
        )


def remainder(verdict: Verdict, choices: Sequence[Choice], register: RegisterExcerpt) -> Remainder:
    """What stays open of a verdict once these choices are recorded."""
    refused = [reading for reading in verdict.readings if reading.status is not ReadingStatus.RECORDED]
    return Remainder(
        tuple(one for one in refused if not _is_served(one, choices, refused, register)),
        tuple(finding for finding in verdict.findings if not _is_answered(finding, choices)),
    )


def _is_served(
    reading: JudgedReading, choices: Sequence[Choice], refused: Sequence[JudgedReading], register: RegisterExcerpt
) -> bool:
    """Whether a refused reading is settled by one of the choices.

    By one for its own register, or with its own value; and where its meter was left open, by there being a choice for
    each of its kind.
    """
    fitting = [
        choice for choice in choices if _is_of_account(reading, choice, register) and _is_of_kind(reading, choice)
    ]
    if any(reading.serial is not None and fits(choice.register, reading) for choice in fitting):
        return True
    if any(reading.value is not None and f"{choice.value:f}" == reading.value for choice in fitting):
        return True
    alike = [one for one in refused if one.serial is None and one.service == reading.service]
    return reading.serial is None and bool(fitting) and len(fitting) >= len(alike)


def _is_of_account(reading: JudgedReading, choice: Choice, register: RegisterExcerpt) -> bool:
    """Whether a reading may be of a choice's account: it names that one, or none that the register has."""
    named = register.find(reading.account) if reading.account else None
    return named is None or named.number == choice.account.number


def _is_of_kind(reading: JudgedReading, choice: Choice) -> bool:
    return reading.service in {None, choice.register.service} and reading.zone in {None, choice.register.zone}


def _is_answered(finding: Finding, choices: Sequence[Choice]) -> bool:
    """Whether a complaint about the message is settled: a photo by a value of what it shows, others by any value."""
    shown = finding.facts.get("service") if finding.reason is Reason.ATTACHMENT_ONLY else None
    return any(shown in {None, choice.register.service} for choice in choices)


def _is_for_a_person(finding: Finding | None) -> bool:
    return finding is not None and finding.reason.remedy is Remedy.PERSON
