"""Verdicts and the surroundings of an answer, for tests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from config.replies import ReplyTexts, load_reply_texts
from mailreader.answers import ServiceAddress, compose
from models.catalogue import Language, Outcome, ReadingStatus, Reason, Remedy, Request, Service, Zone
from models.decision import Reply
from models.letter import Letter
from models.verdict import Finding, JudgedReading, Verdict
from models.window import Window
from tests.languages import RU
from tests.letters import OUR_ADDRESS, make_letter

ALMATY: Final = ZoneInfo("Asia/Almaty")
IN_WINDOW: Final = datetime(2026, 11, 20, 12, tzinfo=ALMATY)
AFTER_WINDOW: Final = datetime(2026, 12, 5, 12, tzinfo=ALMATY)
TEXTS: Final = load_reply_texts()
ACCOUNT: Final = "0123456"
SERIAL: Final = "24680135"
SERVICE: Final = ServiceAddress(sender=f"Приём показаний <{OUR_ADDRESS}>", loop_token="mailreader-energo")
FACTS: Final = {
    "account": ACCOUNT, "serial": SERIAL, "service": "hot_water", "zone": "total", "value": "12",
    "previous_value": "98761", "previous_on": "2026-10-20", "digits": "5", "cap": "60", "months": "2",
    "values": "335, 338", "stated": ACCOUNT, "services_taken": "electricity,hot_water",
}  # fmt: skip


def reading(status: ReadingStatus = ReadingStatus.RECORDED, finding: Finding | None = None) -> JudgedReading:
    """One hot-water reading of the account; the sender did not write the serial."""
    return JudgedReading(ACCOUNT, SERIAL, Service.HOT_WATER, Zone.TOTAL, "12", status, finding, "гвс 12")


def accepted(language: Language | None = RU, **changes: object) -> Verdict:
    """A verdict that recorded one reading."""
    facts: dict[str, object] = {"readings": (reading(),), "period": "2026-11", **changes}
    return Verdict(Outcome.ACCEPTED, language, **facts)  # type: ignore[arg-type]


def refused(
    reason: Reason,
    language: Language | None = RU,
    facts: Mapping[str, str] | None = None,
    *,
    of_reading: bool = True,
) -> Verdict:
    """A verdict that refused one reading, or the whole message, for one reason."""
    mendable = reason.remedy is Remedy.CUSTOMER
    finding = Finding(reason, FACTS if facts is None else facts)
    status = ReadingStatus.REJECTED if mendable else ReadingStatus.REVIEW
    outcome = Outcome.REJECTED if mendable else Outcome.REVIEW
    if of_reading:
        return Verdict(outcome, language, readings=(reading(status, finding),), period="2026-11")
    return Verdict(outcome, language, findings=(finding,), period="2026-11")


def asking(request: Request, language: Language = RU) -> Verdict:
    """A verdict on a request alone."""
    return Verdict(Outcome.REVIEW, language, request=request, findings=(Finding(Reason.NOT_A_READING),))


def answer(
    verdict: Verdict,
    letter: Letter | None = None,
    *,
    registered: bool = False,
    received: datetime = IN_WINDOW,
    texts: ReplyTexts = TEXTS,
    service: ServiceAddress = SERVICE,
) -> Reply:
    """Compose the answer; the customer's ordinary letter names the account 0123456."""
    return compose(
        verdict,
        letter or make_letter(),
        texts=texts,
        window=Window(),
        received=received,
        reference="M-17",
        registered_accounts=frozenset({ACCOUNT}) if registered else frozenset(),
        service=service,
    )
