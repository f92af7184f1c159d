"""Delivers replies over SMTP, with the stage of the dialogue known: the only place that speaks it (RFC 5321, 3207).

A failure before the final dot is safe to try again; a final dot without an answer is `Unknown`, and nobody but an
operator sends such a reply again.
"""

import base64
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Timer
from typing import Final, NoReturn, Self

from mailreader.outgoing import OutgoingReply, ascii_domain, render_reply
from mailreader.refusals import is_fault_of_address
from mailreader.relay import Delivered, Delivery, Failed, Relay, Retry, Stage, Unknown
from models.transport import Tls

__all__ = ["Delivered", "Delivery", "Failed", "Outbox", "Relay", "Retry", "Stage", "Tls", "Unknown"]


class _Refusal(Exception):
    """The relay answered with another code than the stage needs."""

    def __init__(self, stage: Stage, code: int, error: str) -> None:
        super().__init__(error)
        self.stage, self.code, self.error = stage, code, error

    @property
    def is_final(self) -> bool:
        """Whether this reply, and not the way to the relay, is what was refused; authentication is the latter."""
        of_message = self.stage in {Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT}
        return of_message and _FIRST_FINAL <= self.code <= _LAST_FINAL and self.code not in _ABOUT_LOGIN


_FIRST_FINAL: Final = 500
_LAST_FINAL: Final = 599
_CLOSING: Final = 421
_ABOUT_LOGIN: Final = frozenset({530, 534, 535, 538})
_READY: Final = 354
_LONGEST_ERROR: Final = 300
_NOT_SHOWN: Final = "the relay's answer repeats the password and is not shown"


