"""`check --send-test` sends one message as answers are sent, and tells what the relay said."""

from email import message_from_bytes, policy

import pytest

from tests.cli.conftest import Run, objects
from tests.cli.test_exit_codes import closed_port, servers
from tests.databases import ON_SQLITE
from tests.servers.smtp_sink import DISCONNECT, SmtpSink, Stage

pytestmark = ON_SQLITE  # what it does has nothing to do with the kind of database

__all__ = ["closed_port", "servers"]

TO = "sysadmin@energo.example"


@pytest.fixture
def relay(servers: dict[str, str], smtp_sink: SmtpSink) -> dict[str, str]:
    """Settings of a relay that works."""
    kept = {name: value for name, value in servers.items() if "MAILBOXES" not in name}
    return kept | {"MAILREADER_SMTP__PORT": str(smtp_sink.port), "MAILREADER_MODE": "shadow"}


def outcome(run: Run, variables: dict[str, str]) -> tuple[str, str, int]:
    """The level and the sentence of the test message, and the exit code."""
    run("db", "upgrade", variables=variables)
    ended = run("check", "--send-test", f"Admin <{TO}>", "--json", variables=variables)
    (found,) = [line for line in objects(ended.stdout) if line["check"] == "test message"]
    return found["level"], found["sentence"], ended.returncode


def test_test_message_arrives_with_the_header_of_an_answer(
    run: Run, servers: dict[str, str], relay: dict[str, str], smtp_sink: SmtpSink
) -> None:
    """In every language it says what it is; the relay's own words are told."""
    level, sentence, code = outcome(run, relay)
    assert (level, code) == ("ok", 78)  # of a mailbox there is none
    assert sentence.startswith("The relay took it (250 ")
    (received,) = smtp_sink.accepted
    message = message_from_bytes(received.content, policy=policy.default)
    assert (received.mail_from, received.rcpt_tos) == ("", (TO,))
    assert (message["From"], message["To"]) == (servers["MAILREADER_SMTP__FROM"], TO)
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert message["Subject"] == "Test message / Тексеру хаты / Проверочное письмо"
    assert message["Message-ID"].startswith("<test.")
    for words in ("Это проверочное письмо", "тексеру хаты", "This is a test message"):
        assert words in message.get_content()


@pytest.mark.parametrize(
    ("stage", "answer", "level", "says"),
    [
        (Stage.RCPT, "550 5.1.1 no such user", "error", "refuses it for good at rcpt: 550 5.1.1 no such user."),
        (Stage.RCPT, "450 4.2.1 greylisted", "temporary", "not sent; the relay at rcpt: 450 4.2.1 greylisted."),
        (Stage.DOT, DISCONNECT, "temporary", f"It may have arrived at {TO}"),
    ],
)
def test_what_the_relay_says_against_it_is_told(
    run: Run, relay: dict[str, str], smtp_sink: SmtpSink, stage: Stage, answer: str, level: str, says: str
) -> None:
    """By its own words, with whether waiting may mend it."""
    smtp_sink.fail(stage, answer)
    told, sentence, _ = outcome(run, relay)
    assert (told, says in sentence) == (level, True), sentence


def test_outcome_of_the_test_message_is_the_exit_code(run: Run, servers: dict[str, str], closed_port: int) -> None:
    """A relay that is down is a temporary fault; without one in the configuration nothing can be sent."""
    assert servers["MAILREADER_SMTP__PORT"] == str(closed_port)
    level, sentence, code = outcome(run, servers)
    assert (level, code) == ("temporary", 75)
    assert sentence.startswith("It was not sent; the relay at connect: ")
    level, sentence, code = outcome(run, {"MAILREADER_MODE": "shadow"})
    assert (level, code) == ("configuration", 78)
    assert sentence.startswith("It was not sent: smtp: there is no relay")


def test_without_being_asked_check_sends_nothing(run: Run, relay: dict[str, str], smtp_sink: SmtpSink) -> None:
    """It only says hello."""
    run("db", "upgrade", variables=relay)
    run("check", variables=relay)
    assert smtp_sink.received == ()
    assert smtp_sink.connections == 1


def test_what_is_no_address_is_wrong_usage(run: Run) -> None:
    """And nothing is tried."""
    ended = run("check", "--send-test", "nobody")
    assert (ended.returncode, ended.stdout) == (2, "")
