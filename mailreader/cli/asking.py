"""The questions of `init`: what a configuration needs to know, asked one by one, wrong answers again."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import click
from pydantic import TypeAdapter, ValidationError

from config.kinds import Address, Addresses, Port
from config.mode import Mode
from models.transport import Tls, is_loopback

_Answer = TypeVar("_Answer")
_Word = TypeVar("_Word", bound=StrEnum)
_URLS: Final = ("sqlite:///", "postgresql+psycopg://")
_SYSTEM: Final = Path("/etc")
_STATE: Final = Path("/var/lib/mailreader")


@dataclass(frozen=True, slots=True)
class _Server:
    """A kind of server: where it stands in the file, how it is asked for, and what is usual."""

    place: str
    what: str
    question: str
    host: str | None
    ports: Mapping[Tls, int]

    def usual_tls(self, host: str) -> Tls:
        """A relay on this machine has no certificate for `localhost`."""
        if self.place == "smtp":
            return Tls.NONE if is_loopback(host) else Tls.STARTTLS
        return Tls.IMPLICIT


_IMAP: Final = _Server(
    "mailboxes.main", "mailbox", "IMAP server", None, {Tls.IMPLICIT: 993, Tls.STARTTLS: 143, Tls.NONE: 143}
)
_SMTP: Final = _Server(
    "smtp",
    "relay",
    "Relay that takes the answers (SMTP server)",
    "localhost",
    {Tls.IMPLICIT: 465, Tls.STARTTLS: 587, Tls.NONE: 25},
)


@dataclass(slots=True)
class Asked:
    """What was answered: values by dotted key, and passwords by the file, in `folder`, that is to hold them.

    An empty password is one that somebody puts there later.
    """

    folder: Path
    given: dict[str, Any] = field(default_factory=dict)
    secrets: dict[Path, str] = field(default_factory=dict)

    @property
    def holds_secret(self) -> bool:
        """Whether a secret stands among the values: the URL of a database with its password."""
        return bool(urlsplit(self.given.get("database.url", "")).password)


def ask(folder: Path, *, renew: bool) -> Asked:
    """Ask everything; click.Abort at the end of input. A file that holds a password already is kept, but to `renew`."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    asked = Asked(folder)
    given = asked.given
    given["mode"] = _ask("Mode: live, or shadow (a trial that answers nobody)", _word(Mode), default="live").value
    _ask_mailbox(asked, renew=renew)
    if given["mode"] == Mode.LIVE:
        _ask_relay(asked, renew=renew)
    for key, question in (
        ("contact.name", "Name that the answers are signed with (empty: none)"),
        ("contact.phone", "Phone number of the contact centre (empty: none)"),
    ):
        if answer := _ask(question, _line, default=""):
            given[key] = answer
    given["database.url"] = _ask("Database", _url, default=_usual_url(folder))
    return asked


def _ask_mailbox(asked: Asked, *, renew: bool) -> None:
    _ask_server(asked, _IMAP)
    username = _ask("Login name of the mailbox", _line)
    asked.given["mailboxes.main.username"] = username
    _ask_password(asked, _IMAP, renew=renew)
    question = "Our addresses, to which customers write (several with spaces)"
    addresses = _ask(question, _kind(Addresses), default=username if "@" in username else None)
    asked.given["mailboxes.main.addresses"] = list(addresses)


def _ask_relay(asked: Asked, *, renew: bool) -> None:
    _ask_server(asked, _SMTP)
    if username := _ask("Login name at the relay (empty: none)", _line, default=""):
        asked.given["smtp.username"] = username
        _ask_password(asked, _SMTP, renew=renew)
    own = asked.given["mailboxes.main.addresses"][0]
    asked.given["smtp.from"] = _ask("From of the answers (Name <address>)", _kind(Address), default=own)


def _ask_server(asked: Asked, server: _Server) -> None:
    """Ask for the host, the protection of the way to it, and the port."""
    host = _ask(server.question, _host, default=server.host)

    def protection(answer: str) -> Tls:
        tls = _word(Tls)(answer)
        if tls is Tls.NONE and not is_loopback(host):
            raise click.UsageError("Without TLS passwords and mail can be read on the way: only on this machine.")
        return tls

    tls = _ask(f"TLS: {', '.join(Tls)}", protection, default=server.usual_tls(host).value)
    port = _ask("Port", _port, default=str(server.ports[tls]))
    asked.given |= {f"{server.place}.host": host, f"{server.place}.tls": tls.value, f"{server.place}.port": port}


def _ask_password(asked: Asked, server: _Server, *, renew: bool) -> None:
    """Ask for a password, which nobody sees typed; it goes to a file of its own."""
    file = asked.folder / f"{server.place}.password"
    asked.given[f"{server.place}.password_file"] = str(file)
    if file.exists() and not renew:
        click.echo(f"The password of the {server.what} is in {file} already.")
        return
    question = f"Password of the {server.what} (empty: you put it into {file})"
    hidden = sys.stdin.isatty()  # else the terminal would be asked, and not what was piped in
    asked.secrets[file] = click.prompt(
        question, default="", show_default=False, hide_input=hidden, value_proc=_printable
    )


def _ask(question: str, read: Callable[[str], _Answer], *, default: str | None = None) -> _Answer:
    """Ask until `read` takes the answer; it raises click.UsageError with a sentence where it does not."""
    answer: _Answer = click.prompt(question, default=default, show_default=bool(default), value_proc=read)
    return answer


def _printable(answer: str) -> str:
    if not answer.isprintable():
        raise click.UsageError("There is a character in it that cannot be seen.")
    return answer


def _line(answer: str) -> str:
    return _printable(answer.strip())


def _host(answer: str) -> str:
    host = _line(answer)
    if not host or any(sign in host for sign in " /@"):
        raise click.UsageError(f"{host!r} is not the name or address of a server.")
    return host


def _port(answer: str) -> int:
    try:
        return TypeAdapter(Port).validate_python(_line(answer))
    except ValidationError:
        raise click.UsageError(f"{_line(answer)!r} is not a number from 1 to 65535.") from None


def _url(answer: str) -> str:
    url = _line(answer)
    if not any(url.startswith(start) and url != start for start in _URLS):
        raise click.UsageError("It is not like sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME.")
    return url


def _word(words: type[_Word]) -> Callable[[str], _Word]:
    """Take one of the words of an enumeration."""

    def read(answer: str) -> _Word:
        known = words.__members__.get(_line(answer).upper())
        if known is None:
            raise click.UsageError(f"{_line(answer)!r} is none of {', '.join(words)}.")
        return known

    return read


def _kind(kind: Any) -> Callable[[str], Any]:  # noqa: ANN401 -- an annotation of a setting
    """Take what a setting of this kind takes."""

    def read(answer: str) -> Any:  # noqa: ANN401
        try:
            return TypeAdapter(kind).validate_python(_line(answer))
        except ValidationError:
            raise click.UsageError(f"{_line(answer)!r} is not an e-mail address.") from None

    return read


def _usual_url(folder: Path) -> str:
    """A file next to the configuration, with its whole path, so that commands find it from any folder.

    Beside a configuration in /etc nothing is written at run time: there it is the folder that the unit makes.
    """
    place = _STATE if folder.is_relative_to(_SYSTEM) else folder
    return f"sqlite:///{place / 'mailreader.db'}"
