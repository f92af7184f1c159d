"""What becomes of an item that an operator accepts: judged by the rules, which he may overrule. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from mailreader.desk.choices import Choice, Chooser, fits, name_of, refuse_if
from mailreader.desk.remainder import Remainder, remainder
from models.acts import Acceptance, QueuedItem
from models.catalogue import Outcome, ReadingStatus, Reason
from models.history import History, PastReading, ReadingState
from models.register import RegisterExcerpt
from models.rules import Circumstances, Policy
from models.submission import validate_reading
from models.verdict import Finding, JudgedReading, Verdict
from models.window import Window

_BELOW: Final = frozenset(
    {Reason.VALUE_BELOW_PREVIOUS, Reason.ROLLOVER_SUSPECTED, Reason.METER_REPLACED, Reason.STATED_AGAIN}
)
"""Reasons that are one fact, a value below the previous one, in different lights."""
_NEVER: Final = Reason.VALUE_TOO_MANY_DIGITS
"""What no operator can overrule: the dial cannot show such a value."""


@dataclass(frozen=True, slots=True)
class Acceptor:
    """Accepts one item by what the register and the history say of it."""

    item: QueuedItem
    register: RegisterExcerpt
    history: History
    window: Window
    policy: Policy

    def accept(self, order: Acceptance) -> tuple[Verdict, tuple[JudgedReading, ...]]:
        """The new verdict, and the readings that are recorded now; ActRefused names all that stands against it."""
        choices = Chooser(self.item, self.register).choose(order)
        left = remainder(self.item.verdict, choices, self.register)
        complaints = [told for choice in choices for told in self._complaints(choice, forced=order.forced)]
        refuse_if([*complaints, *([] if order.forced else self._of_item(choices, left))])
        recorded = tuple(_recorded(choice) for choice in choices)
        return self._verdict(recorded, left.for_the_customer()), recorded

    def _of_item(self, choices: Sequence[Choice], left: Remainder) -> list[str]:
        """What speaks against closing the item like this, whatever the values."""
        late = choices and self.window.registered_at(self.item.received) is None
        told = ["The message came outside the window. --force records it all the same."] if late else []
        return told + [f"{what}: give its value too, or leave it out with --force." for what in left.for_a_person]

    def _complaints(self, choice: Choice, *, forced: bool) -> list[str]:
        """Why a value should not be recorded, but for what the item itself complains of: that is being decided."""
        known = self._known_reasons(choice)
        found = [one for one in validate_reading(choice.value, self._around(choice)) if one.reason not in known]
        found = [one for one in found if one.reason is _NEVER] or found
        told = [_sentence(choice, finding) for finding in found if not forced or finding.reason is _NEVER]
        later = None if forced else self._later(choice)
        if later is not None:
            told.append(
                f"{name_of(choice)}: a later message ({later.message_id}) gave {later.value:f}, which counts. --force "
                f"records {choice.value:f} in its place."
            )
        return told

    def _known_reasons(self, choice: Choice) -> frozenset[Reason]:
        """What the item asks a person about this very value: that is what is being decided."""
        same = [
            one.reason
            for one in self.item.verdict.readings
            if one.reason
            and one.status is ReadingStatus.REVIEW
            and one.value is not None
            and Decimal(one.value) == choice.value
            and fits(choice.register, one)
        ]
        return (frozenset(same) | (_BELOW if _BELOW.intersection(same) else frozenset())) - {_NEVER}

    def _around(self, choice: Choice) -> Circumstances:
        received = self.item.received
        return Circumstances(
            account=choice.account,
            register=choice.register,
            policy=self.policy,
            today=received.astimezone(self.window.zone).date(),
            period=self.window.period(received),
            sender=self.item.sender,
            history=self.history,
        )

    def _later(self, choice: Choice) -> PastReading | None:
        """A reading of the same register that a later message gave, with another value."""
        place = (
            choice.register.account,
            choice.register.serial,
            choice.register.zone,
            self.window.period(self.item.received),
        )
        moment = (self.item.received, self.item.uid)
        current = [past for past in self.history.recorded if past.state is ReadingState.CURRENT]
        return next(
            (
                past
                for past in current
                if (past.account, past.serial, past.zone, past.period) == place
                and past.last_stated > moment
                and past.value != choice.value
            ),
            None,
        )

    def _verdict(self, recorded: Sequence[JudgedReading], left: Remainder) -> Verdict:
        """The verdict with what is recorded now, beside what was, and what the customer has still to mend."""
        verdict = self.item.verdict
        served = {(reading.account, reading.serial, reading.zone) for reading in recorded}
        kept = [
            reading
            for reading in verdict.readings
            if reading.status is ReadingStatus.RECORDED
            and (reading.account, reading.serial, reading.zone) not in served
        ]
        return replace(
            verdict,
            outcome=Outcome.PARTIAL if left.readings or left.findings else Outcome.ACCEPTED,
            findings=left.findings,
            readings=(*kept, *recorded, *left.readings),
            period=self.window.period(self.item.received),
            registered_at=registered_at(self.window, self.item.received),
            silence=None,
        )


def registered_at(window: Window, received: datetime) -> datetime:
    """The local instant as of which an operator's reading counts: as the window has it, outside it the receipt."""
    return window.registered_at(received) or received.astimezone(window.zone)


def _recorded(choice: Choice) -> JudgedReading:
    register, read = choice.register, choice.read
    said = read is not None and read.value is not None and Decimal(read.value) == choice.value
    return JudgedReading(
        account=register.account,
        serial=register.serial,
        service=register.service,
        zone=register.zone,
        value=f"{choice.value:f}",
        status=ReadingStatus.RECORDED,
        finding=None,
        evidence=read.evidence if read and said else None,
        serial_stated=read.serial_stated if read else False,
    )


def _sentence(choice: Choice, finding: Finding) -> str:
    """A complaint of the rules as an operator reads it."""
    register = choice.register
    told = _COMPLAINTS.get(finding.reason, f"is refused by the rules ({finding.reason})").format(
        previous="" if register.previous_value is None else f"{register.previous_value.normalize():f}",
        on=register.previous_on,
        digits=register.digits,
    )
    way_out = "It cannot be recorded." if finding.reason is _NEVER else "--force records it all the same."
    return f"{name_of(choice)}: {choice.value:f} {told}. {way_out}"


_BELOW_PREVIOUS: Final = "is below the previous value {previous} of {on}"
_COMPLAINTS: Final = {
    Reason.NOT_AN_INDIVIDUAL: "is for an account that is not a private person's",
    Reason.SERVICE_NOT_ACCEPTED: "is for a service that is not taken here",
    Reason.CONTRACT_INACTIVE: "is for a service whose contract has ended",
    Reason.VALUE_TOO_MANY_DIGITS: "has more digits than the dial, which shows {digits}",
    Reason.VALUE_IMPLAUSIBLE: "is far above the previous value {previous} of {on}",
    Reason.CONFLICTING_SENDER: "would replace what somebody else gave, from an address that is not registered",
    Reason.VALUE_BELOW_PREVIOUS: _BELOW_PREVIOUS,
    Reason.ROLLOVER_SUSPECTED: _BELOW_PREVIOUS,
}
