import re
import unicodedata
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from config.replies import FORMS, RepliesError, load_reply_texts
from mailreader.answers import ServiceAddress
from models.catalogue import CONCEALED, Language, Reason, Remedy, Request
from tests.answers.verdicts import AFTER_WINDOW, FACTS, IN_WINDOW, SERVICE, TEXTS, accepted, answer, asking, refused
from tests.languages import EN, KK, LANGUAGES, RU

CYRILLIC_WORD = re.compile(r"[^\W\d_]*[\u0400-\u04ff][^\W\d_]*")
FULL_SERVICE = ServiceAddress(
    sender=SERVICE.sender,
    loop_token=SERVICE.loop_token,
    name=dict.fromkeys(LANGUAGES, "Energo"),
    phone="+7 700 000 00 00",
    hours=dict.fromkeys(LANGUAGES, "9:00-18:00"),
    centres=dict.fromkeys(LANGUAGES, "Main Street 12"),
)


def is_well_written(text: str) -> bool:
    """No leftover braces, double spaces, empty brackets, dangling signs, or words of two alphabets."""
    mixed = [
        word
        for word in CYRILLIC_WORD.findall(text)
        if any(letter.isascii() and letter.isalpha() for letter in unicodedata.normalize("NFC", word))
    ]
    return not mixed and re.search(r"[{}]|[^\n ] {2,}|\(\s*\)|[:,] *[.,;]|№ *[,.]|None|^\s*[.,:]", text) is None


def is_told(text: str, language: Language, key: str) -> bool:
    """Whether a variant of the text stands in the answer, with anything in the places of its facts."""
    patterns = (".+?".join(map(re.escape, re.split(r"\{\w+\}", each))) for each in TEXTS[language].variants(key))
    return any(re.search(pattern, text) for pattern in patterns)


@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize(
    "facts", [FACTS, {}, {"account": "77"}, {"value": "12", "service": "nonsense", "previous_on": "?"}]
)
@pytest.mark.parametrize(("reason", "language"), list(product(Reason, [*LANGUAGES, None])))
def test_every_reason_is_told_in_every_language(
    reason: Reason, language: Language | None, facts: dict[str, str], *, registered: bool
) -> None:
    """Whatever facts a finding carries, the answer says what is wrong and what to do, and holds no scaffolding."""
    for received, of_reading, service in product((IN_WINDOW, AFTER_WINDOW), (True, False), (SERVICE, FULL_SERVICE)):
        verdict = refused(reason, language, facts, of_reading=of_reading)
        reply = answer(verdict, registered=registered, received=received, service=service)
        assert is_well_written(reply.text), reply.text
        assert "M-17" in reply.text
        for spoken, part in product([language] if language else [KK, RU], ("what", "do")):
            told = {reason, Reason.ACCOUNT_UNKNOWN} if reason in CONCEALED else {reason}
            assert any(is_told(reply.text, spoken, f"reasons.{each}.{part}") for each in told)


@pytest.mark.parametrize(("language", "key"), list(product(LANGUAGES, FORMS)))
def test_every_text_is_there_and_cleanly_written(language: Language, key: str) -> None:
    """No key is missing; no word mixes alphabets; Kazakh and Russian texts are in Cyrillic, English in Latin."""
    variants = TEXTS[language].variants(key)
    if FORMS[key].optional:
        return
    assert variants
    if key == "numbers.decimal_sign":
        assert variants in {(",",), (".",)}
        return
    for text in variants:
        words = re.sub(r"\{\w+\}", "", text)
        assert is_well_written(words.replace("№ :", "№").replace("  ", " ")) or "{" in text
        if key.startswith(("reasons", "requests", "intro")) and not key.endswith("example"):
            assert bool(re.search(r"[\u0400-\u04ff]", words)) is (language != EN)


@pytest.mark.parametrize(("reason", "language"), list(product(Reason, LANGUAGES)))
def test_reason_that_a_customer_can_mend_has_an_example(reason: Reason, language: Language) -> None:
    """An example is worth more than an explanation."""
    has_example = bool(TEXTS[language].variants(f"reasons.{reason}.example"))
    assert has_example or reason.remedy is Remedy.PERSON


