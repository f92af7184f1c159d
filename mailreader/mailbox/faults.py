"""Everything that goes wrong with a mailbox, as one exception with a sentence for the person who can mend it."""

import ssl
from enum import StrEnum, unique

from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
    ProtocolError,
)


@unique
class FaultCode(StrEnum):
    """What kind of fault it is; for logs and metrics."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    TLS = "tls"
    LOGIN = "login"
    FOLDER = "folder"
    REFUSED = "refused"
    PROTOCOL = "protocol"
    CONFIGURATION = "configuration"
    IN_USE = "in_use"


class MailboxFault(Exception):
    """The mailbox cannot be worked with at present.

    `message` is a sentence that says what to do. `temporary` says whether waiting alone may mend it; the daemon tries
    again in either case, only less often where it takes a person.
    """

    def __init__(self, message: str, *, code: FaultCode, temporary: bool) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.temporary = temporary


# Anything else that imaplib and IMAPClient let out when a server's answer makes no sense to them, or is nested so deep
# that their parser, which goes as deep as the answer does, gives up.
MALFORMED = (ProtocolError, ValueError, TypeError, IndexError, AttributeError, RecursionError)
FAILURES = (OSError, IMAPClientError, *MALFORMED)
# What the network says of a connection that the other side closed while we were writing to it.
_CLOSED = (BrokenPipeError, ConnectionAbortedError, ConnectionResetError)
_UNAVAILABLE = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")


def is_unavailable(error: Exception) -> bool:
    """Whether the server says that it cannot do now what it usually can (RFC 5530)."""
    return any(code in str(error).upper() for code in _UNAVAILABLE)


def fault_of(error: Exception, where: str) -> MailboxFault:
    """Map an error of the network or of IMAPClient; `where` names the server and what was being done."""
    if isinstance(error, TimeoutError):
        message = f"{where}: no answer in time. Check the network and the server's load; it is tried again."
        return MailboxFault(message, code=FaultCode.TIMEOUT, temporary=True)
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = error.verify_message
        message = (
            f"{where}: the server's certificate is not trusted ({reason}). Set `cafile` to the authority that signed "
            "it, and `host` to a name that it holds."
        )
        return MailboxFault(message, code=FaultCode.TLS, temporary=False)
    if isinstance(error, ssl.SSLError):
        message = f"{where}: TLS failed ({error.reason or error}). Check that `port` and `tls` belong together."
        return MailboxFault(message, code=FaultCode.TLS, temporary=True)
    if isinstance(error, _CLOSED):
        return _closed(error, where)
    if isinstance(error, OSError):
        message = f"{where}: {error.strerror or error}. Check `host`, `port` and the network; it is tried again."
        return MailboxFault(message, code=FaultCode.UNREACHABLE, temporary=True)
    return _fault_of_dialogue(error, where)


def _closed(error: Exception, where: str) -> MailboxFault:
    message = f"{where}: the server closed the connection ({_short(error)}). It is tried again."
    return MailboxFault(message, code=FaultCode.CLOSED, temporary=True)


def _fault_of_dialogue(error: Exception, where: str) -> MailboxFault:
    if isinstance(error, LoginError):
        return _fault_of_login(error, where)
    if isinstance(error, IMAPClientReadOnlyError):
        message = f"{where}: the folder is read-only. Give the user the right to move mail out of it."
        return MailboxFault(message, code=FaultCode.FOLDER, temporary=False)
    if isinstance(error, IMAPClientAbortError):
        return _closed(error, where)
    if isinstance(error, MALFORMED) or "BAD" in str(error):
        message = f"{where}: the answer breaks the protocol ({_short(error)}). Report it to the server's operators."
        return MailboxFault(message, code=FaultCode.PROTOCOL, temporary=True)
    message = f"{where}: the server refused ({_short(error)}). See the server's log."
    return MailboxFault(message, code=FaultCode.REFUSED, temporary=True)


def _fault_of_login(error: LoginError, where: str) -> MailboxFault:
    """Tell a refusal from a connection that broke: IMAPClient makes a LoginError of both (RFC 5530 for the codes)."""
    if isinstance(error.__context__, IMAPClientAbortError):
        return _fault_of_dialogue(error.__context__, where)
    if is_unavailable(error):
        message = f"{where}: the server cannot check passwords at present ({_short(error)}). It is tried again."
        return MailboxFault(message, code=FaultCode.LOGIN, temporary=True)
    message = f"{where}: the login was refused ({_short(error)}). Check `username` and `password`."
    return MailboxFault(message, code=FaultCode.LOGIN, temporary=False)


def _short(error: Exception) -> str:
    """Give the server's own words on one line, bounded: they end up in logs."""
    words = " ".join(str(error).split())
    return "".join(character for character in words if character.isprintable())[:200] or type(error).__name__
