"""The answer to a customer: a verdict and a letter become a reply, in the customer's language (rules, section 6).

Pure: the texts are data, what may be told is decided in `disclosure`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from config.replies import LanguageTexts, ReplyTexts
from mailreader.disclosure import Disclosure, account_of, told_date, told_facts, told_reading
from mailreader.reply_headers import ServiceAddress, copy_headers, message_id_of, reply_headers, reply_subject
from models.catalogue import Language, ReadingStatus, Reason, Remedy, ReplyKind
from models.decision import Reply
from models.letter import Letter
from models.verdict import Finding, JudgedReading, Verdict
from models.window import Window

__all__ = ["OperatorWords", "ServiceAddress", "compose", "compose_copy"]

_BULLET = "• "
_BETWEEN_LANGUAGES = "\n\n* * *\n\n"
_AND_MORE = "…"
_MOST_READINGS = 40
_MOST_COMPLAINTS = 8
"""An answer has a few kB, however much a mail claims."""


@dataclass(frozen=True, slots=True)
class OperatorWords:
    """That a person answers, and in what words of his own, if any.

    They stand instead of the texts about reasons and requests, or before them (`with_reasons`).
    """

    words: str = ""
    with_reasons: bool = False


def compose(  # noqa: PLR0913 -- the facts of an answer, each by its name
    verdict: Verdict,
    letter: Letter,
    *,
    texts: ReplyTexts,
    window: Window,
    received: datetime,
    reference: str,
    registered_accounts: frozenset[str],
    service: ServiceAddress,
    operator: OperatorWords | None = None,
) -> Reply:
    """Compose the answer that the verdict calls for: the automatic one, or that of an operator.

    `registered_accounts` are the accounts that the sender's address is registered for. ValueError where no answer is
    due: the mail is ignored, or there is no single sender.
    """
    verdict = verdict.as_told or verdict
    kind = verdict.reply_kind
    if kind is None or letter.sender is None:
        raise ValueError("this mail has no answer")
    languages = (verdict.language,) if verdict.language else service.undecided
    disclosure = Disclosure.to(letter, registered_accounts)
    bodies = [
        _Writer(texts[language], disclosure, verdict, kind, service, window, received, reference, operator).body()
        for language in languages
    ]
    subject = _subject(letter, texts, languages)
    return Reply(
        kind=kind,
        to=letter.sender,
        subject=subject,
        language=verdict.language,
        text=_BETWEEN_LANGUAGES.join(bodies) + "\n",
        headers=reply_headers(letter, subject, service),
        in_reply_to=message_id_of(letter),
    )


def compose_copy(
    verdict: Verdict,
    account: str,
    address: str,
    *,
    texts: ReplyTexts,
    window: Window,
    received: datetime,
    reference: str,
    service: ServiceAddress,
) -> Reply:
    """Compose what a registered address of an account is told of readings that somebody else sent.

    The verdict holds the recorded readings of that account alone; the language is that of the mail.
    """
    languages = (verdict.language,) if verdict.language else service.undecided
    disclosure = Disclosure(frozenset({account}), "")
    kind = ReplyKind.CONFIRMATION
    bodies = [
        _Writer(texts[language], disclosure, verdict, kind, service, window, received, reference).body_of_copy()
        for language in languages
    ]
    subject = " / ".join(texts[language].tell("copy.subject", {}) for language in languages)
    return Reply(
        kind=kind,
        to=address,
        subject=subject,
        language=verdict.language,
        text=_BETWEEN_LANGUAGES.join(bodies) + "\n",
        headers=copy_headers(address, subject, service),
        in_reply_to=None,
    )


def _subject(letter: Letter, texts: ReplyTexts, languages: tuple[Language, ...]) -> str:
    fixed = " / ".join(texts[language].tell("subject.fixed", {}) for language in languages)
    prefixes = [prefix for spoken in texts.values() for prefix in spoken.variants("subject.prefixes")]
    return reply_subject(letter.subject, fixed, prefixes)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the body of one answer in one language, paragraph by paragraph."""

    texts: LanguageTexts
    disclosure: Disclosure
    verdict: Verdict
    kind: ReplyKind
    service: ServiceAddress
    window: Window
    received: datetime
    reference: str
    operator: OperatorWords | None = None

    def body(self) -> str:
        """The paragraphs of the answer, an empty line between them."""
        return "\n\n".join(paragraph for paragraph in self._paragraphs() if paragraph)

    def body_of_copy(self) -> str:
        """The paragraphs of a copy to a registered address."""
        begin = (self._tell("greeting"), self._tell("copy.intro", {"period": self._period()}))
        end = (self._tell("copy.sent_by_other"), self._contacts(), *self._farewell())
        return "\n\n".join(paragraph for paragraph in (*begin, *self._recorded(), *end) if paragraph)

    def _paragraphs(self) -> Iterator[str]:
        yield self._tell("greeting")
        words = self.operator.words if self.operator else ""
        if self.verdict.readings or not words:
            yield self._tell(f"intro.{self.kind}", {"period": self._period()})
        yield from self._recorded()
        if words:
            yield words
        if self.operator is None or self.operator.with_reasons or not words:
            yield from self._complaints()
        yield from self._closing()

    def _complaints(self) -> Iterator[str]:
        if self.kind is ReplyKind.PARTIAL:
            yield self._tell("intro.refused")
        yield from self._refused()
        if self.verdict.request:
            yield self._tell(f"requests.{self.verdict.request}")

    def _closing(self) -> Iterator[str]:
        if self._can_be_mended_now():
            yield self._tell("deadline")
        if self.kind is not ReplyKind.CONFIRMATION or self.verdict.request:
            yield self._contacts()
        yield from self._farewell()

    def _farewell(self) -> Iterator[str]:
        yield self._tell("reference")
        yield self._tell("signature", {"name": self._of_service(self.service.name)})
        yield self._tell("note_of_operator" if self.operator else "note")

    def _recorded(self) -> Iterator[str]:
        """The recorded readings, under the number of each account where it may be shown."""
        by_account: dict[str, list[str]] = {}
        recorded = [reading for reading in self.verdict.readings if reading.status is ReadingStatus.RECORDED]
        for reading in recorded[:_MOST_READINGS]:
            account = self.disclosure.account(reading.account)
            line = told_reading(reading, self.texts, self.disclosure)
            by_account.setdefault(account, []).append(f"{_BULLET}{line}")
        for account, lines in by_account.items():
            head = [self._tell("lines.account", {"account": account})] if account else []
            yield "\n".join([*head, *lines])
        if len(recorded) > _MOST_READINGS:
            yield _AND_MORE

    def _refused(self) -> Iterator[str]:
        """Every complaint once, under the readings that it is about."""
        complaints: dict[str, dict[str, None]] = {}
        for finding, reading in self._findings():
            if finding.reason is Reason.NOT_A_READING and self.verdict.request:
                continue  # the paragraph about the request says what becomes of it
            lines = complaints.setdefault(self._complaint(finding, reading), {})
            if line := self._line(finding, reading):
                lines[line] = None
        for complaint, lines in islice(complaints.items(), _MOST_COMPLAINTS):
            more = [_AND_MORE] if len(lines) > _MOST_READINGS else []
            yield "\n".join([*islice(lines, _MOST_READINGS), *more, complaint])
        if len(complaints) > _MOST_COMPLAINTS:
            yield _AND_MORE

    def _findings(self) -> Iterator[tuple[Finding, JudgedReading | None]]:
        yield from ((finding, None) for finding in self.verdict.findings)
        yield from ((reading.finding, reading) for reading in self.verdict.readings if reading.finding)

    def _line(self, finding: Finding, reading: JudgedReading | None) -> str:
        """The reading that a complaint is about; nothing that would tell one concealed reason from another."""
        account = account_of(finding, reading)
        if reading is None or self.disclosure.conceals(finding.reason, account):
            return ""
        line = told_reading(reading, self.texts, self.disclosure)
        shown = self.disclosure.account(account)
        if line and shown and len({each.account for each in self.verdict.readings}) > 1:
            line = self._tell("lines.of_account", {"line": line, "account": shown})
        return f"{_BULLET}{line}" if line else ""

    def _complaint(self, finding: Finding, reading: JudgedReading | None) -> str:
        """What is wrong, what to do, an example; concealed reasons all have the text of an unknown account."""
        concealed = self.disclosure.conceals(finding.reason, account_of(finding, reading))
        reason = Reason.ACCOUNT_UNKNOWN if concealed else finding.reason
        facts = told_facts(finding, reading, self.texts, self.disclosure)
        sentences = " ".join(self._tell(f"reasons.{reason}.{part}", facts) for part in ("what", "do"))
        example = self._tell(f"reasons.{reason}.example")
        return "\n".join([sentences, *([self._tell("example", {"example": example})] if example else [])])

    def _contacts(self) -> str:
        facts = {
            "centres": self._of_service(self.service.centres),
            "phone": self.service.phone,
            "hours": self._of_service(self.service.hours),
        }
        told = (self._tell(key, facts) for key in ("contacts.centres", "contacts.phone"))
        return "\n".join(line for line in told if line)

    def _can_be_mended_now(self) -> bool:
        """Whether a better message can still come in this window."""
        reasons = set(self.verdict.reasons)
        in_window = self.window.registered_at(self.received) is not None
        mendable = any(reason.remedy is Remedy.CUSTOMER for reason in reasons - {Reason.OUTSIDE_WINDOW})
        return in_window and mendable and self.kind in {ReplyKind.PARTIAL, ReplyKind.REJECTION}

    def _tell(self, key: str, facts: Mapping[str, str] | None = None) -> str:
        return self.texts.tell(key, {**self._always(), **(facts or {})})

    def _always(self) -> dict[str, str]:
        """The facts that every text may name (`config.replies.ALWAYS_KNOWN`)."""
        first, last = self.window.next_days(self.received)
        months = self.texts.variants("dates.months")
        days = {"first": str(first.day), "last": str(last.day), "month": months[last.month - 1]}
        return {
            "window": self.texts.tell("dates.range" if first < last else "dates.range_of_one", days),
            "deadline": told_date(last, "dates.day", self.texts),
            "opens": f"{self.window.opens:%H:%M}",
            "closes": f"{self.window.closes:%H:%M}",
            "reference": self.reference,
        }

    def _period(self) -> str:
        if self.verdict.period is None:
            return ""
        year, _, month = self.verdict.period.partition("-")
        months = self.texts.variants("dates.months_alone")
        return self.texts.tell("dates.period", {"year": year, "month": months[int(month) - 1]})

    def _of_service(self, words: Mapping[Language, str]) -> str:
        return words.get(self.texts.language, "")
