"""A real Dovecot on loopback, in a folder of its own, as root or as an ordinary user.

Any user name is let in with the password `secret`, so every test has a mailbox of its own by choosing a name;
`WITH_PASSWORDS` are users with harder passwords.
"""

import contextlib
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest
from imapclient import IMAPClient

from mailreader.mailbox import MailboxAccess, Tls
from tests.servers.availability import not_run
from tests.servers.certificate import Certificate

PASSWORD: Final = "secret"
WITH_PASSWORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cyrillic": "пароль показаний",
        "punctuation": 'a "b\\c} %',
    }
)
_STARTS_WITHIN_TRIES: Final = 200
_CONFIGURATION: Final = """
base_dir = {folder}/run
log_path = {folder}/log
listen = 127.0.0.1
protocols = imap
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
service anvil {{
  chroot =
  # A wrong password in one test must not slow down the logins of the next.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
ssl = yes
ssl_cert = <{certificate.chain}
ssl_key = <{certificate.key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/passwords
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_uid} gid={mail_gid} home={folder}/mail/%u
}}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
}}
{more}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running server: `port` for plain text and STARTTLS, `tls_port` for implicit TLS."""

    folder: Path
    port: int
    tls_port: int
    certificate: Certificate

    def access(self, user: str, **changes: object) -> MailboxAccess:
        """What our program reaches a user's mailbox with; over plain text unless `changes` say otherwise."""
        plain = {"host": "127.0.0.1", "port": self.port, "tls": Tls.NONE, "password": PASSWORD, "timeout_seconds": 10.0}
        return MailboxAccess(**{"name": "main", "username": user, **plain, **changes})  # type: ignore[arg-type]

    def mailbox_folder(self, user: str) -> Path:
        """Where the user's Maildir is."""
        return self.folder / "mail" / user / "Maildir"

    @contextmanager
    def client(self, user: str, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """A second client, as a person at the same mailbox would have it."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10) as client:
            client.login(user, PASSWORD)
            client.select_folder(folder)
            yield client

    def deliver(self, user: str, *messages: bytes, folder: str = "INBOX", received: datetime | None = None) -> None:
        """Put messages into a folder; `received` becomes their INTERNALDATE."""
        with self.client(user) as client:
            for message in messages:
                client.append(folder, message, msg_time=received)

    def uids(self, user: str, folder: str = "INBOX") -> list[int]:
        """The UIDs that the folder holds."""
        with self.client(user, folder) as client:
            return list(client.search("ALL"))


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def _accounts() -> dict[str, str | int]:
    """Who runs what: root leaves the mail to `nobody`; an ordinary user runs everything."""
    if os.geteuid() == 0:
        mail = pwd.getpwnam("nobody")
        names = {"internal": "dovecot", "internal_group": "dovecot", "login": "dovenull"}
    else:
        mail = pwd.getpwuid(os.geteuid())
        group = grp.getgrgid(mail.pw_gid).gr_name
        names = {"internal": mail.pw_name, "internal_group": group, "login": mail.pw_name}
    return {**names, "mail_uid": mail.pw_uid, "mail_gid": mail.pw_gid}


def _program() -> str:
    found = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        not_run("dovecot", "apt-get install dovecot-imapd")
    return found


def _prepare(folder: Path, certificate: Certificate, ports: Sequence[int], settings: Mapping[str, str]) -> Path:
    accounts = _accounts()
    folder.chmod(0o755)
    (folder / "mail").mkdir()
    os.chown(folder / "mail", int(accounts["mail_uid"]), int(accounts["mail_gid"]))
    users = "".join(f"{user}:{{PLAIN}}{password}\n" for user, password in WITH_PASSWORDS.items())
    (folder / "passwords").write_text(users, encoding="utf-8")
    written = folder / "dovecot.conf"
    facts = {"prefix": "", "separator": "/", "more": "", **settings}
    written.write_text(
        _CONFIGURATION.format(
            folder=folder,
            certificate=certificate,
            password=PASSWORD,
            port=ports[0],
            tls_port=ports[1],
            **accounts,
            **facts,
        ),
        encoding="utf-8",
    )
    return written


def _wait_until_it_listens(process: subprocess.Popen[bytes], server: Dovecot) -> None:
    for _ in range(_STARTS_WITHIN_TRIES):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 5) as connection:
            if connection.recv(100).startswith(b"* OK"):
                return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            break
    log = server.folder / "log"
    said = (process.stderr.read().decode() if process.poll() is not None and process.stderr else "") + (
        log.read_text() if log.exists() else ""
    )
    message = f"Dovecot does not start: {said}"
    raise RuntimeError(message)


@contextmanager
def running_dovecot(certificate: Certificate, **settings: str) -> Iterator[Dovecot]:
    """Run a server; `settings` are `prefix` and `separator` of its namespace and `more` lines of configuration."""
    program = _program()
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as name:
        ports = _free_ports(2)
        server = Dovecot(Path(name), ports[0], ports[1], certificate)
        written = _prepare(server.folder, certificate, ports, settings)
        with subprocess.Popen([program, "-F", "-c", str(written)], stderr=subprocess.PIPE) as process:
            try:
                _wait_until_it_listens(process, server)
                yield server
            finally:
                process.terminate()
                process.wait(10)


@pytest.fixture(scope="session")
def dovecot(certificate: Certificate) -> Iterator[Dovecot]:
    """One server with all that Dovecot can do."""
    with running_dovecot(certificate) as server:
        yield server


@pytest.fixture
def user() -> str:
    """A user whom no other test has: a mailbox that is empty."""
    return f"user-{uuid.uuid4().hex[:12]}"
