"""Every answer with sample facts, composed as customers' answers are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from config.replies import ReplyTexts, load_reply_texts
from mailreader.answers import ServiceAddress, compose, compose_copy
from models.catalogue import Language, Outcome, ReadingStatus, Reason, Remedy, Request, Service, Zone
from models.decision import Reply
from models.letter import Letter
from models.verdict import Finding, JudgedReading, Verdict
from models.window import Window

if TYPE_CHECKING:
    from mailreader.app import App


@unique
class PreviewKind(StrEnum):
    """What can be shown: the four answers, and the copy to a registered address."""

    CONFIRMATION = "confirmation"
    PARTIAL = "partial"
    REJECTION = "rejection"
    REVIEW = "review"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which answers to show; None asks for all."""

    language: Language | None = None
    kind: PreviewKind | None = None
    reason: Reason | None = None
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """One answer; `language` is None where that of the customer could not be told."""

    kind: PreviewKind
    language: Language | None
    reason: Reason | None
    request: Request | None
    reply: Reply


@dataclass(frozen=True, slots=True)
class _Sample:
    """What an answer is shown for."""

    kind: PreviewKind
    reason: Reason | None = None
    request: Request | None = None

    def is_wanted(self, wanted: Wanted) -> bool:
        """Whether it is among what was asked for."""
        asked = (wanted.kind, wanted.reason, wanted.request)
        pairs = zip(asked, (self.kind, self.reason, self.request), strict=True)
        return all(asked is None or asked == own for asked, own in pairs)


_ACCOUNT: Final = "1234567"
_SERIAL: Final = "12345678"
_CUSTOMER: Final = "customer@mail.example"
_DAY: Final = timedelta(days=1)
_WHOLE_MESSAGE: Final = frozenset(
    {
        Reason.OUTSIDE_WINDOW, Reason.ACCOUNT_MISSING, Reason.VALUE_MISSING, Reason.ATTACHMENT_ONLY,
        Reason.NOT_A_READING, Reason.UNREADABLE, Reason.SENDER_UNAUTHENTICATED,
    }
)  # fmt: skip
"""Reasons that are of a message and not of one of its readings."""


@dataclass(frozen=True, slots=True)
class Previewer:
    """Composes samples with the texts, the window and the service of a site; `now` is aware."""

    texts: ReplyTexts
    window: Window
    service: ServiceAddress
    taken: frozenset[Service]
    now: datetime

    @classmethod
    def of(cls, app: "App") -> "Previewer":
        """Take all that from the settings."""
        settings = app.settings
        taken = frozenset().union(*settings.services.by_housing().values())
        texts = load_reply_texts(settings.answers.texts)
        return cls(texts, settings.window.as_window(), app.service(), taken, datetime.now(UTC))

    def previews(self, wanted: Wanted) -> Iterator[Preview]:
        """Yield what was asked for, language by language; an unknown language only where none is named."""
        languages: tuple[Language | None, ...] = (wanted.language,) if wanted.language else (*self.texts, None)
        samples = [sample for sample in _samples() if sample.is_wanted(wanted)]
        for language in languages:
            for sample in samples:
                reply = self._reply(sample, language)
                yield Preview(sample.kind, language, sample.reason, sample.request, reply)

    def _reply(self, sample: _Sample, language: Language | None) -> Reply:
        received = self._received(sample)
        verdict = self._verdict(sample, language, received)
        if sample.kind is PreviewKind.COPY:
            return compose_copy(
                verdict, _ACCOUNT, _CUSTOMER, texts=self.texts, window=self.window, received=received,
                reference="000017", service=self.service,
            )  # fmt: skip
        return compose(
            verdict, _letter(), texts=self.texts, window=self.window, received=received, reference="000017",
            registered_accounts=frozenset({_ACCOUNT}), service=self.service,
        )  # fmt: skip

    def _received(self, sample: _Sample) -> datetime:
        """An instant within the next window, or just after it for mail that comes outside."""
        first, last = self.window.next_days(self.now)
        day, hour = (last, self.window.closes) if sample.reason is Reason.OUTSIDE_WINDOW else (first, self.window.opens)
        return datetime.combine(day, hour, self.window.zone)

    def _verdict(self, sample: _Sample, language: Language | None, received: datetime) -> Verdict:
        recorded = (_reading(),) if sample.kind in _RECORDING else ()
        finding = Finding(sample.reason, self._facts(received)) if sample.reason else None
        of_message = sample.reason in _WHOLE_MESSAGE
        refused = (_reading(finding),) if finding and not of_message else ()
        return Verdict(
            outcome=_OUTCOMES[sample.kind],
            language=language,
            request=sample.request,
            findings=(finding,) if finding and of_message else (),
            readings=(*recorded, *refused),
            period=self.window.period(received),
        )

    def _facts(self, received: datetime) -> dict[str, str]:
        """What a finding can carry (`models.rules`)."""
        last_month = received.astimezone(self.window.zone).date().replace(day=1) - _DAY
        return {
            "account": _ACCOUNT, "stated": _ACCOUNT, "serial": _SERIAL, "service": Service.ELECTRICITY,
            "zone": Zone.TOTAL, "value": "12345", "previous_value": "12400",
            "previous_on": date(last_month.year, last_month.month, min(25, last_month.day)).isoformat(),
            "digits": "5", "cap": "3000", "months": "1", "values": "12345, 12354",
            "services_taken": ",".join(sorted(self.taken)),
        }  # fmt: skip


