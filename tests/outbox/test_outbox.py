import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from mailreader.outbox import Delivered, Delivery, Failed, Outbox, Relay, Retry, Stage, Tls, Unknown
from mailreader.outgoing import render_reply
from tests.outbox.replies import HEADERS, OutgoingRow
from tests.servers.certificate import Certificate
from tests.servers.smtp_sink import DISCONNECT, HANG, SmtpSink, running_sink
from tests.servers.smtp_sink import Stage as At

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def plain_relay(sink: SmtpSink, *, timeout: float = 10.0) -> Relay:
    """The sink on loopback, without TLS."""
    return Relay(sink.host, sink.port, Tls.NONE, timeout=timeout)


def deliver(relay: Relay, row: OutgoingRow | None = None) -> Delivery:
    """Deliver one reply over a connection of its own."""
    with Outbox(relay) as outbox:
        return outbox.deliver(row or OutgoingRow(), now=NOW)


def test_reply_delivered_arrives_with_the_null_return_path(smtp_sink: SmtpSink) -> None:
    """Envelope and bytes are ours; a dot at the head of a line arrives as one dot."""
    row = OutgoingRow(text=".\n..two\n")
    assert isinstance(deliver(plain_relay(smtp_sink), row), Delivered)
    (message,) = smtp_sink.accepted
    assert (message.mail_from, message.rcpt_tos) == ("", ("customer@mail.example",))
    assert message.content == render_reply(row, NOW)


def test_text_that_pretends_to_end_the_message_stays_one_message(smtp_sink: SmtpSink) -> None:
    """Bare line ends around a dot are normalised: one message arrives, and no command is smuggled."""
    evil = "a\n.\nMAIL FROM:<x@y.example>\r.\rQUIT\r\n.\r\nDATA\n"
    assert isinstance(deliver(plain_relay(smtp_sink), OutgoingRow(text=evil)), Delivered)
    assert len(smtp_sink.received) == 1


@pytest.mark.parametrize(
    ("at", "answer", "expected"),
    [
        (At.EHLO, "451 4.3.0 later", (Retry, Stage.HELLO)),
        (At.EHLO, "550 no", (Retry, Stage.HELLO)),
        (At.EHLO, DISCONNECT, (Retry, Stage.HELLO)),
        (At.MAIL, "451 4.3.0 later", (Retry, Stage.MAIL)),
        (At.MAIL, "550 5.7.1 no", (Failed, Stage.MAIL)),
        (At.MAIL, "530 5.7.0 log in first", (Retry, Stage.MAIL)),
        (At.MAIL, DISCONNECT, (Retry, Stage.MAIL)),
        (At.RCPT, "450 4.2.1 greylisted", (Retry, Stage.RCPT)),
        (At.RCPT, "421 4.3.2 closing", (Retry, Stage.RCPT)),
        (At.RCPT, "550 5.1.1 unknown", (Failed, Stage.RCPT)),
        (At.RCPT, DISCONNECT, (Retry, Stage.RCPT)),
        (At.DATA, "451 4.3.0 later", (Retry, Stage.DATA)),
        (At.DATA, "554 5.7.1 no", (Failed, Stage.DATA)),
        (At.DATA, DISCONNECT, (Retry, Stage.DATA)),
        (At.DOT, "452 4.3.1 disk full", (Retry, Stage.DOT)),
        (At.DOT, "554 5.6.0 no", (Failed, Stage.DOT)),
        (At.DOT, DISCONNECT, (Unknown, None)),
        (At.DOT, "354 what", (Unknown, None)),
    ],
)
def test_failure_at_a_stage_gives_its_result_and_the_next_try_goes_through(
    smtp_sink: SmtpSink, at: At, answer: str, expected: tuple[type, Stage | None]
) -> None:
    """Refusals for now and lost connections are retried, final ones fail, silence after the dot is unknown."""
    smtp_sink.fail(at, answer, times=2 if at is At.EHLO and answer[0].isdigit() else 1)
    with Outbox(plain_relay(smtp_sink)) as outbox:
        result = outbox.deliver(OutgoingRow(), now=NOW)
        assert (type(result), getattr(result, "stage", None)) == expected
        smtp_sink.heal()
        assert isinstance(outbox.deliver(OutgoingRow(), now=NOW), Delivered)


