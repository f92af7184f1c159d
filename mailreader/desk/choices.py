"""Which value an operator means for which register: as read in the message, or as he states it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from models.acts import Acceptance, ActRefused, QueuedItem, StatedValue
from models.catalogue import ReadingStatus, Service
from models.register import Account, MeterRegister, RegisterExcerpt, identifier_key
from models.verdict import JudgedReading

_GIVE: Final = "Give it with --value METER=VALUE."
_WHOSE: Final = "It is not certain which account this is for: give --account NUMBER, or name the meter by its serial."
_OVERRULE: Final = "--force records it all the same; --value METER=VALUE records another value."
_NO_VALUE: Final = f"Nothing was read that could be recorded. {_GIVE}"
_A_REQUEST: Final = (
    "This is a request and holds no reading. Once it is seen to, close it with `mailreader queue dismiss`, or "
    "answer it with `mailreader queue reject --text`."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that is to be recorded on one register; `read` is the reading of the message that it comes from."""

    account: Account
    register: MeterRegister
    value: Decimal
    read: JudgedReading | None


@dataclass(frozen=True, slots=True)
class Chooser:
    """Finds the registers of one item's values."""

    item: QueuedItem
    register: RegisterExcerpt

    def choose(self, order: Acceptance) -> list[Choice]:
        """What is to be recorded; ActRefused names everything that is not clear."""
        choices = self._stated(order) if order.values else self._read(order.account, forced=order.forced)
        refuse_if(_told_twice(choices))
        return choices

    def _read(self, number: str | None, *, forced: bool) -> list[Choice]:
        """What was read in the message and waits for a person, for the account that the operator names, if he does.

        What the rules refuse, and the customer can mend, is among it only by force.
        """
        verdict = self.item.verdict
        refused = [reading for reading in verdict.readings if reading.status is ReadingStatus.REJECTED]
        waiting = [reading for reading in verdict.readings if reading.status is ReadingStatus.REVIEW]
        if refused and not waiting and not forced:
            raise ActRefused(*(f"{what_is(one)} was refused: {one.reason}. {_OVERRULE}" for one in refused))
        waiting += refused if forced else []
        if not waiting and (verdict.findings or not verdict.readings):
            raise ActRefused(_A_REQUEST if verdict.request and not verdict.readings else _NO_VALUE)
        refuse_if([] if number is None or self.register.find(number) else [f"The register has no account {number}."])
        found = [self._choice_of(reading if number is None else _moved_to(reading, number)) for reading in waiting]
        refuse_if(problem for problem in found if isinstance(problem, str))
        return [choice for choice in found if isinstance(choice, Choice)]

    def _choice_of(self, reading: JudgedReading) -> Choice | str:
        """A reading of the message as it can be recorded, or what it lacks."""
        account = self.register.find(reading.account) if reading.account else None
        what = what_is(reading)
        if account is None:
            return f"{what}: the register does not have its account. Give --account NUMBER, or values with --value."
        meters = [meter for meter in account.registers if fits(meter, reading)]
        if len(meters) != 1:
            return f"{what}: it is not known which meter of account {account.number} it is for. {_GIVE}"
        if reading.value is None:
            return f"{what}: it is not known what the value is. {_GIVE}"
        return Choice(account, meters[0], Decimal(reading.value), reading)

    def _stated(self, order: Acceptance) -> list[Choice]:
        found = [self._choice_for(stated, order.account) for stated in order.values]
        refuse_if(problem for problem in found if isinstance(problem, str))
        return [choice for choice in found if isinstance(choice, Choice)]

    def _choice_for(self, stated: StatedValue, number: str | None) -> Choice | str:
        accounts = self._accounts(number, by_serial=stated.meter.casefold() not in set(Service))
        if not accounts:
            return f"The register has no account {number}." if number else _WHOSE
        meters = [(account, meter) for account in accounts for meter in account.registers if _is_meant(meter, stated)]
        if len(meters) == 1:
            return Choice(*meters[0], stated.value, self._read_for(meters[0][1]))
        where = ", ".join(account.number for account in accounts)
        if not meters:
            return f"{stated.meter}: account {where} has no such meter or zone."
        several = ", ".join(f"{meter.serial}:{meter.zone}" for _, meter in meters)
        return f"{stated.meter}: that may be {several}. Name one of these."

    def _accounts(self, number: str | None, *, by_serial: bool) -> list[Account]:
        """The account that the operator names; else, for a serial, whichever has it.

        For a service it is those that the message states, if the register has them all, and those of its sender where
        it states none: a number that merely happens to be an account is not taken for one.
        """
        if number is not None:
            named = self.register.find(number)
            return [named] if named else []
        if by_serial:
            return list(self.register.accounts.values())
        stated = self._stated_accounts()
        found = [account for name in sorted(stated) if (account := self.register.find(name))]
        if stated:
            return found if len(found) == len(stated) else []
        return list(self.register.registered_to(self.item.sender))

    def _stated_accounts(self) -> set[str]:
        verdict = self.item.verdict
        of_findings = (finding.facts.get("stated") or finding.facts.get("account") for finding in verdict.findings)
        return {name for name in (*(reading.account for reading in verdict.readings), *of_findings) if name}

    def _read_for(self, register: MeterRegister) -> JudgedReading | None:
        place = (register.account, register.serial, register.zone)
        readings = self.item.verdict.readings
        return next((one for one in readings if (one.account, one.serial, one.zone) == place), None)


def _moved_to(reading: JudgedReading, account: str) -> JudgedReading:
    """A reading for another account than it was read for; its meter was that one's."""
    return reading if reading.account == account else replace(reading, account=account, serial=None)


def what_is(reading: JudgedReading) -> str:
    """A reading as an operator finds it in the mail."""
    return f"“{reading.evidence}”" if reading.evidence else "A reading"


def refuse_if(complaints: Iterable[str]) -> None:
    """Raise ActRefused where there is a complaint."""
    if found := list(complaints):
        raise ActRefused(*found)


def fits(meter: MeterRegister, reading: JudgedReading) -> bool:
    """Whether a reading of the message can be for a register, by all that is known of it."""
    return (
        (reading.serial is None or identifier_key(reading.serial) == identifier_key(meter.serial))
        and reading.service in {None, meter.service}
        and reading.zone in {None, meter.zone}
    )


def _is_meant(meter: MeterRegister, stated: StatedValue) -> bool:
    named = stated.meter.casefold()
    by_name = meter.service == named if named in set(Service) else identifier_key(meter.serial) == identifier_key(named)
    return by_name and stated.zone in {None, meter.zone}


def _told_twice(choices: Sequence[Choice]) -> list[str]:
    registers = [choice.register for choice in choices]
    return [
        f"{name_of(choice)}: there are two values for it. {_GIVE}"
        for place, choice in enumerate(choices)
        if choice.register in registers[:place] and choice.value != choices[registers.index(choice.register)].value
    ]


def name_of(choice: Choice) -> str:
    """The register of a choice as an operator knows it."""
    zone = "" if choice.register.zone == "total" else f", {choice.register.zone}"
    return f"{choice.register.service} meter {choice.register.serial}{zone}"
