"""The connection: TLS, login, and bounds of time and bytes on every operation as a whole.

A socket's own time-out holds for each piece that arrives, so a server that drips one byte a minute could hold us for
ever; and a server that announces a literal of 5 GB would have us make room for it. So imaplib reads from here.
"""

import base64
import imaplib
import select
import socket
import ssl
import time
from contextlib import suppress
from typing import Final

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from mailreader.mailbox.access import MailboxAccess
from mailreader.mailbox.faults import FaultCode, MailboxFault
from models.transport import Tls, is_loopback

_PIECE: Final = 65_536
_LINE: Final = 16_000_000
ANSWER_BYTES: Final = 32_000_000
SLOWEST: Final = 64_000
"""Bytes a second that bodies must come with at least, once the plain time-out is used up."""


class Bounds:
    """What the operation under way may still use: seconds of the monotonic clock, bytes, literals seen so far."""

    def __init__(self) -> None:
        self.begin(0.0)

    def begin(self, seconds: float, octets: int = ANSWER_BYTES) -> None:
        """Start an operation that may last `seconds` and receive `octets` bytes."""
        self._ends = time.monotonic() + seconds
        self._octets = octets
        self.literals = 0

    def remaining(self) -> float:
        """Seconds left; TimeoutError where there are none."""
        seconds = self._ends - time.monotonic()
        if seconds <= 0:
            message = "the operation as a whole took too long"
            raise TimeoutError(message)
        return seconds

    def spend(self, octets: int) -> None:
        """Count bytes; raises imaplib's abort where the server sends more than can be meant."""
        self._octets -= octets
        if self._octets < 0:
            message = "more bytes than can be meant"
            raise imaplib.IMAP4.abort(message)


class BoundedImap4(imaplib.IMAP4):
    """imaplib's dialogue over a reader that keeps to `Bounds` and can be asked whether something has come."""

    def __init__(self, host: str, port: int, bounds: Bounds, context: ssl.SSLContext | None) -> None:
        self._bounds = bounds
        self._context = context
        self._buffer = bytearray()
        super().__init__(host, port)

    def _create_socket(self, timeout: float | None) -> socket.socket:  # noqa: ARG002 - the bounds know
        plain = socket.create_connection((self.host, self.port), self._bounds.remaining())
        if self._context is None:
            return plain
        try:
            plain.settimeout(self._bounds.remaining())
            return self._context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def read(self, size: int) -> bytes:
        """Read one literal."""
        self._bounds.literals += 1
        self._bounds.spend(size)
        while len(self._buffer) < size:
            self._fill()
        return self._take(size)

    def readline(self) -> bytes:
        """Read one line with its end."""
        seen = 0
        while (end := self._buffer.find(b"\n", seen)) < 0:
            seen = len(self._buffer)
            if seen > _LINE:
                message = "a line without end"
                raise self.abort(message)
            self._fill()
        self._bounds.spend(end + 1)
        return self._take(end + 1)

    def send(self, data: bytes) -> None:  # type: ignore[override] # typeshed has Buffer, imaplib sends bytes
        """Send bytes within the bounds."""
        self.sock.settimeout(self._bounds.remaining())
        super().send(data)

    def has_news(self, seconds: float) -> bool:
        """Wait at most `seconds` for anything to come, the end of the connection included.

        What lies in our own buffer or in that of TLS counts: `poll` on the socket alone would not see it.
        """
        if self._buffer or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return True
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> tuple[str, list[bytes]]:  # type: ignore[override]
        """Take the connection into TLS; bytes that came before it are somebody else's and end the connection."""
        kind, data = self._simple_command("STARTTLS")
        if kind == "OK" and ssl_context is not None:
            if self._buffer:
                message = "something was put between us and the server before TLS began"
                raise self.abort(message)
            self.sock.settimeout(self._bounds.remaining())
            self.sock = ssl_context.wrap_socket(self.sock, server_hostname=self.host)
            self._tls_established = True
            self._get_capabilities()
        return kind, data

    def _take(self, size: int) -> bytes:
        taken = bytes(memoryview(self._buffer)[:size])
        del self._buffer[:size]
        return taken

    def _fill(self) -> None:
        self.sock.settimeout(self._bounds.remaining())
        piece = self.sock.recv(_PIECE)
        if not piece:
            message = "connection closed by the server"
            raise self.abort(message)
        self._buffer += piece


