"""Rule 18: delivery reports whose structure is broken, or which say less than they should (RFC 3464 as it is lived)."""

import base64
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailreader.automatic import Ignored
from mailreader.bounces import Failure, is_known_bounce, read_failure
from tests.autoreply.rows import CUSTOMER, OUR_BOUNCES
from tests.autoreply.test_bounces import delivery_report
from tests.autoreply.test_who import judge

WHOLE: Final = delivery_report(OUR_BOUNCES)
TYPE: Final = b'multipart/report; report-type=delivery-status; boundary="x"'
PART: Final = b"message/delivery-status"
FIELDS: Final = WHOLE[WHOLE.index(b"Reporting-MTA") : WHOLE.index(b"--x--")]
Breaking = Callable[[bytes], bytes]


def changed(old: bytes, new: bytes) -> Breaking:
    """A report in which something stands in place of something else."""
    return lambda report: report.replace(old, new)


def encoded(report: bytes) -> bytes:
    """Its fields in Base64, which no standard allows and gateways do."""
    start = PART + b"\r\n\r\n"
    return report.replace(
        start + FIELDS, PART + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(FIELDS)
    )


BROKEN: Final[Mapping[str, Breaking]] = MappingProxyType(
    {
        "whole": lambda report: report,
        "no end": changed(b"--x--", b""),
        "bare line feeds": changed(b"\r\n", b"\n"),
        "no boundary": changed(b'; boundary="x"', b""),
        "another boundary": changed(b'boundary="x"', b'boundary="y"'),
        "no type": changed(b"Content-Type: " + TYPE + b"\r\n", b""),
        "plain text": changed(TYPE, b"text/plain"),
        "mixed": changed(b"multipart/report; report-type=delivery-status", b"multipart/mixed"),
        "fields as text": changed(PART, b"text/plain"),
        "fields as a file": changed(PART, b"application/octet-stream"),
        "fields in base64": encoded,
        "fields of RFC 6533": changed(PART, b"message/global-delivery-status"),
        "no blank line": changed(b"mx.mail.example\r\n\r\nFinal", b"mx.mail.example\r\nFinal"),
        "more blank lines": changed(b"\r\n\r\nFinal", b"\r\n\r\n\r\nFinal"),
        "no fields of the message": changed(b"Reporting-MTA: dns; mx.mail.example\r\n\r\n", b""),
        "no action": changed(b"Action: failed\r\n", b""),
        "folded": changed(b"550 no such", b"550\r\n no such"),
    }
)


@pytest.mark.parametrize("breaking", BROKEN.values(), ids=BROKEN.keys())
def test_broken_report_tells_what_it_can(breaking: Breaking) -> None:
    """Whoever sent it, it is ignored, and the reply that it is about has failed."""
    report = breaking(WHOLE)
    assert judge(report).ignored_because is Ignored.BOUNCE_ADDRESS
    assert read_failure(report) == Failure("5.1.1", "550 no such user")


@pytest.mark.parametrize(
    ("status", "diagnosis", "of_address"),
    [
        ("5.0.0", "550 5.1.1 user unknown", True),
        ("5.0.0", "550-5.7.26 this mail is unauthenticated", False),
        ("5.0.0", "554 rejected as spam", False),
        ("5.0.0", "no such user", True),
        ("550", "550 5.7.1 refused by policy", False),
        ("550", "550 user unknown", True),
        ("5.2.0", "552 mailbox is full", False),
    ],
)
def test_status_that_says_nothing_is_made_up_for_by_the_diagnosis(
    status: str, diagnosis: str, *, of_address: bool
) -> None:
    """A refusal of what was sent must not silence us towards the customer for two months."""
    failure = read_failure(delivery_report(OUR_BOUNCES, status=status, diagnosis=diagnosis))
    assert failure is not None
    assert failure.of_address is of_address


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
@pytest.mark.parametrize("breaking", [BROKEN["plain text"], BROKEN["fields as a file"], BROKEN["no boundary"]])
def test_broken_report_of_something_else_is_no_failure(breaking: Breaking, action: str) -> None:
    """Also where it is the only thing that can still be read of it."""
    assert read_failure(breaking(delivery_report(OUR_BOUNCES, action, "2.0.0"))) is None


@given(cut=st.integers(0, len(WHOLE)), other=st.binary(max_size=40))
def test_report_that_is_cut_or_spoilt_anywhere_breaks_nothing(cut: int, other: bytes) -> None:
    """Half of a report is a failure or none, never an exception."""
    for spoilt in (WHOLE[:cut], WHOLE[:cut] + other + WHOLE[cut:]):
        assert isinstance(is_known_bounce(spoilt), bool)
        failure = read_failure(spoilt)
        assert failure is None or CUSTOMER not in failure.diagnosis
