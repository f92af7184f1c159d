"""From what a message submits to its verdict (rules, sections 0 and 6). Pure: the clock is the received instant."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from mailreader.claims import Claim
from mailreader.matching import Matcher, Submission
from models.catalogue import Language, Outcome, ReadingStatus, Reason, Remedy, Request
from models.history import History, ReadingState
from models.register import RegisterExcerpt
from models.rules import Circumstances, Policy
from models.statement import Role, Statement
from models.submission import validate_reading
from models.verdict import Finding, JudgedReading, Verdict
from models.window import Window


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges statements by the window and the policy."""

    window: Window
    policy: Policy

    def judge(
        self, statement: Statement, received: datetime, sender: str | None, register: RegisterExcerpt, history: History
    ) -> Verdict:
        """The verdict on what was said: the questions 5 to 7 of the rules, in their order."""
        today = received.astimezone(self.window.zone).date()
        submission = Matcher(self.policy, today).match(statement, register, sender)
        if _brings_no_reading(statement, submission):
            request = statement.request or Request.OTHER
            return Verdict(Outcome.REVIEW, _language(statement), request, (Finding(Reason.NOT_A_READING),))
        registered_at = self.window.registered_at(received)
        if registered_at is None:
            return Verdict(Outcome.REJECTED, _language(statement), statement.request, (self._outside(received),))
        period = self.window.period(received)
        current = [claim for claim in submission.claims if not _is_outdated(claim, history, period)]
        readings = [self._judge_claim(claim, statement, received, sender, history) for claim in current]
        findings = (*submission.findings, *_on_photo(statement, submission))
        return Verdict(
            outcome=_outcome(readings, findings),
            language=_language(statement),
            request=statement.request,
            findings=findings,
            readings=tuple(readings),
            period=period,
            registered_at=registered_at,
        )

    def _outside(self, received: datetime) -> Finding:
        first, last = self.window.next_days(received)
        facts = {"first_day": first.isoformat(), "last_day": last.isoformat()}
        return Finding(Reason.OUTSIDE_WINDOW, MappingProxyType(facts))

    def _judge_claim(
        self, claim: Claim, statement: Statement, received: datetime, sender: str | None, history: History
    ) -> JudgedReading:
        finding = claim.finding or _of_account(claim)
        if claim.account and claim.register and claim.value is not None and finding is None:
            around = Circumstances(
                account=claim.account,
                register=claim.register,
                policy=self.policy,
                today=received.astimezone(self.window.zone).date(),
                period=self.window.period(received),
                sender=sender,
                history=history,
                meter_changed=statement.meter_changed,
            )
            finding = next(iter(validate_reading(claim.value, around)), None)
        elif finding and finding.reason is Reason.METER_UNKNOWN:
            finding = _unknown_again(claim, finding, statement, history)
        return _reading(claim, finding)


def _language(statement: Statement) -> Language | None:
    """The language of a message; of one that has no word of its own, that of the message which it continues."""
    if statement.language or statement.earlier is None:
        return statement.language
    return _language(statement.earlier)


def _is_outdated(claim: Claim, history: History, period: str) -> bool:
    """Whether a value of the continued message was refused for itself, or another one has come in its place."""
    register = claim.register
    if not claim.is_earlier or register is None:
        return False
    place = (register.account, register.serial, register.zone)
    replaced = any(
        past.value != claim.value and past.state is ReadingState.CURRENT and past.period == period
        for past in history.recorded
        if (past.account, past.serial, past.zone) == place
    )
    refused = any(
        past.value == claim.value and (past.account, past.serial, past.zone) == place for past in history.refused
    )
    return replaced or refused


def _brings_no_reading(statement: Statement, submission: Submission) -> bool:
    """Whether a message is no reading but a request: rules, question 5, and section 6 for what is neither."""
    if any(claim.register or claim.number.role is Role.VALUE for claim in submission.claims):
        return False
    about_readings = statement.about_readings or statement.attachments or submission.claims
    return statement.request is not None or not about_readings


def _on_photo(statement: Statement, submission: Submission) -> list[Finding]:
    """The service of which the text says that a value is on the photo, beside values in the text (section 6)."""
    if not submission.claims or not statement.attachments:
        return []
    given = Counter(claim.service for claim in submission.claims)
    account = submission.claims[0].account
    meters = {service: max(1, len(account.of(service)) if account else 1) for service in statement.on_photo}
    missing = sorted(service for service, count in meters.items() if given[service] < count)
    return [Finding(Reason.ATTACHMENT_ONLY, MappingProxyType({"service": str(service)})) for service in missing]


def _outcome(readings: Sequence[JudgedReading], findings: Sequence[Finding]) -> Outcome:
    """The outcome that the readings make (rules, section 6)."""
    refused = [reading.finding for reading in readings if reading.finding] + list(findings)
    if any(reading.status is ReadingStatus.RECORDED for reading in readings):
        return Outcome.PARTIAL if refused else Outcome.ACCEPTED
    needs_a_person = any(finding.reason.remedy is Remedy.PERSON for finding in refused)
    return Outcome.REVIEW if needs_a_person else Outcome.REJECTED


def _of_account(claim: Claim) -> Finding | None:
    """Why nothing can be recorded for a claim whose account was not found."""
    if claim.account is not None:
        return None
    facts = MappingProxyType({"stated": claim.stated} if claim.stated else {})
    return Finding(Reason.ACCOUNT_UNKNOWN if claim.stated else Reason.ACCOUNT_MISSING, facts)


def _unknown_again(claim: Claim, finding: Finding, statement: Statement, history: History) -> Finding:
    """An unknown meter is for a person once the customer says that it is new, or states it again (section 4)."""
    if statement.meter_changed:
        return replace(finding, reason=Reason.METER_REPLACED)
    account = claim.account.number if claim.account else None
    again = any(
        past.account == account and past.value == claim.value and past.reason is Reason.METER_UNKNOWN
        for past in history.refused
    )
    return replace(finding, reason=Reason.STATED_AGAIN) if again else finding


def _reading(claim: Claim, finding: Finding | None) -> JudgedReading:
    status = ReadingStatus.RECORDED
    if finding is not None:
        status = ReadingStatus.REVIEW if finding.reason.remedy is Remedy.PERSON else ReadingStatus.REJECTED
    return JudgedReading(
        account=claim.account.number if claim.account else claim.stated,
        serial=claim.register.serial if claim.register else claim.serial,
        service=claim.service,
        zone=claim.zone,
        value=None if claim.value is None else _plain(claim.value),
        status=status,
        finding=finding,
        evidence=claim.evidence,
        serial_stated=claim.serial is not None,
    )


def _plain(value: Decimal) -> str:
    """An exact decimal as stated, without exponent and leading zeros."""
    return f"{value:f}"
