"""Connecting: TLS in its three kinds, every password, and nothing secret in plain text."""

import base64
import traceback

import pytest

from mailreader.mailbox import FaultCode, Mailbox, MailboxAccess, MailboxFault, Tls
from tests.servers.dovecot import WITH_PASSWORDS, Dovecot
from tests.servers.scripted_imap import CLOSE, ScriptedImap, scripted_imap


def connect(access: MailboxAccess) -> None:
    """Connect, select and leave."""
    with Mailbox(access) as mailbox:
        mailbox.connect()
        mailbox.select()


def fault(access: MailboxAccess) -> MailboxFault:
    """The fault that connecting ends in."""
    with pytest.raises(MailboxFault) as caught, Mailbox(access) as mailbox:
        mailbox.connect()
    assert not mailbox.is_connected
    return caught.value


def tls_access(dovecot: Dovecot, user: str, tls: Tls, **changes: object) -> MailboxAccess:
    """Access over TLS that trusts the server's certificate."""
    port = dovecot.tls_port if tls is Tls.IMPLICIT else dovecot.port
    return dovecot.access(user, **{"tls": tls, "port": port, "cafile": dovecot.certificate.chain, **changes})


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_certificate_of_our_own_authority_is_trusted(dovecot: Dovecot, user: str, tls: Tls, host: str) -> None:
    """`cafile` makes a certificate that the system does not know good."""
    connect(tls_access(dovecot, user, tls, host=host))


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
def test_unknown_certificate_is_refused_before_the_password(dovecot: Dovecot, user: str, tls: Tls) -> None:
    """A certificate that nobody vouches for ends the connection, and the sentence names `cafile`."""
    found = fault(tls_access(dovecot, user, tls, cafile=None))
    assert (found.code, found.temporary) == (FaultCode.TLS, False)
    assert "cafile" in found.message


def test_file_without_certificates_is_a_fault_of_the_configuration(dovecot: Dovecot, user: str) -> None:
    """The sentence names the file."""
    found = fault(tls_access(dovecot, user, Tls.IMPLICIT, cafile=dovecot.folder / "nothing.pem"))
    assert found.code is FaultCode.CONFIGURATION
    assert "nothing.pem" in found.message


def test_tls_on_the_plain_port_says_that_port_and_tls_do_not_match(dovecot: Dovecot, user: str) -> None:
    """The commonest slip of a configuration has its own sentence."""
    found = fault(tls_access(dovecot, user, Tls.IMPLICIT, port=dovecot.port))
    assert found.code is FaultCode.TLS
    assert "`port` and `tls`" in found.message


def test_plain_text_to_another_machine_is_refused_before_anything_is_sent() -> None:
    """Only loopback may do without TLS; the sentence says what to set."""
    found = fault(MailboxAccess(name="main", host="192.0.2.1", username="u", password="p", tls=Tls.NONE))
    assert (found.code, found.temporary) == (FaultCode.CONFIGURATION, False)
    assert "allow_plaintext" in found.message


def test_plain_text_can_be_allowed_expressly(dovecot: Dovecot, user: str) -> None:
    """A name that is not loopback by itself is let through with `allow_plaintext`."""
    assert fault(dovecot.access(user, host="127.1")).code is FaultCode.CONFIGURATION
    connect(dovecot.access(user, host="127.1", allow_plaintext=True))


@pytest.mark.parametrize("name", WITH_PASSWORDS)
def test_any_password_logs_in(dovecot: Dovecot, name: str) -> None:
    """Passwords with Cyrillic letters, quotes and backslashes work."""
    connect(dovecot.access(name, password=WITH_PASSWORDS[name]))


def test_wrong_password_is_a_fault_that_a_person_must_mend(dovecot: Dovecot, user: str) -> None:
    """The sentence names the keys to look at, and not the password."""
    found = fault(dovecot.access(user, password="wrong one"))
    assert (found.code, found.temporary) == (FaultCode.LOGIN, False)
    assert "`username` and `password`" in found.message
    assert "wrong one" not in found.message
    assert "wrong one" not in repr(dovecot.access(user, password="wrong one"))


