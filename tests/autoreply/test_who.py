"""Rules 1 to 13: which mail is not answered, each from the bytes of a mail as it comes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import pytest

from config.automatic import load_automatic_subjects, load_automatic_texts
from config.words import load_mail_marks
from mailreader.automatic import Automatic, AutomaticRules, Ignored, Silence
from mailreader.bounces import is_known_bounce, read_failure
from mailreader.case import Case
from mailreader.readers import WasRead
from tests.autoreply.rows import CUSTOMER, OUR_ADDRESS, OUR_BOUNCES, OUR_SERVER, READINGS, Row, raw_mail
from tests.corpora import corpus_reader
from tests.public_mail import PublicMail, public_mail

RULES: Final = AutomaticRules(
    own_addresses=frozenset({OUR_ADDRESS, OUR_BOUNCES}),
    trusted_authserv_id=OUR_SERVER,
    auto_reply_subjects=load_automatic_subjects(load_mail_marks()),
    loop_token=f"mailreader {OUR_ADDRESS}",
    bounce_address=OUR_BOUNCES,
    automatic_texts=load_automatic_texts(load_mail_marks()),
)
RECEIVED: Final = datetime(2026, 11, 20, 5, tzinfo=UTC)
ANSWERED: Final = Automatic()
Field = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Who(Row):
    """A mail, and how it is judged."""

    mail: bytes
    judged: Automatic

    __str__ = Row.__str__


def ignored(rule: int, source: str, situation: str, because: Ignored, *fields: Field, body: str | None = None) -> Who:
    """A mail that a machine wrote."""
    mail = raw_mail(*fields) if body is None else raw_mail(*fields, body=body)
    return Who(rule, source, situation, mail, Automatic(ignored_because=because))


def silent(rule: int, source: str, situation: str, silence: Silence, *fields: Field) -> Who:
    """A mail that is read by the rules and not answered."""
    return Who(rule, source, situation, raw_mail(*fields), Automatic(silence=silence))


def answered(rule: int, source: str, situation: str, *fields: Field, body: str | None = None) -> Who:
    """A mail of a person, which only looks like what the rule is about."""
    mail = raw_mail(*fields) if body is None else raw_mail(*fields, body=body)
    return Who(rule, source, situation, mail, ANSWERED)


def robot(address: str) -> Who:
    """A mail from an address that only machines have."""
    sender = (("From", address), ("Return-Path", f"<{address}>"))
    return ignored(8, "RFC 5230, 4.6; RFC 2142", address.partition("@")[0], Ignored.ROBOT_SENDER, *sender)


def person(address: str) -> Who:
    """A mail from an address that only begins or ends like a machine's."""
    return answered(8, "practice", address.partition("@")[0], ("From", address), ("Return-Path", f"<{address}>"))


def unwritable(address: str, silence: Silence = Silence.UNWRITABLE_ADDRESS) -> Who:
    """A mail whose From is no address to write to."""
    return silent(11, "RFC 5321, 4.5.3; RFC 2606", f"from-{address[:30]}", silence, ("From", address))


def subject(text: str, because: Ignored = Ignored.AUTO_REPLY_SUBJECT) -> Who:
    """A mail that its subject alone gives away."""
    return ignored(13, "practice", text, because, ("Subject", text))


def report(kind: str, part: str) -> bytes:
    """A report of two parts, as servers and mail programs send them."""
    boundary = ("Content-Type", f'multipart/report; report-type={kind}; boundary="x"')
    body = f"--x\r\nContent-Type: text/plain\r\n\r\ntext\r\n--x\r\nContent-Type: {part}\r\n\r\nA: b\r\n--x--"
    return raw_mail(boundary, body=body)


def part_of_mixed(part: str) -> bytes:
    """A mail that is no report by its own type, with a part of one inside another part."""
    inner = f"--y\r\nContent-Type: {part}\r\n\r\nA: b\r\n--y--"
    body = f'--x\r\nContent-Type: multipart/mixed; boundary="y"\r\n\r\n{inner}\r\n--x--'
    return raw_mail(("Content-Type", 'multipart/mixed; boundary="x"'), body=body)


