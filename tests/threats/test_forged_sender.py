"""Somebody else's name in From: whose word on it counts, and which address a mail is from (RFC 8601, 5322)."""

from pathlib import Path
from typing import Final

import pytest

from mailreader.authentication import is_disowned
from models.catalogue import Outcome, Reason
from parsers.mail import parse_mail
from tests.autoreply.desk import open_desk
from tests.autoreply.rows import CUSTOMER, OUR_SERVER, raw_mail
from tests.servers.smtp_sink import SmtpSink

STRANGER: Final = "evil@else.example"
FAIL: Final = f"{OUR_SERVER}; dmarc=fail header.from=mail.example"
PASS: Final = f"{OUR_SERVER}; dmarc=pass header.from=mail.example"
RECEIVED: Final = f"Received: by {OUR_SERVER}; Fri, 20 Nov 2026 10:00:00 +0500"
WORD: Final = "=?utf-8?q?"
SIGNATURES: Final = "".join(f"dkim=fail (bad) header.d=evil{n}.example header.i=@evil{n}.example; " for n in range(800))


def results(*values: str) -> bytes:
    """The bytes of a mail with these fields of Authentication-Results on top, `RECEIVED` among them as it is."""
    fields = [value if value == RECEIVED else f"Authentication-Results: {value}" for value in values]
    return "\r\n".join([*fields, f"From: {CUSTOMER}", "", "x"]).encode("utf-8", "surrogateescape")


def between(before: str, after: str) -> bytes:
    """The bytes of a mail whose sender chose what stands before and behind the result."""
    return results(f"{OUR_SERVER}; spf=pass smtp.mailfrom={before}@e.example; dmarc=fail; dkim=pass header.i={after}@e")


DISOWNED: Final = {
    "folded after the server": results(FAIL.replace("; ", ";\r\n\t")),
    "folded before the semicolon": results(FAIL.replace(";", "\r\n ;")),
    "folded around the sign": results(f"{OUR_SERVER}; dmarc\r\n =\r\n fail"),
    "folded by line feeds": results(FAIL.replace("; ", ";\n ")),
    "begun on the next line": results(f"\r\n {FAIL}"),
    "comments everywhere": results(f"(a) {OUR_SERVER} (b) 1 (c); dmarc (d) = (e) fail (f)"),
    "server in quotes": results(FAIL.replace(OUR_SERVER, f'"{OUR_SERVER}"')),
    "second server in the field": results(f"{OUR_SERVER} mx.else.example; dmarc=fail"),
    "empty results": results(f"{OUR_SERVER};; ;dmarc=fail;"),
    "no spaces": results(f"{OUR_SERVER};dmarc=fail"),
    "method with a version": results(f"{OUR_SERVER}; dmarc/1=fail"),
    "raw bytes in a comment": results(f"{OUR_SERVER}; spf=pass (имя \udcff) smtp.mailfrom=ж@x; dmarc=fail"),
    "nul within": results(f"{OUR_SERVER}; dm\0arc=fail"),
    "pass of another domain beside it": results(f"{OUR_SERVER}; dmarc=pass header.from=else.example; dmarc=fail"),
    "forged pass next to ours": results(FAIL, PASS),
    "forged pass below": results(FAIL, RECEIVED, PASS),
    "ours in two fields, a forged one after": results(f"{OUR_SERVER}; spf=fail", FAIL, PASS, RECEIVED, PASS),
    "a hundred of others above": results(*[PASS.replace(OUR_SERVER, f"mx{n}.example") for n in range(100)], FAIL),
    "pass in the quoted return path": between('"; dmarc=pass"', "a"),
    "bracket in the return path": between("a(", ")"),
    "quote in the return path": between('a"', '"'),
    "bracket in an encoded word": between(f"{WORD}=28?=", f"{WORD}=29?="),
    "encoded word around it": between(WORD, "?="),
    "behind many signatures": results(f"{OUR_SERVER}; {SIGNATURES[:10_000]}; dmarc=fail"),
    "behind more signatures than are read": results(f"{OUR_SERVER}; {SIGNATURES}; dmarc=fail"),
}  # fmt: skip
BELIEVED: Final = {
    "pass": results(PASS),
    "nothing checked": results(f"{OUR_SERVER}; none"),
    "longer name of a server": results(FAIL.replace(OUR_SERVER, f"{OUR_SERVER}.evil.example")),
    "name of a server with a dot": results(FAIL.replace(OUR_SERVER, f"{OUR_SERVER}.")),
    "our server in a comment of another": results(f"({OUR_SERVER}) mx.else.example; dmarc=fail"),
    "no semicolon": results(f"{OUR_SERVER} dmarc=fail"),
    "another method's name": results(f"{OUR_SERVER}; xdmarc=fail; arc=fail"),
    "a longer word": results(f"{OUR_SERVER}; dmarc=failure"),
    "forged fail below": results(PASS, RECEIVED, FAIL),
}


