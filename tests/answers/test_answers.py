from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailreader.reply_headers import reply_subject
from models.catalogue import CONCEALED, Language, Outcome, ReadingStatus, Reason, ReplyKind, Request, Service, Zone
from models.verdict import Finding, Verdict
from tests.answers.verdicts import (
    ACCOUNT,
    AFTER_WINDOW,
    FACTS,
    SERIAL,
    SERVICE,
    TEXTS,
    accepted,
    answer,
    reading,
    refused,
)  # fmt: skip
from tests.languages import LANGUAGES, RU
from tests.letters import CUSTOMER, make_letter

PREFIXES = ("Re", "Отв", "Ответ", "На", "Жауап")


def test_confirmation_lists_what_was_recorded() -> None:
    """Account, service, value and unit, each reading on its line, and nothing to complain of."""
    day = replace(reading(), service=Service.ELECTRICITY, zone=Zone.DAY, value="12345.6", serial_stated=True)
    reply = answer(accepted(readings=(day, reading())))
    assert reply.kind is ReplyKind.CONFIRMATION
    assert (
        "Лицевой счёт 0123456\n"
        "• Электроэнергия, день: 12345,6 кВт·ч, счётчик № 24680135\n"
        "• Горячая вода: 12 м³\n"
    ) in reply.text  # fmt: skip
    assert "Например" not in reply.text


def test_registered_address_sees_the_meter_of_each_reading() -> None:
    """To its owner the register's own serial and account are shown."""
    letter = make_letter(plain="12")
    assert (
        f"Лицевой счёт {ACCOUNT}\n• Горячая вода: 12 м³, счётчик № {SERIAL}"
        in answer(accepted(), letter, registered=True).text
    )
    stranger = answer(accepted(), letter).text
    assert ACCOUNT not in stranger
    assert SERIAL not in stranger


@pytest.mark.parametrize("written", ["0123456", "012-34-56", "01 23 456", "123456"])
def test_account_is_shown_to_a_stranger_as_he_wrote_it(written: str) -> None:
    """Grouping and dropped zeros stay as they are: the register's form is not told."""
    assert f"Лицевой счёт {written}\n" in answer(accepted(), make_letter(plain=f"лс {written}, гвс 12")).text


def test_partial_answer_has_both_lists() -> None:
    """What was recorded comes first, what was not follows with its reason."""
    bad = reading(ReadingStatus.REJECTED, Finding(Reason.VALUE_BELOW_PREVIOUS, FACTS))
    good = replace(reading(), service=Service.ELECTRICITY, value="12345")
    text = answer(Verdict(Outcome.PARTIAL, RU, readings=(good, bad), period="2026-11")).text
    assert text.index("12345 кВт·ч") < text.index("Остальное пока не принято:") < text.index("• Горячая вода: 12 м³")


def test_one_complaint_about_two_readings_is_told_once() -> None:
    """Both readings stand above the same words."""
    findings = [reading(ReadingStatus.REJECTED, Finding(Reason.METER_AMBIGUOUS, {})) for _ in range(2)]
    both = (replace(findings[0], value="12"), replace(findings[1], value="13"))
    text = answer(Verdict(Outcome.REJECTED, RU, readings=both)).text
    assert "• Горячая вода: 12 м³\n• Горячая вода: 13 м³\n" in text
    assert text.count("Непонятно") == 1


@pytest.mark.parametrize("status", [ReadingStatus.RECORDED, ReadingStatus.REJECTED])
def test_answer_stays_short_however_much_a_mail_claims(status: ReadingStatus) -> None:
    """A few kB, and a sign that there is more."""
    many = tuple(
        replace(reading(status, finding), value=str(number))
        for number in range(2000)
        for finding in [Finding(Reason.VALUE_BELOW_PREVIOUS, {"account": str(number)})]
    )
    if status is ReadingStatus.RECORDED:
        many = tuple(replace(one, finding=None) for one in many)
    text = answer(Verdict(Outcome.REJECTED, RU, readings=many)).text
    assert "\n…\n" in text
    assert len(text.encode()) < 8_000


