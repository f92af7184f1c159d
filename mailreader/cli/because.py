"""The reasons of an explanation in words for people: one phrase for each code, and nothing that decides."""

from types import MappingProxyType
from typing import Final

from mailreader.candidates import Candidate, Sense
from mailreader.sections import Section
from models.grounds import Dropped, Exclusion, Ground, Located, Standing
from models.register import MeterRegister
from models.statement import Label, Number, Role, Statement

_LONGEST_QUOTE: Final = 40
_AROUND: Final = " \n\t:;,.=-\N{EN DASH}\N{EM DASH}"

ROLES: Final = MappingProxyType(
    {
        Role.VALUE: "a value",
        Role.PREVIOUS: "the previous value",
        Role.CONSUMPTION: "a consumption",
        Role.SUM: "a sum",
        Role.WITHDRAWN: "a value that was withdrawn",
        Role.ACCOUNT: "an account",
        Role.SERIAL: "the serial of a meter",
        Role.PHONE: "a phone number",
        Role.DATE: "a date",
        Role.TIME: "a time",
        Role.MONEY: "a sum of money",
        Role.PERSONAL_ID: "a personal number",
        Role.DOCUMENT: "the number of a document or a device",
        Role.ADDRESS: "part of a postal address",
        Role.LINK: "part of a link or an address of mail",
        Role.COUNT: "a count",
        Role.BARE: "a number without a label",
        Role.STRAY: "a number of unknown meaning",
    }
)
GROUNDS: Final = MappingProxyType(
    {
        Ground.SHAPE: "looks like {role}",
        Ground.NAMED: "{word} beside it: {role}",
        Ground.CONTROL_DIGIT: "twelve digits, a day of birth, and the check digit fits: {role}",
        Ground.NAME_BEFORE: "behind the name {word}: {role}",
        Ground.BRACKETED: "in brackets behind a flat: {role}",
        Ground.LIST_MARK: "numbers an item of a list",
        Ground.INDEX: "one digit at a label, before a number of its own: numbers the meter",
        Ground.NUMBER_WORD: "a small number in words",
        Ground.GOES_ON: "goes on with the number before it: {role}",
        Ground.COMPARED: "compared with a number that is {role}",
        Ground.TIED: "behind {word}, and tied to the next number: {role}",
        Ground.COLUMN: "the head of its column says so: {role}",
        Ground.SIGNATURE: "stands in the signature, where no value is read",
        Ground.EARLIER_SUBJECT: "the subject is that of an earlier mail",
        Ground.BILL: "said about a bill",
        Ground.BILL_SAYS: "what a bill or our answer says",
        Ground.ANNULLED: "said to be wrong or annulled",
        Ground.ASKED: "part of a question",
        Ground.DENIED: "its label is denied",
        Ground.EXAMPLE: "given as an example",
        Ground.FORECAST: "a forecast",
        Ground.OLD_METER: "said about the old meter",
        Ground.OTHERS: "said about somebody else's meter",
        Ground.SUPPOSED: "supposed, not read",
        Ground.ANNOUNCED: "of an earlier month, for the message announces its readings for later",
        Ground.STORY: "told in passing, in a message that asks for something else",
        Ground.SWAPPED: "said to be swapped",
        Ground.TOLD: "told, not submitted",
        Ground.UNREAD: "the meter is said not to have been read",
        Ground.CORRECTED: "withdrawn by a correction",
        Ground.LABEL: "{words}: {said}",
        Ground.CARRIED: "{said}, like the number before it",
        Ground.HEADING: "said at the head of several numbers: {said}",
        Ground.IN_TURN: "{said}: as many labels as numbers, each in its turn",
        Ground.STACKED: "{said}, by the line of labels above or below",
        Ground.SUBJECT: "{said}, by the subject",
        Ground.CORRECTION: "{said}: what a correction puts in place of another",
        Ground.TORN: "{words}: names several services or zones",
        Ground.ONLY_NUMBER: "no label: the only number, and a reading is spoken of",
        Ground.UNLABELLED: "no label",
        Ground.STRANGE: "no label, and unknown words beside it",
        Ground.NO_QUANTITY: "cannot be read as one quantity",
    }
)
STANDINGS: Final = MappingProxyType(
    {
        Standing.LABELLED: "in the register",
        Standing.ALONE: "in the register, and stands alone on its line",
        Standing.HEAD: "in the register, and stands at the head of what follows",
        Standing.EDGE: "in the register, and begins or ends the message",
        Standing.SENDER: "in the register, with the address of the sender",
        Standing.HOLDER: "in the register, and the text names its holder or address",
        Standing.SERIAL: "in the register, and the text names a meter of it",
        Standing.TOO_SHORT: "in the register, but too short",
        Standing.INEXACT: "in the register only with other zeros before it, and without a label",
        Standing.IN_SIGNATURE: "stands in the signature",
        Standing.SAID_TO_BE_VALUE: "in the register, but labelled as a value",
        Standing.NO_WITNESS: "in the register, but no second witness",
        Standing.OTHER_MEANING: "in the register, but can as well be a value or a serial of another account",
        Standing.NOT_TOLD_APART: "in the register, but account and value cannot be told apart",
        Standing.NO_VALUE: "in the register, but no value belongs to it",
    }
)
EXCLUSIONS: Final = MappingProxyType(
    {
        Exclusion.SERIAL: "another serial is named",
        Exclusion.SERVICE: "another service is named",
        Exclusion.ZONE: "another zone is named",
        Exclusion.TARIFF: "another tariff is named",
        Exclusion.WATER: "water is named",
        Exclusion.TAKEN: "taken by {taken_by}",
        Exclusion.VALUE_TOO_MANY_DIGITS: "more digits than its {digits}",
        Exclusion.VALUE_BELOW_PREVIOUS: "below its previous value {previous}",
        Exclusion.VALUE_IMPLAUSIBLE: "above {largest}, its previous value and the cap",
        Exclusion.NO_QUANTITY: "the number cannot be read as one quantity",
        Exclusion.ELSEWHERE: "possible, but not beside the other values",
    }
)
LOCATED: Final = MappingProxyType(
    {
        Located.SERIAL: "by its serial",
        Located.LABEL: "by its label",
        Located.ONLY_REGISTER: "the only register of the account",
        Located.ONLY_ASSIGNMENT: "exactly one assignment is possible",
    }
)
DROPPED: Final = MappingProxyType(
    {
        Dropped.REPEATED: "another line says the same",
        Dropped.NOISE: "fits no meter of the account, beside labelled values",
        Dropped.SAME_VALUE: "the same value stands for this register already",
        Dropped.OLDER: "a value of a later day stands for this register",
        Dropped.PREVIOUS_VALUE: "it is the previous value of this register",
        Dropped.CONSUMPTION: "it is the consumption since the previous value",
    }
)


