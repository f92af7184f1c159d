from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.automatic import load_automatic_subjects
from mailreader.automatic import Automatic, AutomaticRules, Ignored, Silence, judge_automatic
from mailreader.bounces import is_known_bounce
from models.letter import Letter
from parsers.mail import parse_mail
from tests.letters import CUSTOMER, OUR_ADDRESS, make_letter

SERVER = "mx.energo.example"
RULES = AutomaticRules(
    own_addresses=frozenset({OUR_ADDRESS}),
    trusted_authserv_id=SERVER,
    auto_reply_subjects=load_automatic_subjects(
        [{"auto_reply_subjects": ["Автоответ", "Отчёт", "Out of office", "Automatic reply", "Автоматты жауап"]}]
    ),
    loop_token="mailreader-energo",
)
ON_TOP = "authentication-results"
FAIL = f"{SERVER}; spf=pass smtp.mailfrom=mail.example; dmarc=fail (p=NONE dis=NONE) header.from=mail.example"
PASS = f"{SERVER}; dkim=pass header.d=mail.example; dmarc=pass header.from=mail.example"


def test_ordinary_letter_is_for_us_to_answer() -> None:
    """No rule speaks of a person's mail."""
    assert judge_automatic(make_letter(), RULES) == Automatic()


IGNORED = [
    ("rfc3834-2-null-return-path", make_letter(("return-path", "<>")), Ignored.NULL_RETURN_PATH),
    ("empty-return-path", make_letter(("return-path", "")), Ignored.NULL_RETURN_PATH),
    (
        "imap-no-return-path-and-a-machine-s-name",
        make_letter(senders=("alerts@bank.example",), headers=(("from", "alerts@bank.example"),)),
        Ignored.NULL_RETURN_PATH,
    ),
    ("rfc3834-5-auto-replied", make_letter(("auto-submitted", "auto-replied")), Ignored.AUTO_SUBMITTED),
    ("rfc3834-5-comment-and-parameter", make_letter(("auto-submitted", "(x) Auto-Notified (y); z=1")),
     Ignored.AUTO_SUBMITTED),
    ("rfc3834-5-duplicate", make_letter(("auto-submitted", "no"), ("auto-submitted", "auto-generated")),
     Ignored.AUTO_SUBMITTED),
    ("rfc2919-list-id", make_letter(("list-id", "<x.example>")), Ignored.LIST_HEADER),
    ("rfc2369-list-unsubscribe", make_letter(("list-unsubscribe", "<mailto:x@y.example>")), Ignored.LIST_HEADER),
    ("rfc2369-list-archive", make_letter(("list-archive", "<https://y.example>")), Ignored.LIST_HEADER),
    ("precedence-bulk", make_letter(("precedence", " Bulk")), Ignored.PRECEDENCE),
    ("precedence-junk", make_letter(("precedence", "junk")), Ignored.PRECEDENCE),
    ("x-precedence-auto-reply", make_letter(("x-precedence", "auto_reply")), Ignored.PRECEDENCE),
    ("ms-oxcmail-all", make_letter(("x-auto-response-suppress", "All")), Ignored.RESPONSE_SUPPRESSED),
    ("ms-oxcmail-oof-in-a-list", make_letter(("x-auto-response-suppress", "DR, RN, oof")), Ignored.RESPONSE_SUPPRESSED),
    ("rfc3464-delivery-status", make_letter(part_types=frozenset({"message/delivery-status"})), Ignored.REPORT),
    ("rfc6522-report", make_letter(part_types=frozenset({"multipart/report", "text/plain"})), Ignored.REPORT),
    ("rfc8098-receipt", make_letter(part_types=frozenset({"message/disposition-notification"})), Ignored.REPORT),
    ("rfc5965-feedback", make_letter(part_types=frozenset({"message/feedback-report"})), Ignored.REPORT),
    ("exim-x-failed-recipients", make_letter(("x-failed-recipients", "a@b.example")), Ignored.REPORT),
    ("x-autoreply", make_letter(("x-autoreply", "yes")), Ignored.AUTORESPONDER),
    ("x-autorespond", make_letter(("x-autorespond", "отпуск")), Ignored.AUTORESPONDER),
    ("x-loop-of-somebody", make_letter(("x-loop", "else@where.example")), Ignored.AUTORESPONDER),
    ("firstclass-machinegenerated", make_letter(("x-fc-machinegenerated", "true")), Ignored.AUTORESPONDER),
    ("delivered-to-autoresponder", make_letter(("delivered-to", "Autoresponder")), Ignored.AUTORESPONDER),
    *(
        (f"robot-{address.partition('@')[0]}", make_letter(senders=(address,)), Ignored.ROBOT_SENDER)
        for address in (
            "mailer-daemon@x.example", "MAILER_DAEMON@x.example", "postmaster@x.example", "listserv@x.example",
            "majordomo@x.example", "people-request@x.example", "owner-people@x.example", "noreply@x.example",
            "no-reply@x.example", "no.reply@x.example", "donotreply@x.example", "do-not-reply@x.example",
            "gmail-noreply@x.example", "noreply+12@x.example", "bounce@x.example", "bounces+7@x.example",
            "people-bounces@x.example",
        )
    ),
    ("robot-return-path", make_letter(("return-path", "<owner-people@x.example>")), Ignored.ROBOT_SENDER),
    ("robot-bounce-domain", make_letter(("return-path", "<12@bounce.x.example>")), Ignored.ROBOT_SENDER),
    ("robot-display-name", make_letter(sender_name="Mail Delivery Subsystem"), Ignored.ROBOT_SENDER),
    ("own-address", make_letter(senders=(OUR_ADDRESS,)), Ignored.OWN_ADDRESS),
    ("own-loop-token", make_letter(("x-loop", "mailreader-energo")), Ignored.OWN_ADDRESS),
    ("spam-flag", make_letter(("x-spam-flag", "YES")), Ignored.SPAM),
    ("spam-status", make_letter(("x-spam-status", "Yes, score=12")), Ignored.SPAM),
    ("exchange-spam-confidence", make_letter(("x-ms-exchange-organization-scl", "9")), Ignored.SPAM),
    *(
        (f"subject-{subject}", make_letter(subject=subject), Ignored.AUTO_REPLY_SUBJECT)
        for subject in (
            "Автоответ: показания", "АВТООТВЕТ", "Отчет о доставке", "ОТЧЁТ",
            "Out of office: отпуск", "[Automatic reply] x", "Автоматты жауап",
            "Automatische Antwort: x", "Réponse automatique : x", "Автоматична відповідь", "自动回复: x",
            "Undelivered Mail Returned to Sender", "Delivery Status Notification (Failure)", "Прочтено: показания",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("letter", "code"), [row[1:] for row in IGNORED], ids=[row[0] for row in IGNORED])
def test_mail_of_a_machine_is_ignored_by_its_rule(letter: Letter, code: Ignored) -> None:
    """Each row is one rule and its source; the code names the rule."""
    assert judge_automatic(letter, RULES).ignored_because is code


def test_every_rule_has_a_row() -> None:
    """A rule that is added is shown to work; bounces known by their text come from the raw bytes, below."""
    assert {code for _, _, code in IGNORED} == set(Ignored) - {Ignored.KNOWN_BOUNCE, Ignored.BOUNCE_ADDRESS}


PEOPLE = [
    ("auto-submitted-no", make_letter(("auto-submitted", "No (by hand)"))),
    ("precedence-normal", make_letter(("precedence", "normal"))),
    ("dr-and-rn-alone", make_letter(("x-auto-response-suppress", "DR, RN, NRN"))),
    ("no-return-path", make_letter(headers=(("from", CUSTOMER),))),
    ("not-spam", make_letter(("x-spam-flag", "NO"), ("x-spam-status", "No, score=-1.9"))),
    ("spam-mark-of-an-earlier-server", make_letter(("x-spam-flag", "NO"), ("x-spam-flag", "YES"))),
    ("answer-to-an-automatic-reply", make_letter(subject="Re: Автоответ: показания")),
    ("word-that-begins-like-a-phrase", make_letter(subject="Автоответчик сломан, показания 12345")),
    *(
        (f"person-{address.partition('@')[0]}", make_letter(senders=(address,)))
        for address in ("bouncer@x.example", "requester@x.example", "norepa@x.example", "news@x.example",
                        "postmasterov@x.example", "ownerov@x.example", "owner77@x.example")
    ),
]  # fmt: skip


@pytest.mark.parametrize("letter", [row[1] for row in PEOPLE], ids=[row[0] for row in PEOPLE])
def test_mail_of_a_person_is_not_ignored(letter: Letter) -> None:
    """What only looks like a machine's mail is read and answered."""
    assert judge_automatic(letter, RULES) == Automatic()


SILENCED = [
    ("blind-copy", make_letter(recipients=frozenset({"else@energo.example"})), Silence.NOT_ADDRESSED_TO_US),
    ("no-recipient", make_letter(recipients=frozenset()), Silence.NOT_ADDRESSED_TO_US),
    ("no-from", make_letter(senders=()), Silence.NO_SINGLE_SENDER),
    ("two-addresses", make_letter(senders=("a@b.example", "c@d.example")), Silence.NO_SINGLE_SENDER),
    ("two-from-fields", make_letter(("from", "a@b.example"), ("from", "c@d.example")), Silence.NO_SINGLE_SENDER),
    ("rfc5322-group", make_letter(("from", "жильцы: a@b.example;")), Silence.NO_SINGLE_SENDER),
    *(
        (f"unwritable-{address}", make_letter(senders=(address,)), Silence.UNWRITABLE_ADDRESS)
        for address in (
            "ivanov", "ivanov@localhost", "ivanov@", "@mail.example", "a b@mail.example", "a..b@mail.example",
            "ivanov@mail.invalid", "ivanov@[10.0.0.1]", f"{'a' * 65}@mail.example", f"a@{'b' * 64}.example",
            "a\r\nb@mail.example", "<a@mail.example", "ivanov@mail_.example", "ivanov@-mail.example",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("letter", "code"), [row[1:] for row in SILENCED], ids=[row[0] for row in SILENCED])
def test_mail_that_cannot_be_answered_is_read_in_silence(letter: Letter, code: Silence) -> None:
    """The outcome is what the rules make it; only the automatic answer is not due."""
    assert judge_automatic(letter, RULES) == Automatic(silence=code)


@pytest.mark.parametrize(
    "letter",
    [
        make_letter(recipients=frozenset({"pokazaniya+kv7@energo.example"})),
        make_letter(("from", '"Иванов: кв. 7" <ivanov@mail.example>')),
        make_letter(senders=("мария@почта.қаз",)),
        make_letter(senders=("o'neil/x=y+z@sub.mail.example",)),
    ],
    ids=["subaddress", "colon-in-a-quoted-name", "letters-beyond-ascii", "rare-signs"],
)
def test_unusual_but_right_address_is_answered(letter: Letter) -> None:
    """Subaddresses of ours, quoted names and addresses in Cyrillic are fine."""
    assert judge_automatic(letter, RULES).silence is None


@pytest.mark.parametrize(
    ("fields", "disowned"),
    [
        ([(ON_TOP, FAIL)], True),
        ([(ON_TOP, PASS)], False),
        ([], False),
        ([(ON_TOP, FAIL.replace(SERVER, "mx.else.example"))], False),
        ([(ON_TOP, FAIL.replace(SERVER, "MX.Energo.Example"))], True),
        ([(ON_TOP, f"(by us) {FAIL}".replace(SERVER, f"{SERVER} 1"))], True),
        ([(ON_TOP, f"{SERVER}; dmarc=fail weird.prop=1 x=; header")], True),
        ([(ON_TOP, f"{SERVER}; dkim=pass (dmarc=fail) header.d=mail.example")], False),
        ([(ON_TOP, f"{SERVER}; none")], False),
        ([(ON_TOP, PASS), ("received", "by mx"), (ON_TOP, FAIL)], False),
        ([(ON_TOP, FAIL), ("received", "by mx"), (ON_TOP, PASS)], True),
        ([("received", "by mx"), (ON_TOP, FAIL), (ON_TOP, PASS)], True),
        ([(ON_TOP, f"{SERVER}; dkim=pass header.d=mail.example"), (ON_TOP, FAIL)], True),
        ([(ON_TOP, PASS.replace(SERVER, "mx.else.example")), (ON_TOP, FAIL)], True),
        ([(ON_TOP, "")], False),
    ],
    ids=[
        "fail", "pass", "no-field", "another-server", "any-case", "comment-and-version",
        "properties-beyond-the-grammar", "fail-in-a-comment", "nothing-checked", "forged-fail-below",
        "forged-pass-below", "forged-pass-next-to-ours", "one-field-a-method", "forged-server-above", "empty",
    ],
)  # fmt: skip
def test_word_of_the_trusted_server_alone_disowns_a_sender(fields: list[tuple[str, str]], *, disowned: bool) -> None:
    """RFC 8601: fields of other servers, and those below our own, may be forged and do not count."""
    assert judge_automatic(make_letter(*fields), RULES) == Automatic(unauthenticated=disowned)


def test_no_trusted_server_disowns_nobody() -> None:
    """Where none is configured, an empty identifier matches nothing."""
    letter = make_letter((ON_TOP, "; dmarc=fail"), (ON_TOP, FAIL))
    assert judge_automatic(letter, AutomaticRules(frozenset({OUR_ADDRESS}))) == Automatic()


@given(st.text(max_size=80))
def test_any_value_of_any_field_is_judged(value: str) -> None:
    """Hostile headers never raise."""
    names = ("return-path", "from", "sender", ON_TOP, "auto-submitted", "precedence", "x-ms-exchange-organization-scl")
    letter = make_letter(*((name, value) for name in names), senders=(value,), subject=value, sender_name=value)
    assert isinstance(judge_automatic(letter, RULES), Automatic)


def test_bounce_known_by_its_text_is_ignored() -> None:
    """The detectors of Mailman know it where no header does; the reading stage passes on what they say."""
    bounce = EmailMessage()
    bounce["From"] = "gateway@csri.example"
    bounce.set_content("Your message could not be delivered to\nuserx@example.org\n\n")
    assert is_known_bounce(bounce.as_bytes())
    assert judge_automatic(make_letter(), RULES, known_bounce=True).ignored_because is Ignored.KNOWN_BOUNCE


BOUNCES = sorted((Path(__file__).parents[1] / "fixtures" / "mime" / "bounces").glob("*.eml"))


@pytest.mark.parametrize("file", BOUNCES, ids=[file.stem for file in BOUNCES])
def test_real_bounce_is_ignored(file: Path) -> None:
    """No delivery report of a public collection is answered, though each is taken as written to us by name."""
    raw = file.read_bytes()
    letter = parse_mail(raw)
    rules = replace(RULES, own_addresses=letter.recipients - frozenset(letter.senders))
    assert judge_automatic(letter, rules, known_bounce=is_known_bounce(raw)).ignored_because is not None


@pytest.mark.parametrize(
    "text",
    ["л/с 0123456, ivanov@mail.example, свет 12345", "Мой адрес, ivanov@mail.example, горячая вода 123", ""],
)
def test_letter_that_names_an_address_is_no_bounce(text: str) -> None:
    """People write their address between commas; that is no sign of a failure."""
    letter = EmailMessage()
    letter["From"] = CUSTOMER
    letter.set_content(text)
    assert not is_known_bounce(letter.as_bytes())


@given(st.binary(max_size=300))
def test_any_bytes_are_judged_for_bounces(raw: bytes) -> None:
    """Malformed mail never raises."""
    assert isinstance(is_known_bounce(raw), bool)


def test_subjects_are_casefolded_and_of_all_files(tmp_path: Path) -> None:
    """What the languages bring is added to the file; case and spaces do not matter."""
    file = tmp_path / "automatic.toml"
    file.write_text('auto_reply_subjects = ["Out  of OFFICE"]\nbounce_subjects = ["Недоставлено"]\n', encoding="utf-8")
    marks = [{"auto_reply_subjects": ["Автоответ"], "other": ["x"]}]
    assert load_automatic_subjects(marks, file) == ("out of office", "автоответ", "недоставлено")