def test_refused_readings_of_two_accounts_name_theirs() -> None:
    """Where two accounts were written about, each line says which one it is of."""
    finding = Finding(Reason.METER_AMBIGUOUS, {})
    both = tuple(replace(reading(ReadingStatus.REJECTED, finding), account=number) for number in ("0123456", "0654321"))
    text = answer(Verdict(Outcome.REJECTED, RU, readings=both), make_letter(plain="0123456 0654321")).text
    assert "(лицевой счёт 0123456)" in text
    assert "(лицевой счёт 0654321)" in text


def test_previous_value_is_told_to_the_registered_address_alone() -> None:
    """It helps the customer and would help a stranger too much."""
    verdict = refused(Reason.VALUE_BELOW_PREVIOUS)
    assert "98761 м³ (20 октября 2026 года)" in answer(verdict, registered=True).text
    assert "98761" not in answer(verdict).text


@pytest.mark.parametrize("language", [*LANGUAGES, None])
@pytest.mark.parametrize("reason", Reason)
def test_nothing_of_the_register_is_told_to_a_stranger(reason: Reason, language: Language | None) -> None:
    """Serial, previous value and date, digits and months of the facts stay with us."""
    facts = {**FACTS, "digits": "888", "months": "777", "cap": "666"}
    text = answer(refused(reason, language, facts), make_letter(plain="гвс 12")).text
    secrets = (ACCOUNT, SERIAL, "98761", "2026-10-20", "октября", "қазан", "October", "888", "777", "666")
    assert [secret for secret in secrets if secret in text] == []


@pytest.mark.parametrize("written", ["0123456", "012 34 56", "123456"])
@pytest.mark.parametrize("language", [*LANGUAGES, None])
def test_concealed_reasons_read_the_same_to_a_stranger(language: Language | None, written: str) -> None:
    """Unknown, inactive, legal and wrong meter: byte for byte one answer, whatever findings and readings carry."""
    letter = make_letter(plain=f"лс {written} гвс 12, счётчик {SERIAL}")
    verdicts = [
        refused(Reason.ACCOUNT_UNKNOWN, language, {"stated": written}, of_reading=False),
        refused(Reason.ACCOUNT_UNKNOWN, language, {"account": written}, of_reading=False),
        *(refused(reason, language, FACTS) for reason in CONCEALED),
        *(refused(reason, language, {"account": ACCOUNT}, of_reading=False) for reason in CONCEALED),
        *(refused(reason, language, {}) for reason in CONCEALED),
    ]
    replies = {replace(answer(verdict, letter), to="") for verdict in verdicts}
    assert len(replies) == 1
    assert written in replies.pop().text


@pytest.mark.parametrize("reason", sorted(CONCEALED - {Reason.ACCOUNT_UNKNOWN}))
def test_concealed_reason_is_told_to_its_owner(reason: Reason) -> None:
    """The registered address learns what is the matter with its own account."""
    assert answer(refused(reason), registered=True).text != answer(refused(reason)).text


def test_undecided_language_gets_kazakh_first_and_russian() -> None:
    """Both in one mail, the subject where there is none too."""
    reply = answer(accepted(None), make_letter(subject=""))
    assert reply.language is None
    assert reply.text.index("Сәлеметсіз бе!") < reply.text.index("Здравствуйте!")
    assert reply.subject == "Есептегіш көрсеткіштері / Показания счётчиков"


def test_request_beside_good_readings_is_answered_too() -> None:
    """The confirmation comes with the paragraph about the request."""
    text = answer(accepted(request=Request.INVOICE_DUPLICATE)).text
    assert "приняты" in text
    assert TEXTS[RU].tell("requests.invoice_duplicate", {}) in text


def test_outside_the_window_no_deadline_of_this_month_is_named() -> None:
    """There is nothing to mend before the next window."""
    verdict = refused(Reason.OUTSIDE_WINDOW, of_reading=False)
    assert "за этот месяц" not in answer(verdict, received=AFTER_WINDOW).text


