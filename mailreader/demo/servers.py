"""The servers of the demonstration, on loopback and free ports: pymap as the mailbox, aiosmtpd as everybody's inbox.

Both run in one event loop, in one thread. Nothing is looked up in the DNS and nothing is written to a disk.
"""

import asyncio
import email
import email.policy
import imaplib
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, Login
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from mailreader.demo.samples import Answer, bare_id

LOOPBACK: Final = "127.0.0.1"
_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 10.0
_APPEND_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Account:
    """The one user of the mailbox."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the servers listen, and who may log in to the mailbox."""

    imap_port: int
    smtp_port: int
    account: Account

    def append(self, raw: bytes, received: datetime) -> None:
        """Put a mail into the mailbox as if it had arrived at that instant (INTERNALDATE)."""
        with imaplib.IMAP4(LOOPBACK, self.imap_port, _APPEND_SECONDS) as client:
            client.login(self.account.username, self.account.password)
            kind, told = client.append("INBOX", "", imaplib.Time2Internaldate(received), raw)
            if kind != "OK":
                raise OSError(f"the mailbox did not take a mail: {told!r}")


@dataclass(frozen=True, slots=True)
class _Running:
    imap_port: int
    smtp_port: int
    loop: asyncio.AbstractEventLoop
    stop: asyncio.Event


@contextmanager
def running_servers(account: Account, taken: Callable[[Answer], None]) -> Iterator[Servers]:
    """Run both; `taken` is called, in the servers' thread, with every answer that arrives."""
    started: Future[_Running] = Future()
    thread = Thread(target=_run, args=(account, taken, started), name="servers", daemon=True)
    thread.start()
    running = started.result(_START_SECONDS)
    try:
        yield Servers(running.imap_port, running.smtp_port, account)
    finally:
        running.loop.call_soon_threadsafe(running.stop.set)
        thread.join(_STOP_SECONDS)


def _run(account: Account, taken: Callable[[Answer], None], started: "Future[_Running]") -> None:
    try:
        asyncio.run(_serve(account, taken, started))
    except BaseException as error:
        if started.done():
            raise
        started.set_exception(error)


async def _serve(account: Account, taken: Callable[[Answer], None], started: "Future[_Running]") -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    imap = await asyncio.start_server(await _imap_server(account), LOOPBACK, 0)
    sink = _Sink(taken)
    smtp = await loop.create_server(lambda: SMTP(sink, hostname="sink.example", loop=loop), LOOPBACK, 0)
    started.set_result(_Running(_port(imap), _port(smtp), loop, stop))
    await stop.wait()
    imap.close()
    smtp.close()


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


class _MailboxConfig(Config):
    """pymap's settings, with a greeting that does not ask the DNS for our name."""

    @property
    def greeting(self) -> bytes:
        return b"Server ready"


async def _imap_server(account: Account) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """Make a mailbox in memory with one user."""
    options = Namespace(
        host=LOOPBACK, port=0, debug=False, cert=None, key=None, tls=False, proxy_protocol=None, passlib_cfg=None,
        demo_data=False, demo_user=account.username, demo_password=account.password,
    )  # fmt: skip
    config = _MailboxConfig.from_args(options, hash_context=Cleartext(), cpu_subsystem=Subsystem.for_asyncio())
    config.apply_context()
    login = Login(config)
    await login.demo_user_identity.set(UserMetadata(config, account.username, password=account.password))
    return ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(login, config))


class _Sink:
    """Takes whatever comes."""

    def __init__(self, taken: Callable[[Answer], None]) -> None:
        self._taken = taken

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take one message; aiosmtpd looks this up by its name."""
        content = envelope.content
        self._taken(_answer(content if isinstance(content, bytes) else (content or "").encode()))
        return "250 2.0.0 Taken"


def _answer(content: bytes) -> Answer:
    message = email.message_from_bytes(content, policy=email.policy.default)
    body = message.get_body(("plain",))
    return Answer(
        message_id=bare_id(str(message["Message-ID"] or "")),
        in_reply_to=bare_id(str(message["In-Reply-To"] or "")),
        subject=str(message["Subject"] or ""),
        text=str(body.get_content()) if body else "",
    )