AWAY: Final = Automatic(silence=Silence.AUTOMATIC_TEXT)
DISOWNED: Final = Automatic(unauthenticated=True)
FAIL: Final = f"{OUR_SERVER}; spf=pass smtp.mailfrom=mail.example; dmarc=fail (p=NONE) header.from=mail.example"
PASS: Final = f"{OUR_SERVER}; dkim=pass header.d=mail.example; dmarc=pass header.from=mail.example"


def by_dmarc(situation: str, judged: Automatic, *fields: Field) -> Who:
    """A mail with fields of Authentication-Results; those of our own server stand on top."""
    return Who(12, "RFC 8601, 5 and 7.1; RFC 7489", situation, raw_mail(*fields), judged)


RESULTS: Final = "Authentication-Results"
BY_MX: Final = ("Received", f"by {OUR_SERVER}; Fri, 20 Nov 2026 10:00:00 +0500")

ROWS: Final = (
    # 1: the null return path
    ignored(1, "RFC 3834, 2", "null", Ignored.NULL_RETURN_PATH, ("Return-Path", "<>")),
    ignored(1, "RFC 3834, 2", "empty", Ignored.NULL_RETURN_PATH, ("Return-Path", "")),
    ignored(1, "RFC 5322, 3.6.7", "null-with-a-comment", Ignored.NULL_RETURN_PATH, ("Return-Path", "<> (bounce)")),
    ignored(1, "practice", "missing-and-a-machine-s-name", Ignored.NULL_RETURN_PATH, ("Return-Path", None),
            ("From", "alerts@bank.example")),
    answered(1, "practice", "missing-alone", ("Return-Path", None)),
    # 2: Auto-Submitted
    ignored(2, "RFC 3834, 5", "auto-replied", Ignored.AUTO_SUBMITTED, ("Auto-Submitted", "auto-replied")),
    ignored(2, "RFC 3834, 5", "comments-and-parameters", Ignored.AUTO_SUBMITTED,
            ("Auto-Submitted", "(x) Auto-Notified (y); owner=1")),
    ignored(2, "RFC 3834, 5", "duplicate-after-no", Ignored.AUTO_SUBMITTED, ("Auto-Submitted", "no"),
            ("Auto-Submitted", "auto-generated")),
    ignored(2, "RFC 3834, 5", "unknown-word", Ignored.AUTO_SUBMITTED, ("auto-submitted", "yes")),
    answered(2, "RFC 3834, 5", "no", ("Auto-Submitted", "No (by hand)")),
    # 3: lists
    *(ignored(3, "RFC 2369; RFC 2919", name, Ignored.LIST_HEADER, (name, "<mailto:x@lists.example>"))
      for name in ("List-Id", "List-Help", "List-Subscribe", "List-Unsubscribe", "List-Post", "List-Owner",
                   "LIST-ARCHIVE")),
    *(ignored(3, "practice", name, Ignored.LIST_HEADER, (name, "people@lists.example"))
      for name in ("List-Unsubscribe-Post", "X-BeenThere", "X-Mailman-Version", "Mailing-List", "X-Mailing-List",
                   "X-List-Id", "X-ML-Name")),
    # 4: Precedence
    *(ignored(4, "RFC 3834, 2; practice", f"{name}-{value.strip()}", Ignored.PRECEDENCE, (name, value))
      for name in ("Precedence", "X-Precedence") for value in ("bulk", " Bulk", "list", "junk", "auto_reply")),
    answered(4, "RFC 2076", "first-class", ("Precedence", "first-class")),
    # 5: X-Auto-Response-Suppress
    *(ignored(5, "MS-OXCMAIL, 2.1.3.2.20", value, Ignored.RESPONSE_SUPPRESSED, ("X-Auto-Response-Suppress", value))
      for value in ("All", "OOF", "AutoReply", "DR, RN, oof", "autoreply,DR")),
    answered(5, "MS-OXCMAIL, 2.1.3.2.20", "dr-and-rn-alone", ("X-Auto-Response-Suppress", "DR, RN, NRN")),
    # 6: reports and receipts
    *(Who(6, source, part, mail, Automatic(Ignored.REPORT)) for source, part, mail in (
        ("RFC 3464", "delivery-status", report("delivery-status", "message/delivery-status")),
        ("RFC 8098", "disposition-notification", report("disposition-notification",
                                                        "message/disposition-notification")),
        ("RFC 5965", "feedback-report", report("feedback-report", "message/feedback-report")),
        ("RFC 6522", "report-without-its-parts", report("", "text/plain")),
        ("RFC 3464", "delivery-status-deep-inside", part_of_mixed("message/delivery-status")),
    )),
    ignored(6, "Exim", "x-failed-recipients", Ignored.REPORT, ("X-Failed-Recipients", "a@b.example")),
    ignored(6, "Exchange", "x-ms-embedded-report", Ignored.REPORT, ("X-MS-Embedded-Report", "")),
    ignored(6, "Exchange", "x-ms-exchange-message-is-ndr", Ignored.REPORT, ("X-MS-Exchange-Message-Is-Ndr", "")),
    # 7: autoresponders
    *(ignored(7, "practice", name, Ignored.AUTORESPONDER, (name, "отпуск"))
      for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Loop", "X-FC-Machinegenerated",
                   "X-Auto-Response", "X-Vacation", "X-Cron-Env", "X-MS-Exchange-Generated-Message-Source")),
    ignored(7, "practice", "delivered-to-autoresponder", Ignored.AUTORESPONDER, ("Delivered-To", "Autoresponder")),
    # 8: machines by name
    *map(robot, (
        "mailer-daemon@x.example", "MAILER_DAEMON@x.example", "postmaster@x.example", "listserv@x.example",
        "majordomo@x.example", "people-request@x.example", "owner-people@x.example", "noreply@x.example",
        "no-reply@x.example", "no.reply@x.example", "donotreply@x.example", "do-not-reply@x.example",
        "gmail-noreply@x.example", "noreply+12@x.example", "bounce@x.example", "bounces+7@x.example",
        "people-bounces@x.example", "ne-pas-repondre@x.example", "info.nepasrepondre@x.example",
        "nicht_antworten@x.example", "noresponder@x.example", "nao-responda@x.example", "ne-otvechat@x.example",
    )),
    ignored(8, "RFC 5230, 4.6", "by-the-return-path", Ignored.ROBOT_SENDER, ("Return-Path", "<owner-p@x.example>")),
    ignored(8, "practice", "domain-of-bounces", Ignored.ROBOT_SENDER, ("Return-Path", "<12@bounce.x.example>")),
    ignored(8, "practice", "by-the-display-name", Ignored.ROBOT_SENDER,
            ("From", f"Mail Delivery Subsystem <{CUSTOMER}>")),
    *map(person, ("bouncer@x.example", "requester@x.example", "norepa@x.example", "news@x.example",
                  "nerepin@x.example", "nona.respondek@x.example", "postmasterov@x.example",
                  "ownerov@x.example", "owner77@x.example")),
    # 9: ourselves
    ignored(9, "RFC 3834, 2", "own-address", Ignored.OWN_ADDRESS, ("From", OUR_ADDRESS.upper())),
    ignored(9, "RFC 5233", "own-address-with-detail", Ignored.OWN_ADDRESS, ("From", "pokazaniya+7@energosbyt.example")),
    ignored(9, "practice", "own-loop-token", Ignored.OWN_ADDRESS, ("X-Loop", f"mailreader {OUR_ADDRESS}")),
    # 10: not written to us
    silent(10, "RFC 3834, 2; RFC 5230, 4.5", "blind-copy", Silence.NOT_ADDRESSED_TO_US, ("To", "else@mail.example")),
    silent(10, "RFC 5230, 4.5", "no-recipient", Silence.NOT_ADDRESSED_TO_US, ("To", None)),
    *(answered(10, "RFC 5230, 4.5", f"named-in-{name}", ("To", "else@mail.example"), (name, OUR_ADDRESS))
      for name in ("Cc", "Delivered-To", "X-Original-To", "Resent-To", "Resent-Cc", "Resent-Bcc")),
    answered(10, "RFC 5233", "subaddress", ("To", "pokazaniya+kv7@energosbyt.example")),
    # 11: nobody to write to
    silent(11, "RFC 5322, 3.6.2", "no-from", Silence.NO_SINGLE_SENDER, ("From", None)),
    silent(11, "RFC 5322, 3.6.2", "two-addresses", Silence.NO_SINGLE_SENDER, ("From", "a@b.example, c@d.example")),
    silent(11, "RFC 5322, 3.6", "two-from-fields", Silence.NO_SINGLE_SENDER, ("From", "a@b.example"),
           ("From", "c@d.example")),
    silent(11, "RFC 5322, 3.4; RFC 6854", "group", Silence.NO_SINGLE_SENDER, ("From", "жильцы: a@b.example;")),
    silent(11, "RFC 6854", "empty-group", Silence.NO_SINGLE_SENDER, ("From", "undisclosed: ;")),
    unwritable("ivanov", Silence.NO_SINGLE_SENDER),
    unwritable("a@mail.invalid"),
    unwritable("a@localhost"),
    unwritable("a..b@mail.example"),
    unwritable(f"{'a' * 60}.bcdefg@mail.example"),
    answered(11, "RFC 5322, 3.2.4", "colon-in-a-quoted-name", ("From", f'"Иванов: кв. 7" <{CUSTOMER}>')),
    answered(11, "RFC 6531", "letters-beyond-ascii", ("From", "мария@почта.қаз")),
    # 12: disowned by our own server
    by_dmarc("fail", DISOWNED, (RESULTS, FAIL)),
    by_dmarc("pass", ANSWERED, (RESULTS, PASS)),
    by_dmarc("another-server", ANSWERED, (RESULTS, FAIL.replace(OUR_SERVER, "mx.else.example"))),
    by_dmarc("any-case", DISOWNED, (RESULTS, FAIL.replace(OUR_SERVER, OUR_SERVER.upper()))),
    by_dmarc("comment-and-version", DISOWNED, (RESULTS, f"(by us) {FAIL}".replace(OUR_SERVER, f"{OUR_SERVER} 1"))),
    by_dmarc("beyond-the-grammar", DISOWNED, (RESULTS, f"{OUR_SERVER}; dmarc=fail weird.prop=1 x=; header")),
    by_dmarc("fail-in-a-comment", ANSWERED, (RESULTS, f"{OUR_SERVER}; dkim=pass (dmarc=fail) header.d=a.example")),
    by_dmarc("nothing-checked", ANSWERED, (RESULTS, f"{OUR_SERVER}; none")),
    by_dmarc("forged-fail-below", ANSWERED, (RESULTS, PASS), BY_MX, (RESULTS, FAIL)),
    by_dmarc("forged-pass-below", DISOWNED, (RESULTS, FAIL), BY_MX, (RESULTS, PASS)),
    by_dmarc("forged-pass-next-to-ours", DISOWNED, BY_MX, (RESULTS, FAIL), (RESULTS, PASS)),
    by_dmarc("one-field-a-method", DISOWNED, (RESULTS, f"{OUR_SERVER}; dkim=pass header.d=a.example"), (RESULTS, FAIL)),
    by_dmarc("forged-server-above", DISOWNED, (RESULTS, PASS.replace(OUR_SERVER, "mx.else.example")), (RESULTS, FAIL)),
    # 13: spam, subjects, bounces by their text
    ignored(13, "SpamAssassin", "spam-flag", Ignored.SPAM, ("X-Spam-Flag", "YES")),
    ignored(13, "SpamAssassin", "spam-status", Ignored.SPAM, ("X-Spam-Status", "Yes, score=12")),
    ignored(13, "Rspamd", "spam", Ignored.SPAM, ("X-Spam", "Yes")),
    ignored(13, "Exchange", "confidence", Ignored.SPAM, ("X-MS-Exchange-Organization-SCL", "9")),
    answered(13, "SpamAssassin", "no-spam", ("X-Spam-Flag", "NO"), ("X-Spam-Status", "No, score=-1.9")),
    answered(13, "practice", "mark-of-an-earlier-server", ("X-Spam-Flag", "NO"), ("X-Spam-Flag", "YES")),
    *map(subject, (
        "Автоответ: показания", "АВТООТВЕТ", "Автоматты жауап", "Out of office: отпуск", "[Automatic reply] x",
        "Automatische Antwort: x", "Réponse automatique : x", "Автоматична відповідь", "自动回复: x",
        "Undelivered Mail Returned to Sender", "Delivery Status Notification (Failure)", "Прочтено: показания",
    )),
    answered(13, "practice", "answer-to-an-automatic-reply", ("Subject", "Re: Автоответ: показания")),
    answered(13, "practice", "word-that-begins-like-a-phrase", ("Subject", "Автоответчик сломан, показания 12345")),
    ignored(13, "Mailman (flufl.bounce)", "bounce-known-by-its-text", Ignored.KNOWN_BOUNCE,
            ("From", "gateway@csri.example"), ("Return-Path", None),
            body="Your message could not be delivered to\r\nuserx@example.org\r\n"),
    answered(13, "practice", "address-between-commas", body="Мой адрес, ivanov@mail.example, горячая вода 123"),
    *(Who(13, "practice", text[:40], raw_mail(("Subject", "показания"), body=text), AWAY) for text in (
        "Это автоматический ответ. Спасибо за обращение!",
        "Сейчас я в отпуске до 05.12. Отвечу на ваше письмо, когда вернусь.",
        "I'm out of the office until 5 December. For urgent matters: +7 701 123 45 67.",
    )),
    answered(13, "practice", "account-of-one-who-is-away", body=f"Я в отпуске, отвечу на ваше письмо. {READINGS}"),
    answered(13, "practice", "reading-of-one-who-is-away", body="Я в отпуске, отвечу на ваше письмо позже. Свет 58291"),
    # 18: what comes back to our return path
    *(ignored(18, "RFC 5233; RFC 3834, 3.3", f"bounce-by-{name}", Ignored.BOUNCE_ADDRESS,
              (name, "<bounces+17.0123456789abcdef@energosbyt.example>"))
      for name in ("Delivered-To", "To", "X-Original-To", "Envelope-To")),
    ignored(18, "RFC 5233", "bounce-address-without-a-tag", Ignored.BOUNCE_ADDRESS, ("To", OUR_BOUNCES)),
    answered(18, "practice", "address-that-ends-like-it", ("Cc", "my-bounces@energosbyt.example")),
)  # fmt: skip


