"""The sink does what a test asks it for; otherwise the tests of the outbox would prove nothing."""

import smtplib
import ssl

import pytest

from tests.servers.certificate import Certificate
from tests.servers.smtp_sink import DISCONNECT, SmtpSink, Stage

MESSAGE = b"Subject: hello\r\n\r\n.one dot\r\n"


def send(client: smtplib.SMTP) -> object:
    """Send one message with a null return path."""
    return client.sendmail("", ["a@example.org", "b@example.org"], MESSAGE)


def test_message_sent_is_received_as_it_was(smtp_sink: SmtpSink) -> None:
    """Envelope and bytes arrive unchanged, the null return path as an empty string."""
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as client:
        send(client)
    (message,) = smtp_sink.wait_for(1)
    assert (message.mail_from, message.rcpt_tos) == ("", ("a@example.org", "b@example.org"))
    assert message.content == MESSAGE
    assert message.accepted
    assert not message.tls


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT])
@pytest.mark.parametrize("answer", ["451 4.3.0 Later", "550 5.7.1 No"])
def test_failure_asked_for_at_a_stage_is_given_once(smtp_sink: SmtpSink, stage: Stage, answer: str) -> None:
    """The failure comes at its stage, and the next try goes through."""
    smtp_sink.fail(stage, answer, times=2 if stage is Stage.RCPT else 1)
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as client:
        with pytest.raises(smtplib.SMTPException, match=answer[:3]):
            send(client)
        client.rset()
        send(client)
    assert len(smtp_sink.accepted) == 1
    assert len(smtp_sink.received) == (2 if stage is Stage.DOT else 1)


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.DATA, Stage.DOT])
def test_disconnect_asked_for_ends_the_dialogue(smtp_sink: SmtpSink, stage: Stage) -> None:
    """The client sees a closed connection; after the dot the message has been taken all the same."""
    smtp_sink.fail(stage, DISCONNECT)
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as client, pytest.raises(OSError):  # noqa: PT011
        send(client)
    assert len(smtp_sink.received) == (1 if stage is Stage.DOT else 0)
    assert smtp_sink.accepted == ()


def test_starttls_and_login_are_kept_with_the_message(smtp_sink_tls: SmtpSink, certificate: Certificate) -> None:
    """What was sent after STARTTLS and AUTH says so; a wrong password is refused."""
    with smtplib.SMTP("localhost", smtp_sink_tls.port, timeout=10) as client:
        client.starttls(context=ssl.create_default_context(cafile=certificate.chain))
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("pokazaniya", "wrong")
        client.login("pokazaniya", "correct horse")
        send(client)
    (message,) = smtp_sink_tls.wait_for(1)
    assert message.tls
    assert message.login == "pokazaniya"