class Client(IMAPClient):  # type: ignore[misc] # IMAPClient carries no types
    """IMAPClient over `BoundedImap4`."""

    def __init__(self, access: MailboxAccess, bounds: Bounds, context: ssl.SSLContext | None) -> None:
        self.bounds = bounds
        self._tls_from_start = context
        super().__init__(access.host, access.port, ssl=context is not None)
        self.normalise_times = False
        self.imap4.debug = 0

    @property
    def imap4(self) -> BoundedImap4:
        """The dialogue below."""
        return self._imap  # type: ignore[no-any-return]

    @property
    def was_told_of_mail(self) -> bool:
        """Whether the answers to any command since `forget_mail` said that something came (RFC 9051, 7.4.1)."""
        return "EXISTS" in self.imap4.untagged_responses

    def forget_mail(self) -> None:
        """Forget what was told of new mail: it is known, or about to be listed."""
        self.imap4.untagged_responses.pop("EXISTS", None)

    def _create_IMAP4(self) -> BoundedImap4:  # noqa: N802 - IMAPClient's name
        return BoundedImap4(self.host, self.port, self.bounds, self._tls_from_start)

    def _set_read_timeout(self) -> None:
        """Leave the time-out of the socket to the bounds."""


def open_client(access: MailboxAccess, bounds: Bounds) -> Client:
    """Connect, make the connection safe and log in; closes the socket where any of it fails."""
    if access.tls is Tls.NONE and not (is_loopback(access.host) or access.allow_plaintext):
        message = (
            f"{access.host}: a password would be sent in plain text. Set `tls` to implicit or starttls, "
            "or `allow_plaintext = true` if the network between is trusted."
        )
        raise MailboxFault(message, code=FaultCode.CONFIGURATION, temporary=False)
    context = None if access.tls is Tls.NONE else _context(access)
    bounds.begin(access.timeout_seconds)
    client = Client(access, bounds, context if access.tls is Tls.IMPLICIT else None)
    try:
        if access.tls is Tls.STARTTLS:
            _start_tls(client, context)
        try:
            _log_in(client, access)
        except LoginError as error:
            if not _tells(error, access):
                raise
            message = "the server's answer repeats the password and is not shown"
            raise LoginError(message) from None
    except BaseException:
        with suppress(OSError):
            client.shutdown()
        raise
    return client


def _context(access: MailboxAccess) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=access.cafile)
    except (OSError, ValueError) as error:
        message = f"{access.cafile}: no certificates can be read from it ({error}). Set `cafile` to a PEM file."
        raise MailboxFault(message, code=FaultCode.CONFIGURATION, temporary=False) from error


def _start_tls(client: Client, context: ssl.SSLContext | None) -> None:
    """Take the connection into TLS (RFC 9051, 6.2.1); without TLS there is no login."""
    if not client.has_capability("STARTTLS"):
        message = f"{client.host}: the server offers no STARTTLS. Set `tls` to implicit and `port` to 993, or ask why."
        raise MailboxFault(message, code=FaultCode.TLS, temporary=False)
    try:
        client.starttls(context)
    except IMAPClientError as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        message = f"{client.host}: the server refused STARTTLS ({error}). Nothing was sent in plain text."
        raise MailboxFault(message, code=FaultCode.TLS, temporary=True) from error


def _log_in(client: Client, access: MailboxAccess) -> None:
    """Log in by AUTHENTICATE PLAIN, which takes any password, else by LOGIN, which takes ASCII alone."""
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(access.username, access.password)
    elif client.has_capability("LOGINDISABLED"):
        message = "the server takes no password over this connection; see `tls`"
        raise LoginError(message)
    elif not (access.username + access.password).isascii():
        message = "the server offers no AUTH=PLAIN, and without it the name and the password can only be ASCII"
        raise LoginError(message)
    else:
        client.login(_quoted(access.username), access.password)


def _tells(error: LoginError, access: MailboxAccess) -> bool:
    """Whether an answer gives the password away, as it is or as LOGIN or AUTHENTICATE send it (RFC 9051, RFC 4616)."""
    plain = (f"\0{access.username}\0{access.password}", access.password)
    encoded = (base64.b64encode(one.encode()).decode() for one in plain)
    return any(form in str(error) for form in (access.password, _quoted(access.password), *encoded))


def _quoted(name: str) -> str:
    """Quote a user's name, which imaplib sends as it is."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