_OUTCOMES: Final = {
    PreviewKind.CONFIRMATION: Outcome.ACCEPTED,
    PreviewKind.PARTIAL: Outcome.PARTIAL,
    PreviewKind.REJECTION: Outcome.REJECTED,
    PreviewKind.REVIEW: Outcome.REVIEW,
    PreviewKind.COPY: Outcome.ACCEPTED,
}
_RECORDING: Final = frozenset({PreviewKind.CONFIRMATION, PreviewKind.PARTIAL, PreviewKind.COPY})


def _samples() -> Iterator[_Sample]:
    """What has a text of its own: each kind, each reason, each request."""
    yield _Sample(PreviewKind.CONFIRMATION)
    yield _Sample(PreviewKind.PARTIAL, Reason.VALUE_BELOW_PREVIOUS)
    for reason in Reason:
        of_customer = reason.remedy is Remedy.CUSTOMER
        yield _Sample(PreviewKind.REJECTION if of_customer else PreviewKind.REVIEW, reason)
    for request in Request:
        yield _Sample(PreviewKind.REVIEW, Reason.NOT_A_READING, request)
    yield _Sample(PreviewKind.COPY)


def _reading(finding: Finding | None = None) -> JudgedReading:
    """A recorded reading of hot water, or a refused one of electricity."""
    if finding is None:
        return JudgedReading(
            _ACCOUNT, "87654321", Service.HOT_WATER, Zone.TOTAL, "123", ReadingStatus.RECORDED, None, "123"
        )
    of_customer = finding.reason.remedy is Remedy.CUSTOMER
    status = ReadingStatus.REJECTED if of_customer else ReadingStatus.REVIEW
    return JudgedReading(_ACCOUNT, _SERIAL, Service.ELECTRICITY, Zone.TOTAL, "12345", status, finding, "12345")


def _letter() -> Letter:
    """A mail of the customer's, without a subject: the answer's own is shown."""
    return Letter(
        message_id="<sample@mail.example>", in_reply_to=(), references=(), senders=(_CUSTOMER,), sender_name="",
        recipients=frozenset(), subject="", date=None, received=None, headers=(), plain=_ACCOUNT, html=None,
        html_has_table=False, html_has_struck=False, attachments=(), part_types=frozenset({"text/plain"}),
        body_digest="",
    )  # fmt: skip