@pytest.mark.parametrize(("at", "expected"), [(At.MAIL, Retry), (At.RCPT, Retry), (At.DATA, Retry), (At.DOT, Unknown)])
def test_relay_that_falls_silent_runs_into_the_time_out(smtp_sink: SmtpSink, at: At, expected: type) -> None:
    """Before the dot it is safe to try again, after it nobody knows."""
    smtp_sink.fail(at, HANG)
    assert type(deliver(plain_relay(smtp_sink, timeout=0.3))) is expected


def test_two_replies_take_one_connection(smtp_sink: SmtpSink) -> None:
    """The warm connection is used again, also after a refusal."""
    with Outbox(plain_relay(smtp_sink)) as outbox:
        smtp_sink.fail(At.RCPT, "550 5.1.1 unknown")
        results = [type(outbox.deliver(OutgoingRow(), now=NOW)) for _ in range(3)]
    assert results == [Failed, Delivered, Delivered]
    assert smtp_sink.connections == 1


def test_warm_connection_that_died_is_opened_anew(smtp_sink: SmtpSink) -> None:
    """A relay that hung up between two replies costs neither of them a try."""
    with Outbox(plain_relay(smtp_sink)) as outbox:
        outbox.deliver(OutgoingRow(), now=NOW)
        assert outbox._client is not None
        assert outbox._client.sock is not None
        outbox._client.sock.shutdown(socket.SHUT_RDWR)
        assert isinstance(outbox.deliver(OutgoingRow(), now=NOW), Delivered)
    assert smtp_sink.connections == 2


def test_before_data_runs_once_before_anything_is_sent(smtp_sink: SmtpSink) -> None:
    """When it is called the relay has no message yet; what it raises stops the delivery."""

    class DiskFullError(Exception):
        """What the store may raise."""

    seen: list[int] = []

    def fail() -> None:
        raise DiskFullError

    with Outbox(plain_relay(smtp_sink)) as outbox:
        outbox.deliver(OutgoingRow(), now=NOW, before_data=lambda: seen.append(len(smtp_sink.received)))
        with pytest.raises(DiskFullError):
            outbox.deliver(OutgoingRow(), now=NOW, before_data=fail)
    assert seen == [0]
    assert len(smtp_sink.received) == 1


def test_before_data_is_not_called_when_the_recipient_is_refused(smtp_sink: SmtpSink) -> None:
    """Nothing is marked as being sent that never will be."""
    calls: list[str] = []
    smtp_sink.fail(At.RCPT, "550 5.1.1 unknown")
    with Outbox(plain_relay(smtp_sink)) as outbox:
        outbox.deliver(OutgoingRow(), now=NOW, before_data=lambda: calls.append("called"))
    assert calls == []


def test_nobody_listening_is_retried() -> None:
    """No connection at all is safe."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    result = deliver(Relay("127.0.0.1", port, Tls.NONE))
    assert isinstance(result, Retry)
    assert result.stage is Stage.CONNECT


def test_starttls_and_login_protect_the_reply(smtp_sink_tls: SmtpSink, certificate: Certificate) -> None:
    """The reply goes under TLS, logged in."""
    relay = Relay(
        "localhost", smtp_sink_tls.port, username="pokazaniya", password="correct horse", cafile=certificate.chain
    )
    assert isinstance(deliver(relay), Delivered)
    (message,) = smtp_sink_tls.accepted
    assert message.tls
    assert message.login == "pokazaniya"


def test_wrong_password_is_retried_and_never_told(smtp_sink_tls: SmtpSink, certificate: Certificate) -> None:
    """A refused login is not the reply's fault; the secret stands in no error and no repr."""
    relay = Relay("localhost", smtp_sink_tls.port, username="pokazaniya", password="canary", cafile=certificate.chain)
    result = deliver(relay)
    assert isinstance(result, Retry)
    assert result.stage is Stage.LOGIN
    assert "canary" not in f"{result} {relay}"