@pytest.mark.parametrize("raw", DISOWNED.values(), ids=DISOWNED)
def test_word_of_our_server_counts_however_it_is_written(raw: bytes) -> None:
    """Nothing that a sender chooses, in the same field or another, takes it away."""
    assert is_disowned(parse_mail(raw), OUR_SERVER)


@pytest.mark.parametrize("raw", BELIEVED.values(), ids=BELIEVED)
def test_word_of_nobody_else_counts(raw: bytes) -> None:
    """A server that only looks like ours has not spoken."""
    assert not is_disowned(parse_mail(raw), OUR_SERVER)


@pytest.mark.parametrize("sign", ["(", '"', "\\(", "(a)", "; dmarc=", "=", "a.", " "])
def test_hostile_word_is_read_in_time_and_is_no_fault(sign: str) -> None:
    """As deep and long as a field can be."""
    assert is_disowned(parse_mail(results(f"{OUR_SERVER}; {sign * (11_000 // len(sign))}; dmarc=fail")), OUR_SERVER)


NOT_THE_CUSTOMER: Final = (
    f"From: {CUSTOMER} <{STRANGER}>",
    f'From: "{CUSTOMER}" <{STRANGER}>',
    f"From: {STRANGER} ({CUSTOMER})",
    f"From: <{CUSTOMER}> <{STRANGER}>",
    f"From: {CUSTOMER}, {STRANGER}",
    f"From: {CUSTOMER};{STRANGER}",
    f"From: {CUSTOMER} {STRANGER}",
    f"From: {CUSTOMER}\0{STRANGER}",
    f"From: {CUSTOMER}@else.example",
    f"From: <{CUSTOMER}@else.example>",
    f"From: {CUSTOMER}.else.example",
    f"From: {STRANGER}, <{CUSTOMER}",
    f"From: =?utf-8?q?=3C{CUSTOMER.replace('@', '=40')}=3E?= <{STRANGER}>",
    f"From: =?utf-8?b?PHVzZXIzMDAxQG1haWwuZXhhbXBsZT4s?= <{STRANGER}>",
    f"From: {STRANGER}\r\nFrom: {CUSTOMER}",
    f"FROM: {CUSTOMER}\r\nfrom: {STRANGER}",
    f"From: {STRANGER}\r\nX: a\rFrom: {CUSTOMER}",
    f"From: {STRANGER}\r\nFr\0om: {CUSTOMER}",
    f"From : {CUSTOMER}",
    f"Sender: {CUSTOMER}\r\nReply-To: {CUSTOMER}",
    "From: us\u200ber3001@mail.example",
    "From: user3001@m\u0430il.example",
)


@pytest.mark.parametrize("header", NOT_THE_CUSTOMER)
def test_address_in_the_wrong_place_is_not_who_sent_it(header: str) -> None:
    """Names, comments, second addresses and second fields: what a server checked may have been the other one."""
    assert parse_mail(f"{header}\r\n\r\nx".encode()).sender != CUSTOMER


def test_address_is_found_behind_a_huge_field() -> None:
    """What a sender puts before it hides neither who sent a mail nor that a machine did."""
    letter = parse_mail(
        f"Subject: {'=?utf-8?b?0LvRgQ==?= ' * 11_000}\r\nFrom: {CUSTOMER}\r\nAuto-Submitted: x\r\n\r\n".encode()
    )
    assert (letter.sender, letter.first("auto-submitted")) == (CUSTOMER, "x")


@pytest.mark.usefixtures("_reading")
@pytest.mark.parametrize("name", ["bracket in the return path", "encoded word around it", "behind many signatures"])
def test_disowned_mail_records_nothing_and_is_for_a_person(name: str, tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Through the whole program, in the name of the customer whose account it is."""
    value = DISOWNED[name].partition(b": ")[2].partition(b"\r\n")[0].decode()
    with open_desk(tmp_path, smtp_sink).started() as program:
        verdict = program.handle(raw_mail(("Authentication-Results", value))).verdict
        found = program.store.account("0863576")
    assert (verdict.outcome, verdict.reasons) == (Outcome.REVIEW, (Reason.SENDER_UNAUTHENTICATED,))
    assert (verdict.readings, found and found[1]) == ((), ())