@pytest.mark.parametrize(("request_kind", "language"), list(product(Request, LANGUAGES)))
def test_request_is_answered_by_its_own_text_and_the_service_centres(request_kind: Request, language: Language) -> None:
    """The answer to a request points to the service centres and does not complain that there is no reading."""
    text = answer(asking(request_kind, language), service=FULL_SERVICE).text
    assert TEXTS[language].tell(f"requests.{request_kind}", {}) in text
    assert "Main Street 12" in text
    assert "+7 700 000 00 00" in text
    assert TEXTS[language].tell("reasons.not_a_reading.what", {}) not in text
    assert is_well_written(text)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (RU, "с 18 по 31 декабря"),
        (KK, "18–31 желтоқсан аралығында"),
        (EN, "18–31 December"),
    ],
)
def test_next_window_is_named_as_people_say_it(language: Language, expected: str) -> None:
    """Outside the window the answer names the days of the next one."""
    verdict = refused(Reason.OUTSIDE_WINDOW, language, of_reading=False)
    assert expected in answer(verdict, received=AFTER_WINDOW).text


def test_after_the_last_closing_the_next_month_is_named() -> None:
    """At 18:00 of the last day the window of this month is over."""
    closing = datetime(2026, 11, 30, 18, tzinfo=IN_WINDOW.tzinfo)
    text = answer(refused(Reason.OUTSIDE_WINDOW, of_reading=False), received=closing).text
    assert "с 18 по 31 декабря" in text


@pytest.mark.parametrize(("language", "expected"), [(RU, "30 ноября"), (KK, "30 қараша"), (EN, "30 November")])
def test_rejection_in_the_window_names_its_last_day(language: Language, expected: str) -> None:
    """Who can still send a better message is told until when."""
    assert expected in answer(refused(Reason.VALUE_MISSING, language)).text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (RU, "за ноябрь 2026 года"),
        (KK, "2026 жылғы қараша айының"),
        (EN, "for November 2026"),
    ],
)
def test_confirmation_names_the_billing_month(language: Language, expected: str) -> None:
    """The period is the one that the readings were recorded for."""
    assert expected in answer(accepted(language)).text


def write_texts(folder: Path, text: str) -> Path:
    """Write a site's own Russian texts."""
    (folder / "ru").mkdir()
    (folder / "ru" / "replies.toml").write_text(text, encoding="utf-8")
    return folder


def test_texts_of_a_site_take_the_place_of_ours(tmp_path: Path) -> None:
    """A site changes what it wants to change and keeps the rest."""
    texts = load_reply_texts(write_texts(tmp_path, 'greeting = "Добрый день!"'))
    text = answer(accepted(), texts=texts).text
    assert text.startswith("Добрый день!\n")
    assert "Спасибо! Показания за ноябрь 2026 года приняты:" in text
    assert answer(accepted(KK), texts=texts).text.startswith("Сәлеметсіз бе!\n")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('greating = "x"', "greating is not a known key"),
        ("[reasons.value_missing]\nwhy = 'x'", "reasons.value_missing.why is not a known key"),
        ('greeting = "x {acount}"', "greeting names the unknown fact {acount}"),
        ('greeting = ""', "greeting must be a text"),
        ("greeting = []", "greeting must be a text"),
        ("greeting = 5", "greeting must be a text"),
        ('greeting = "x {"', "greeting has a brace"),
        ('[reasons.value_missing]\nwhat = "{digits}"', "reasons.value_missing.what needs a last variant"),
        ('[dates]\nmonths = ["x"]', "dates.months must have 12 entries"),
        ("greeting =", "not readable as TOML"),
    ],
)
def test_fault_in_a_site_s_texts_is_named_with_file_and_key(tmp_path: Path, text: str, fault: str) -> None:
    """Who writes texts is told where the fault is."""
    with pytest.raises(RepliesError) as raised:
        load_reply_texts(write_texts(tmp_path, text))
    assert fault in str(raised.value)
    assert str(tmp_path / "ru" / "replies.toml") in str(raised.value)