def test_customer_s_braces_and_controls_stay_text() -> None:
    """What he wrote is never read as a placeholder and breaks no line."""
    wild = replace(reading(), value="{serial}\r\nBcc: x\x00", service=None)
    text = answer(accepted(readings=(wild,))).text
    assert "Показание: {serial} Bcc: x\n" in text


def test_header_answers_the_sender_and_says_that_a_machine_wrote_it() -> None:
    """RFC 3834: From ours, To the From address alone, threads kept, no receipts asked for."""
    letter = make_letter(("reply-to", "else@mail.example"), references=("<first@mail.example>",))
    reply = answer(accepted(), letter)
    assert reply.to == CUSTOMER
    assert reply.in_reply_to == "<asked@mail.example>"
    assert dict(reply.headers) == {
        "From": SERVICE.sender,
        "To": CUSTOMER,
        "Subject": "Re: показания",
        "In-Reply-To": "<asked@mail.example>",
        "References": "<first@mail.example> <asked@mail.example>",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "Precedence": "bulk",
        "X-Loop": "mailreader-energo",
    }


def test_precedence_can_be_left_out() -> None:
    """Some relays hold bulk mail back."""
    headers = dict(answer(accepted(), service=replace(SERVICE, precedence="")).headers)
    assert "Precedence" not in headers


def test_references_keep_the_first_and_the_last_twenty_at_most() -> None:
    """A long thread does not grow without end; the first is the thread's own."""
    chain = tuple(f"<{number}@mail.example>" for number in range(60))
    references = dict(answer(accepted(), make_letter(references=chain)).headers)["References"].split()
    assert references[0] == "<0@mail.example>"
    assert references[-2:] == ["<59@mail.example>", "<asked@mail.example>"]
    assert len(references) == 21


@pytest.mark.parametrize(
    "odd", [None, "", "no at sign", "<a b@c>", f"<{'x' * 250}@mail.example>", "<a@b>\r\nBcc: <c@d>"]
)
def test_odd_message_id_is_not_answered_by_name(odd: str | None) -> None:
    """Without a sound identifier there is neither In-Reply-To nor References."""
    reply = answer(accepted(), make_letter(message_id=odd))
    assert reply.in_reply_to is None
    assert {"In-Reply-To", "References"}.isdisjoint(dict(reply.headers))


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("показания", "Re: показания"),
        ("Re: RE: Отв: показания", "Re: показания"),
        ("re[2]: Ответ: x", "Re: x"),
        ("Fwd: показания", "Re: Fwd: показания"),
        ("Наш адрес: x", "Re: Наш адрес: x"),
        ("а\r\nBcc: b@c.example\x00", "Re: а Bcc: b@c.example"),
        ("\u202eабв\u2066 ", "Re: абв"),
        ("Re:", "fixed"),
        (" \u200b ", "fixed"),
        ("", "fixed"),
    ],
)
def test_subject_has_one_prefix_and_no_controls(subject: str, expected: str) -> None:
    """Reply prefixes of all languages become one; direction marks and line ends go."""
    assert reply_subject(subject, "fixed", PREFIXES) == expected


@given(st.text(max_size=400))
def test_any_subject_stays_short_and_in_one_line(subject: str) -> None:
    """At most 200 characters, nothing unprintable but spaces."""
    made = reply_subject(subject, "fixed", PREFIXES)
    assert 0 < len(made) <= 200
    assert made == "fixed" or made.startswith("Re: ")
    assert not any(letter in made for letter in "\r\n\u2028\u202e\x00")


def test_ignored_mail_and_mail_without_a_sender_have_no_answer() -> None:
    """Asking for one is a fault of the program."""
    with pytest.raises(ValueError, match="no answer"):
        answer(Verdict(Outcome.IGNORED, RU))
    with pytest.raises(ValueError, match="no answer"):
        answer(accepted(), make_letter(senders=()))
