"""From what a message submits to its verdict (rules, sections 0 and 6). Pure: the clock is the received instant."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from mailreader.claims import Claim
from mailreader.matching import Matcher, Submission
from models.catalogue import RANK, CustomerType, Language, Outcome, ReadingStatus, Reason, Remedy, Request, Zone
from models.history import History, ReadingState
from models.register import RegisterExcerpt
from models.rules import Circumstances, Policy, has_ended
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
        submission = self.match(statement, received, sender, register)
        if _brings_no_reading(statement, submission):
            request = statement.request or Request.OTHER
            return Verdict(Outcome.REVIEW, _language(statement), request, (Finding(Reason.NOT_A_READING),))
        registered_at = self.window.registered_at(received)
        if registered_at is None:
            return Verdict(Outcome.REJECTED, _language(statement), statement.request, (self._outside(received),))
        period = self.window.period(received)
        current = _current(submission.claims, history, period)
        readings = [self._judge_claim(claim, statement, received, sender, history) for claim in current]
        findings = (*submission.findings, *_on_photo(statement, submission), *_nothing_left(submission.claims, current))
        return Verdict(
            outcome=_outcome(readings, findings),
            language=_language(statement),
            request=statement.request,
            findings=findings,
            readings=tuple(readings),
            period=period,
            registered_at=registered_at,
        )

    def match(
        self, statement: Statement, received: datetime, sender: str | None, register: RegisterExcerpt
    ) -> Submission:
        """What a statement submits, as of the day on which it was received."""
        return Matcher(self.policy, self.today(received)).match(statement, register, sender)

    def today(self, received: datetime) -> date:
        """The local day of the received instant."""
        return received.astimezone(self.window.zone).date()

    def _outside(self, received: datetime) -> Finding:
        first, last = self.window.next_days(received)
        facts = {"first_day": first.isoformat(), "last_day": last.isoformat()}
        return Finding(Reason.OUTSIDE_WINDOW, MappingProxyType(facts))

    def _judge_claim(
        self, claim: Claim, statement: Statement, received: datetime, sender: str | None, history: History
    ) -> JudgedReading:
        finding = self._first_of_claim(claim) or _of_account(claim)
        if claim.account and claim.register and claim.value is not None and finding is None:
            around = Circumstances(
                account=claim.account,
                register=claim.register,
                policy=self.policy,
                today=self.today(received),
                period=self.window.period(received),
                sender=sender,
                history=history,
                meter_changed=statement.meter_changed,
            )
            finding = next(iter(validate_reading(claim.value, around)), None)
        elif finding and finding.reason is Reason.METER_UNKNOWN:
            finding = _unknown_again(claim, finding, statement, history)
        return _reading(claim, finding)

    def _first_of_claim(self, claim: Claim) -> Finding | None:
        """Why a claim has no register or no value, or what goes before that in the order of the reasons (section 4)."""
        account, service = claim.account, claim.service
        if claim.finding is None or account is None:
            return claim.finding
        reasons = {claim.finding.reason}
        if account.customer_type is not CustomerType.INDIVIDUAL:
            reasons.add(Reason.NOT_AN_INDIVIDUAL)
        if service and not self.policy.takes(service, account.housing):
            reasons.add(Reason.SERVICE_NOT_ACCEPTED)
        if service and has_ended(account, service):
            reasons.add(Reason.CONTRACT_INACTIVE)
        first = min(reasons, key=lambda reason: RANK[reason])
        return claim.finding if first is claim.finding.reason else claim.refused(first).finding


def _language(statement: Statement) -> Language | None:
    """The language of a message; of one that has no word of its own, that of the message which it continues."""
    if statement.language or statement.earlier is None:
        return statement.language
    return _language(statement.earlier)


def _current(claims: Sequence[Claim], history: History, period: str) -> list[Claim]:
    """The claims without those of the continued message that are settled: another value has come, or it was refused.

    A refused one stays where nothing else is left: who answers our refusal with no other value states it again.
    """
    standing = [claim for claim in claims if not _is_replaced(claim, history, period)]
    return [claim for claim in standing if not _was_refused(claim, history)] or standing


def _is_replaced(claim: Claim, history: History, period: str) -> bool:
    """Whether another value has come in the place of one of the continued message."""
    return claim.is_earlier and any(
        past.value != claim.value and past.state is ReadingState.CURRENT and past.period == period
        for past in history.recorded
        if (past.account, past.serial, past.zone) == _place(claim)
    )


def _was_refused(claim: Claim, history: History) -> bool:
    """Whether a value of the continued message was refused for itself."""
    return claim.is_earlier and any(
        past.value == claim.value and (past.account, past.serial, past.zone) == _place(claim)
        for past in history.refused
    )


def _place(claim: Claim) -> tuple[str, str, Zone] | None:
    register = claim.register
    return (register.account, register.serial, register.zone) if register else None


def _nothing_left(claims: Sequence[Claim], current: Sequence[Claim]) -> list[Finding]:
    """An account alone is no reading, also where the values that it continues have been replaced since (section 4)."""
    if not claims or current:
        return []
    account = claims[0].account
    facts = {"account": account.number} if account else {}
    return [Finding(Reason.VALUE_MISSING, MappingProxyType(facts))]


def _brings_no_reading(statement: Statement, submission: Submission) -> bool:
    """Whether a message is no reading but a request: rules, question 5, and section 6 for what is neither."""
    if any(claim.register or claim.number.role is Role.VALUE for claim in submission.claims):
        return False
    about_readings = statement.about_readings or statement.attachments or submission.claims
    return statement.request is not None or not (about_readings or submission.names_account)


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
        span=None if claim.is_earlier else claim.number.span,
    )


def _plain(value: Decimal) -> str:
    """An exact decimal as stated, without exponent and leading zeros."""
    return f"{value:f}"
