"""What a sender may be told: what he wrote, and of the register only what is his (rules, section 6, last paragraph)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from config.replies import LanguageTexts
from models.catalogue import CONCEALED, Reason, Service, Zone
from models.letter import Letter
from models.register import bare_key, identifier_key
from models.verdict import Finding, JudgedReading

_Code = TypeVar("_Code", Service, Zone)
_LONGEST_FACT: Final = 80
_SEPARATORS: Final = r"[\s\-./\u2010-\u2015\u00a0]{0,2}"
_NUMBERS: Final = frozenset({"value", "previous_value", "cap"})
_PRIVATE: Final = frozenset({"serial", "previous_value", "previous_on", "digits", "cap", "months"})


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One sender's right to know: the accounts that his address is registered for, and the words of his mail."""

    registered_accounts: frozenset[str]
    written: str

    @classmethod
    def to(cls, letter: Letter, registered_accounts: frozenset[str]) -> "Disclosure":
        """What the sender of this letter may be told."""
        return cls(registered_accounts, "\n".join((letter.subject, letter.plain or "", letter.html or "")))

    def is_registered(self, account: str | None) -> bool:
        """Whether the sender's address is registered for the account."""
        return account is not None and account in self.registered_accounts

    def account(self, number: str | None) -> str:
        """The account as it may be shown: the register's own number to its owner, else as the sender wrote it."""
        if number is None or self.is_registered(number):
            return number or ""
        return self._as_written(number)

    def _as_written(self, number: str) -> str:
        """The place of the mail that holds this number, whatever its grouping and leading zeros; empty if none.

        Read from the mail and not from the register, so that an account that exists and one that does not are shown
        in the same way.
        """
        key = bare_key(number) or identifier_key(number)
        pattern = _SEPARATORS.join(map(re.escape, key))
        match = re.search(rf"(?<![^\W_])(?:0{_SEPARATORS})*{pattern}(?![^\W_])", self.written.casefold())
        if match is None or len(self.written.casefold()) != len(self.written):
            return number if number in self.written else ""
        return " ".join(self.written[match.start() : match.end()].split())

    def conceals(self, reason: Reason, account: str | None) -> bool:
        """Whether the reason must read like every other of its kind."""
        return reason in CONCEALED and not self.is_registered(account)


def told_reading(reading: JudgedReading, texts: LanguageTexts, disclosure: Disclosure) -> str:
    """One line about a reading; empty where nothing of it may be told."""
    facts = _named(reading.service, reading.zone, texts)
    facts["value"] = told_number(reading.value, texts)
    if reading.serial and (reading.serial_stated or disclosure.is_registered(reading.account)):
        facts["serial"] = shown(reading.serial)
    return capitalised(texts.tell("lines.reading", facts))


def told_facts(
    finding: Finding, reading: JudgedReading | None, texts: LanguageTexts, disclosure: Disclosure
) -> dict[str, str]:
    """The facts of a finding in the words of a language, without those that the sender may not know."""
    account = account_of(finding, reading)
    if disclosure.conceals(finding.reason, account):
        return {"account": shown(disclosure.account(finding.facts.get("stated") or account))}
    known = disclosure.is_registered(account)
    facts = {name: shown(value) for name, value in finding.facts.items() if known or name not in _PRIVATE}
    facts |= _named(_code(Service, facts.get("service")), _code(Zone, facts.get("zone")), texts)
    facts["account"] = shown(disclosure.account(account))
    facts["previous_on"] = _date(facts.get("previous_on"), texts)
    for name in _NUMBERS & facts.keys():
        facts[name] = told_number(facts[name], texts)
    codes = (_code(Service, code) for code in re.split(r"[,\s]+", facts.get("services_taken", "")))
    facts["services"] = ", ".join(texts.tell(f"services.{code}", {}) for code in codes if code)
    return facts


def account_of(finding: Finding, reading: JudgedReading | None) -> str | None:
    """The account that a finding speaks of."""
    return finding.facts.get("account") or (reading.account if reading else None) or finding.facts.get("stated")


def told_number(value: str | None, texts: LanguageTexts) -> str:
    """A quantity with the decimal sign of a language; what is not one as it is."""
    text = shown(value)
    whole, point, decimals = text.partition(".")
    if not (point and whole.isdecimal() and decimals.isdecimal()):
        return text
    return f"{whole}{texts.tell('numbers.decimal_sign', {})}{decimals}"


def shown(value: str | None) -> str:
    """A fact in one line of bounded length, without control characters."""
    text = "".join(letter if letter.isprintable() else " " for letter in value or "")
    return " ".join(text.split())[:_LONGEST_FACT]


def capitalised(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def _named(service: Service | None, zone: Zone | None, texts: LanguageTexts) -> dict[str, str]:
    """The words for a service, its unit and a zone; a single-rate register has no zone to name."""
    facts: dict[str, str] = {"service": "", "zone": ""}
    if service is not None:
        facts |= {"service": texts.tell(f"services.{service}", {}), "unit": texts.tell(f"units.{service}", {})}
    if zone is not None:
        facts["zone"] = texts.tell(f"zones.{zone}", {})
    return facts


def _code(kind: type[_Code], code: str | None) -> _Code | None:
    return kind(code) if code in set(kind) else None


def _date(stated: str | None, texts: LanguageTexts) -> str:
    try:
        day = date.fromisoformat(stated or "")
    except ValueError:
        return ""
    return told_date(day, "dates.date", texts)


def told_date(day: date, key: str, texts: LanguageTexts) -> str:
    """A day in the words of a language."""
    months = texts.variants("dates.months")
    return texts.tell(key, {"day": str(day.day), "month": months[day.month - 1], "year": str(day.year)})