class Outbox:
    """One warm connection to the relay; an instance belongs to one thread and is closed at the end."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._client: _Client | None = None
        self._stage = Stage.CONNECT
        self._overdue = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def deliver(
        self, reply: OutgoingReply, *, now: datetime, before_data: Callable[[], None] = lambda: None, tag: str = ""
    ) -> Delivery:
        """Send one reply; `before_data` runs just before DATA, and what it raises is raised and nothing is sent.

        `tag` marks the return path. Does not raise for anything that the network or the relay does.
        """
        content = _stuff_dots(render_reply(reply, now))
        try:
            with self._within_deadline():
                client = self._connected()
                self._envelope(client, self._relay.envelope_sender(tag), reply.to)
                self._at(Stage.BEFORE_DATA)
                before_data()
                return Delivered(self._content(client, content))
        except _Refusal as refusal:
            return self._refused(refusal)
        except (OSError, smtplib.SMTPException) as error:
            return self._broken(error)
        except BaseException:
            self._drop()
            raise

    def probe(self) -> str:
        """Connect, protect, log in; the relay's greeting, or OSError or SMTPException that says what went wrong."""
        self._drop()
        try:
            with self._within_deadline():
                return _text(self._connected().ehlo_resp or b"").partition(" ")[0]
        except _Refusal as refusal:
            raise smtplib.SMTPResponseException(refusal.code, f"{refusal.stage}: {refusal.error}") from None
        except (OSError, smtplib.SMTPException) as error:
            described = self._describe(error)
            if described.endswith(_NOT_SHOWN):
                error = smtplib.SMTPResponseException(getattr(error, "smtp_code", 0), _NOT_SHOWN)
            raise OSError(f"{self._stage}: {described}") from error
        finally:
            self.close()

    def close(self) -> None:
        """Take leave of the relay; safe to call twice."""
        if self._client is not None:
            with suppress(OSError, smtplib.SMTPException), self._within_deadline():
                self._client.quit()
            self._drop()

    def _connected(self) -> "_Client":
        if self._client is not None and not self._is_alive(self._client):
            self._drop()
        if self._client is None:
            self._at(Stage.CONNECT)
            self._client = _Client(self._relay)
            self._open(self._client)
        return self._client

    def _is_alive(self, client: "_Client") -> bool:
        """Whether the warm connection still answers; RSET also forgets whatever a refusal left behind."""
        try:
            return _is_success(client.rset()[0])
        except (OSError, smtplib.SMTPException):
            return False

    def _open(self, client: "_Client") -> None:
        self._expect(client.connect(self._relay.host, self._relay.port))
        self._hello(client)
        if self._relay.tls is Tls.STARTTLS:
            self._at(Stage.STARTTLS)
            client.starttls(context=client.context)
            self._hello(client)
        if self._relay.username:
            self._at(Stage.LOGIN)
            self._log_in(client)

    def _hello(self, client: "_Client") -> None:
        self._at(Stage.HELLO)
        self._expect(client.ehlo())

    def _log_in(self, client: "_Client") -> None:
        username, password = self._relay.username, self._relay.password
        if f"{username}{password}".isascii():
            client.login(username, password)
        else:  # smtplib knows ASCII only; RFC 4616 wants UTF-8
            secret = base64.b64encode(f"\0{username}\0{password}".encode()).decode()
            self._expect(client.docmd("AUTH", f"PLAIN {secret}"))

    def _envelope(self, client: "_Client", sender: str, to: str) -> None:
        recipient = ascii_domain(to)
        self._at(Stage.MAIL)
        options = ("SMTPUTF8",) if not recipient.isascii() else ()
        if options and not client.has_extn("smtputf8"):
            self._refuse(553, "the relay cannot write to an address that is not ASCII (no SMTPUTF8)")
        self._expect(client.mail(ascii_domain(sender), options))
        self._at(Stage.RCPT)
        self._expect(client.rcpt(recipient))

    def _content(self, client: "_Client", content: bytes) -> str:
        self._at(Stage.DATA)
        code, answer = client.docmd("DATA")
        if code != _READY:
            self._refuse(code, _text(answer))
        client.send(content)
        self._at(Stage.DOT)
        client.send(b".\r\n")
        return self._expect(client.getreply())

    def _at(self, stage: Stage) -> None:
        """Take down the stage; a deadline that ran out while the relay was quiet is noticed here."""
        self._stage = stage
        if self._overdue and stage is not Stage.DOT:
            raise TimeoutError("the deadline has passed")

    def _expect(self, answer: tuple[int, bytes]) -> str:
        code, text = answer
        if not _is_success(code):
            self._refuse(code, _text(text))
        return f"{code} {_text(text)}"

    def _refuse(self, code: int, text: str) -> NoReturn:
        raise _Refusal(self._stage, code, self._shown(f"{code} {text}"))

    def _refused(self, refusal: _Refusal) -> Delivery:
        if refusal.code == _CLOSING or not 400 <= refusal.code <= _LAST_FINAL:  # noqa: PLR2004 -- the first refusal
            self._drop()
        if refusal.stage in {Stage.CONNECT, Stage.HELLO, Stage.STARTTLS, Stage.LOGIN, Stage.DATA}:
            self._drop()
        if refusal.is_final:
            return Failed(refusal.error, refusal.stage, is_fault_of_address(refusal.stage, refusal.error))
        if refusal.stage is Stage.DOT and not 400 <= refusal.code <= _LAST_FINAL:  # noqa: PLR2004
            return Unknown(refusal.error)
        return Retry(refusal.stage, refusal.error)

    def _broken(self, error: Exception) -> Delivery:
        self._drop()
        described = self._describe(error)
        return Unknown(described) if self._stage is Stage.DOT else Retry(self._stage, described)

    def _describe(self, error: Exception) -> str:
        if self._overdue:
            return f"no end within {self._relay.deadline:g} s"
        if isinstance(error, smtplib.SMTPResponseException):
            return self._shown(f"{error.smtp_code} {_text(error.smtp_error)}")
        return self._shown(f"{type(error).__name__}: {error}")

    def _shown(self, error: str) -> str:
        """The words of a failure as they are kept and logged: bounded, and none where they give the password away."""
        username, password = self._relay.username, self._relay.password
        sent = (base64.b64encode(one.encode()).decode() for one in (f"\0{username}\0{password}", password))
        if password and any(form in error for form in (password, *sent)):
            return f"{error[:3].strip()} {_NOT_SHOWN}"
        return error[:_LONGEST_ERROR]

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    @contextmanager
    def _within_deadline(self) -> Iterator[None]:
        """Cut the connection when the whole takes too long: a relay that drips never runs into a socket's timeout."""
        self._overdue = False
        timer = Timer(self._relay.deadline, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self._overdue = True
        connection = self._client.sock if self._client is not None else None
        if connection is not None:
            with suppress(OSError):
                # Not the method of the TLS socket, which would take the cipher away from the thread that reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Client(smtplib.SMTP):
    """smtplib's dialogue with our TLS; nothing is connected before `connect`."""

    def __init__(self, relay: Relay) -> None:
        super().__init__(local_hostname=relay.hello_name, timeout=relay.timeout)
        self._host = relay.host  # the name that the certificate must show
        self._implicit = relay.tls is Tls.IMPLICIT
        self.context = ssl.create_default_context(cafile=relay.cafile) if relay.tls is not Tls.NONE else None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        if not self._implicit or self.context is None:
            return plain
        return self.context.wrap_socket(plain, server_hostname=host)


def _stuff_dots(content: bytes) -> bytes:
    """Double the dots at the heads of lines (RFC 5321, 4.5.2); the lines are known to end in CRLF only."""
    return (b".." + content[1:] if content.startswith(b".") else content).replace(b"\r\n.", b"\r\n..")


def _is_success(code: int) -> bool:
    return 200 <= code <= 299  # noqa: PLR2004 -- RFC 5321, 4.2.1


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