def why_role(number: Number, statement: Statement) -> str:
    """Why a number of the text has its role."""
    witness = number.witness.of(statement.text) if number.witness else ""
    return GROUNDS[number.ground].format(
        role=ROLES[number.role], word=_quoted(witness), words=_quoted(_words_at(number, statement)), said=_said(number)
    )


def why_account(sense: Sense) -> str:
    """Why a number names an account, or does not although the register has it; empty where it has not."""
    if sense.mention is None:
        return ""
    if sense.mention.account is None:
        return "the register does not have it"
    return STANDINGS[sense.mention.standing]


def why_section(section: Section) -> str:
    """How it was found which account values are for."""
    if section.account is None:
        return "not in the register" if section.stated else "no number names it, and the sender's address does not tell"
    return (
        "named in the text"
        if section.stated
        else "no number names it, but the register holds the sender's address for it"
    )


def why_candidate(candidate: Candidate) -> str:
    """Why a value is, or is not, one of a register."""
    if candidate.chosen:
        return "this one"
    if candidate.exclusion is None:
        return "possible"
    register = candidate.register
    return EXCLUSIONS[candidate.exclusion].format(
        taken_by=candidate.taken_by.text if candidate.taken_by else "",
        digits=register.digits,
        previous="" if register.previous_value is None else f"{register.previous_value:f}",
        largest="" if candidate.largest is None else f"{candidate.largest:f}",
    )


def label_words(label: Label) -> list[str]:
    """What a label says of the register, in codes."""
    water = "water" if label.water and label.service is None else None
    words = [label.service, label.zone, f"T{label.tariff}" if label.tariff else None, water]
    return [str(word) for word in words if word]


def register_words(register: MeterRegister) -> str:
    """A register by its meter, service and zone."""
    return f"{register.serial} {register.service} {register.zone}"


def _said(number: Number) -> str:
    """What the words make of a number: a value of a register, or something else."""
    if number.role is not Role.VALUE:
        return ROLES[number.role]
    return " ".join(label_words(number.label)) or ROLES[number.role]


def _words_at(number: Number, statement: Statement) -> str:
    """The words of the evidence without the number itself."""
    text, evidence, span = statement.text, number.evidence, number.span
    parts = (text[evidence.start : span.start].strip(_AROUND), text[span.end : evidence.end].strip(_AROUND))
    return " … ".join(part for part in parts if part)


def _quoted(words: str) -> str:
    line = " ".join(words.split()).strip('"')
    return f'"{line if len(line) <= _LONGEST_QUOTE else line[:_LONGEST_QUOTE] + "…"}"'