def test_password_that_is_not_ascii_works(certificate: Certificate) -> None:
    """The standard library's login knows ASCII only; ours sends UTF-8."""
    with running_sink(certificate, users={"pokazaniya": "пароль"}) as sink:
        relay = Relay("localhost", sink.port, username="pokazaniya", password="пароль", cafile=certificate.chain)
        assert isinstance(deliver(relay), Delivered)


def test_certificate_of_nobody_known_is_refused(smtp_sink_tls: SmtpSink) -> None:
    """A self-signed certificate without a cafile ends the dialogue before the login."""
    result = deliver(Relay("localhost", smtp_sink_tls.port, username="pokazaniya", password="correct horse"))
    assert isinstance(result, Retry)
    assert result.stage is Stage.STARTTLS
    assert "certificate" in result.error


def test_relay_robbed_of_starttls_gets_neither_password_nor_reply(smtp_sink: SmtpSink) -> None:
    """Where STARTTLS is wanted and not offered, nothing more is said."""
    result = deliver(Relay("localhost", smtp_sink.port, username="pokazaniya", password="canary"))
    assert isinstance(result, Retry)
    assert result.stage is Stage.STARTTLS
    assert smtp_sink.received == ()


def test_no_tls_over_a_network_is_a_configuration_error() -> None:
    """Only loopback may go without, unless it is asked for by name."""
    with pytest.raises(ValueError, match="allow_plaintext"):
        Relay("smtp.energo.example", tls=Tls.NONE)
    assert Relay("smtp.energo.example", tls=Tls.NONE, allow_plaintext=True).host == "smtp.energo.example"


def test_recipient_with_letters_needs_smtputf8(smtp_sink: SmtpSink) -> None:
    """A relay that offers it takes the address; the message says who it is for in the same letters."""
    row = OutgoingRow(to="мария@mail.example", headers=[("To", "мария@mail.example"), *HEADERS[2:]])
    result = deliver(plain_relay(smtp_sink), row)
    assert isinstance(result, Failed)
    assert "SMTPUTF8" in result.error


def test_probe_greets_and_sends_nothing(smtp_sink: SmtpSink) -> None:
    """The check of the configuration opens the dialogue and leaves."""
    with Outbox(plain_relay(smtp_sink)) as outbox:
        assert outbox.probe() == "sink.example"
    assert smtp_sink.received == ()


def test_probe_of_a_wrong_password_says_the_stage(smtp_sink_tls: SmtpSink, certificate: Certificate) -> None:
    """What is to be mended stands in the error."""
    relay = Relay("localhost", smtp_sink_tls.port, username="pokazaniya", password="wrong", cafile=certificate.chain)
    with Outbox(relay) as outbox, pytest.raises(OSError, match="login: 535"):
        outbox.probe()


@contextmanager
def dripping_server() -> Iterator[int]:
    """A server that greets without end, a line at a time, and so never runs into a socket's time-out."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    while not stop.wait(0.02):
                        connection.sendall(b"220-still here\r\n")
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join()


def test_relay_that_drips_runs_into_the_deadline() -> None:
    """The whole delivery has an end, not only each answer."""
    with dripping_server() as port:
        result = deliver(Relay("127.0.0.1", port, Tls.NONE, timeout=10.0, deadline=0.3))
    assert isinstance(result, Retry)
    assert "no end within" in result.error


def test_implicit_tls_is_spoken_from_the_first_byte(certificate: Certificate) -> None:
    """A TLS port is greeted under TLS; the certificate is checked there too."""
    context = certificate.server_context()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.sendall(b"554 not today\r\n")
                secure.recv(1)

        thread = threading.Thread(target=greet)
        thread.start()
        relay = Relay("localhost", server.getsockname()[1], Tls.IMPLICIT, cafile=certificate.chain)
        with pytest.raises(smtplib.SMTPResponseException, match="not today"), Outbox(relay) as outbox:
            outbox.probe()
        thread.join()
