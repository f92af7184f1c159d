"""A fourth language, which is three files in a folder beside the others, is read, judged and answered in."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from config.automatic import load_automatic_subjects
from config.replies import FORMS, ReplyTexts, TextForm, load_reply_texts
from config.words import LANGUAGES, language_codes, load_languages, load_mail_marks
from fixtures.make_mail import make_mail
from mailreader.answers import ServiceAddress, compose
from mailreader.automatic import AutomaticRules
from mailreader.case import Case
from mailreader.judging import Judge
from mailreader.readers import WasRead
from models.catalogue import Language, Outcome, Reason, Request
from models.decision import Reply
from models.history import History
from models.rules import Policy
from models.verdict import Verdict
from models.window import Window
from parsers.reading import Reader
from tests.corpora import FIXTURES, small_register

XX = Language("xx")
RECEIVED = datetime.fromisoformat("2026-11-20T12:00:00+05:00")
WITH_READINGS = """Hŵalo!

Zumbral 2621429, sendzuk trozziken: blixar nontzu 73218 dok 73128, quendash frosh hunzer katzok.
Olbraxen blixar 72941.

sendzuk dez mizzo Galaxy 24

vunt 18.11.2026 10:15 Energo <pokazaniya@energosbyt.example> skribzok:
Blixar 74000, quendash 555.
"""
BY_RATE = "Hŵalo! Zumbral 2773290: dulpanox 23900, nembufŵil 11800"
ASKING = "Hŵalo! Mizzo fruzzo altrozzen tarzifon, zumbral 2621429"
WITHOUT_ACCOUNT = "Hŵalo! Sendzuk trozziken: blixar 73128"


@dataclass(frozen=True)
class Office:
    """The rooms that a mail goes through, with the languages of one folder."""

    reader: Reader
    rules: AutomaticRules
    texts: ReplyTexts

    @classmethod
    def of(cls, folder: Path) -> "Office":
        """Load everything with the project's own loaders."""
        marks = load_mail_marks(folder)
        rules = AutomaticRules(frozenset(), "mx.energosbyt.example", load_automatic_subjects(marks))
        return cls(Reader(load_languages(folder), marks), rules, load_reply_texts(folder=folder))

    def judge(self, body: str, subject: str = "trozziken") -> Verdict:
        """The verdict on a stranger's mail."""
        return self._verdict(self._case(body, subject))

    def answer(self, body: str) -> Reply:
        """The answer to a stranger's mail."""
        case = self._case(body, "trozziken")
        assert case.letter is not None
        return compose(
            self._verdict(case),
            case.letter,
            texts=self.texts,
            window=Window(),
            received=RECEIVED,
            reference="17",
            registered_accounts=frozenset(),
            service=ServiceAddress("pokazaniya@energosbyt.example", "mailreader"),
        )

    def _case(self, body: str, subject: str) -> Case:
        message = {"id": "x", "from": "a@mail.example", "subject": subject, "body": body}
        raw = make_mail({**message, "received": RECEIVED.isoformat()})
        return Case.of(WasRead(self.reader.read(raw)), RECEIVED, self.rules)

    def _verdict(self, case: Case) -> Verdict:
        return case.verdict(Judge(Window(), Policy()), small_register(case.identifiers, case.sender), History())


def read_by(verdict: Verdict) -> dict[str, str | None]:
    """The value of each recorded reading by service and zone."""
    assert {reading.reason for reading in verdict.readings} == {None}
    return {f"{reading.service} {reading.zone}": reading.value for reading in verdict.readings}


def made_up(key: str, form: TextForm) -> str:
    """A line of `replies.toml` for a text that no test looks at: it names the facts that it always has."""
    facts = sorted(form.facts & form.complete if form.complete else ())
    text = " ".join([f"xx {key}", *(f"{{{fact}}}" for fact in facts)])
    return f"{key} = {json.dumps([text] * (form.entries or 1))}"


def texts_left_out(replies: str) -> Iterator[str]:
    """A line for each text that the file does not have."""
    return (made_up(key, form) for key, form in FORMS.items() if f"\n{key} = " not in replies)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's languages and one more."""
    languages = tmp_path_factory.mktemp("data") / "languages"
    shutil.copytree(LANGUAGES, languages, ignore=shutil.ignore_patterns("_*"))
    shutil.copytree(FIXTURES / "languages" / XX, languages / XX)
    replies = languages / XX / "replies.toml"
    told = replies.read_text(encoding="utf-8")
    replies.write_text("\n".join([told, *texts_left_out(told)]), encoding="utf-8")
    return languages


@pytest.fixture(scope="module")
def office(folder: Path) -> Office:
    """An office that works in these languages."""
    return Office.of(folder)


def test_the_folder_is_all_that_makes_it_a_language(folder: Path, office: Office) -> None:
    """It stands beside the others in every list of languages."""
    assert set(language_codes(folder)) == {*language_codes(), XX}
    assert set(office.texts) == set(language_codes(folder))


def test_a_mail_in_it_is_read_and_judged(office: Office) -> None:
    """Corrections, number words, previous values, footers and quotes are told by its words."""
    verdict = office.judge(WITH_READINGS)
    assert (verdict.outcome, verdict.language) == (Outcome.ACCEPTED, XX)
    assert read_by(verdict) == {"electricity total": "73128", "hot_water total": "104"}


def test_its_words_for_zones_are_known_by_its_own_letters(office: Office) -> None:
    """A letter of its own is folded as its table says."""
    verdict = office.judge(BY_RATE.replace("ŵ", "w"))
    assert (
        read_by(verdict) == read_by(office.judge(BY_RATE)) == {"electricity day": "23900", "electricity night": "11800"}
    )


def test_a_request_in_it_is_a_request(office: Office) -> None:
    """And answered by its text about such requests."""
    verdict = office.judge(ASKING)
    assert (verdict.outcome, verdict.request, verdict.language) == (Outcome.REVIEW, Request.TARIFF_CHANGE, XX)
    assert "Altrozz tarzif: kuntorzok." in office.answer(ASKING).text


def test_an_automatic_reply_in_it_is_ignored(office: Office) -> None:
    """It is known by its subject."""
    assert office.judge(WITHOUT_ACCOUNT, subject="Autzo replizok: trozziken").outcome is Outcome.IGNORED


def test_a_confirmation_is_in_it(office: Office) -> None:
    """Greeting, period, services and units are its own."""
    reply = office.answer(WITH_READINGS)
    assert reply.language == XX
    for part in ("Hŵalo!", "Trozziken novzul 2026 skribzok:", "• Blixar: 73128 kwozzu", "• Quendash frosh: 104 kubzo"):
        assert part in reply.text


def test_a_rejection_is_in_it(office: Office) -> None:
    """What is wrong, what to do, an example."""
    assert office.judge(WITHOUT_ACCOUNT).reasons == (Reason.ACCOUNT_MISSING,)
    text = office.answer(WITHOUT_ACCOUNT).text
    assert "Zumbral nontzu trovzok. Plizzo sendzuk zumbral." in text
    assert "zumbral 1234567" in text


def test_the_other_languages_are_read_as_before(office: Office) -> None:
    """A new language takes no word from them."""
    verdict = office.judge("Здравствуйте, лицевой счёт 2621429, свет 73128, горячая вода сто четыре")
    assert verdict.language == "ru"
    assert read_by(verdict) == {"electricity total": "73128", "hot_water total": "104"}