def judge(raw: bytes, rules: AutomaticRules = RULES) -> Automatic:
    """Judge a mail as the pipeline does."""
    read = WasRead(corpus_reader().read(raw), is_known_bounce(raw), read_failure(raw))
    return Case.of(read, RECEIVED, rules).automatic


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_mail_is_judged_by_its_rule(row: Who) -> None:
    """Who is not answered and why, and what only looks so."""
    assert judge(row.mail) == row.judged


def test_every_code_has_a_row() -> None:
    """A silence that is added is shown to work; a disowned sender's comes of the register (`test_limits`)."""
    assert {row.judged.ignored_because for row in ROWS} == {*Ignored, None}
    assert {row.judged.silence for row in ROWS} == {*Silence, None} - {Silence.SENDER_UNAUTHENTICATED}


def test_no_trusted_server_disowns_nobody() -> None:
    """Where none is configured, an empty identifier matches nothing."""
    rules = AutomaticRules(frozenset({OUR_ADDRESS}))
    assert judge(raw_mail((RESULTS, "; dmarc=fail"), (RESULTS, FAIL)), rules) == ANSWERED


BOUNCES: Final = [mail for mail in public_mail() if mail.is_never_answered and mail.name.startswith("bounces/")]


@pytest.mark.parametrize("mail", BOUNCES, ids=[mail.name for mail in BOUNCES])
def test_real_bounce_is_ignored(mail: PublicMail) -> None:
    """No delivery report of a public collection is answered, though each is taken as written to us by name."""
    letter = corpus_reader().read(mail.raw).letter
    to_us = AutomaticRules(letter.recipients - frozenset(letter.senders), "", RULES.auto_reply_subjects)
    assert judge(mail.raw, to_us).ignored_because is not None