def test_nobody_listening_is_temporary() -> None:
    """A server that is down comes back."""
    with scripted_imap() as server:
        access = server.access()
    found = fault(access)
    assert (found.code, found.temporary) == (FaultCode.UNREACHABLE, True)


@pytest.mark.parametrize(
    ("capabilities", "answer"),
    [(b"IMAP4rev1 AUTH=PLAIN", b""), (b"IMAP4rev1 AUTH=PLAIN STARTTLS", b"{tag} NO not now\r\n")],
    ids=["stripped", "refused"],
)
def test_without_starttls_no_password_is_sent(capabilities: bytes, answer: bytes) -> None:
    """Where STARTTLS is missing or refused, the connection ends before the login."""
    with scripted_imap(("STARTTLS", answer), capabilities=capabilities) as server:
        found = fault(server.access(tls=Tls.STARTTLS))
    assert found.code is FaultCode.TLS
    assert not [command for command in server.commands if command.startswith(("AUTH", "LOGIN"))]


def test_answers_put_before_tls_end_the_connection() -> None:
    """Bytes that follow the go-ahead of STARTTLS were not sent under TLS, so they are not the server's."""
    injected = b"{tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"
    with scripted_imap(("STARTTLS", injected), capabilities=b"IMAP4rev1 STARTTLS") as server:
        found = fault(server.access(tls=Tls.STARTTLS))
    assert found.code is FaultCode.CLOSED
    assert "before TLS" in found.message


def logins(server: ScriptedImap) -> list[str]:
    """The commands that carried a password."""
    return [command for command in server.commands if command.startswith(("AUTH", "LOGIN"))]


def test_server_without_plain_gets_a_quoted_login() -> None:
    """LOGIN takes ASCII; a name with a blank or a quote is still one word."""
    with scripted_imap(capabilities=b"IMAP4rev1") as server:
        connect(server.access(username='a "b', password="c d"))
    assert logins(server) == [r'LOGIN "a \"b" "c d"']


@pytest.mark.parametrize(
    ("capabilities", "password"), [(b"IMAP4rev1", "пароль"), (b"IMAP4rev1 LOGINDISABLED", "password")]
)
def test_login_that_cannot_work_is_not_tried(capabilities: bytes, password: str) -> None:
    """A password that LOGIN cannot carry, or a server that forbids LOGIN, is told without sending anything."""
    with scripted_imap(capabilities=capabilities) as server:
        found = fault(server.access(password=password))
    assert (found.code, found.temporary) == (FaultCode.LOGIN, False)
    assert logins(server) == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"{tag} NO [AUTHENTICATIONFAILED] forbidden\r\n", (FaultCode.LOGIN, False)),
        (b"{tag} NO [UNAVAILABLE] database down\r\n", (FaultCode.LOGIN, True)),
        (CLOSE, (FaultCode.CLOSED, True)),
        (b"* BYE shutting down\r\n" + CLOSE, (FaultCode.CLOSED, True)),
    ],
    ids=["refused", "unavailable", "cut", "bye"],
)
def test_login_that_fails_is_told_from_a_connection_that_breaks(
    answer: bytes, expected: tuple[FaultCode, bool]
) -> None:
    """Only a refusal of the password is for a person to mend."""
    with scripted_imap(("AUTHENTICATE", answer)) as server:
        found = fault(server.access())
    assert (found.code, found.temporary) == expected


@pytest.mark.parametrize(
    "echo", [b"LOGIN user canary-1", base64.b64encode(b"\0user\0canary-1")], ids=["plain", "base64"]
)
def test_password_that_the_server_repeats_is_not_told(echo: bytes) -> None:
    """Faults end up in logs, and some servers answer with the line that they did not like."""
    with scripted_imap(("AUTHENTICATE", b"{tag} NO bad line: " + echo + b"\r\n")) as server:
        found = fault(server.access(password="canary-1"))
    told = "".join(traceback.format_exception(found))
    assert found.code is FaultCode.LOGIN
    assert "canary-1" not in told
    assert echo.decode() not in told
