"""An SMTP server on loopback that keeps what it is sent, and fails at the stage that a test asks for."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.certificate import Certificate


class Stage(StrEnum):
    """Where in the dialogue a failure is asked for; DATA is the answer to the command, DOT the one to the content."""

    EHLO = "ehlo"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


DISCONNECT = "disconnect"
"""In place of an answer: close the connection without a word. At DOT the message is taken all the same."""
HANG = "hang"
"""In place of an answer: say nothing until the client goes away. At DOT the message is taken all the same."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message that reached its final dot; `answer` is what the client was told, if anything.

    `mail_from` is empty for the null return path; `content` is what was sent, dots unstuffed, line ends untouched.
    """

    mail_from: str
    rcpt_tos: tuple[str, ...]
    content: bytes
    tls: bool
    login: str | None
    answer: str

    @property
    def accepted(self) -> bool:
        """Whether the client was told that the message was taken."""
        return self.answer.startswith("250")


@dataclass(slots=True)
class _Fault:
    answer: str
    times: int | None


@dataclass
class SmtpSink:
    """What a test sees of the server; every method may be called from any thread."""

    host: str = "127.0.0.1"
    port: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _received: list[Received] = field(default_factory=list)
    _connections: int = 0
    _faults: dict[tuple[Stage, str | None], _Fault] = field(default_factory=dict)

    def fail(self, stage: Stage, answer: str, *, times: int | None = 1, address: str | None = None) -> None:
        """Answer with `answer` (`"451 4.3.0 Later"`, DISCONNECT or HANG) the next `times` times (None: for ever).

        `address` narrows a failure at RCPT to one recipient.
        """
        with self._changed:
            self._faults[stage, address] = _Fault(answer, times)

    def heal(self) -> None:
        """Forget every failure that was asked for."""
        with self._changed:
            self._faults.clear()

    @property
    def received(self) -> tuple[Received, ...]:
        """Every message that reached its final dot, whatever the client was told, in order."""
        with self._changed:
            return tuple(self._received)

    @property
    def accepted(self) -> tuple[Received, ...]:
        """The messages that were taken with a 250, in order."""
        return tuple(message for message in self.received if message.accepted)

    @property
    def connections(self) -> int:
        """How many clients have said EHLO or HELO."""
        with self._changed:
            return self._connections

    def wait_for(self, count: int, timeout: float = 10.0) -> tuple[Received, ...]:
        """Wait until `count` messages have reached their dot; AssertionError after `timeout` seconds without."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._received) >= count, timeout):
                message = f"{len(self._received)} of {count} messages came within {timeout} s"
                raise AssertionError(message)
            return tuple(self._received)

    def clear(self) -> None:
        """Forget the messages received so far."""
        with self._changed:
            self._received.clear()

    def _greeted(self) -> None:
        with self._changed:
            self._connections += 1

    def _take(self, message: Received) -> None:
        with self._changed:
            self._received.append(message)
            self._changed.notify_all()

    def _fault(self, stage: Stage, address: str | None = None) -> str | None:
        with self._changed:
            key = (stage, address) if (stage, address) in self._faults else (stage, None)
            fault = self._faults.get(key)
            if fault is None:
                return None
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    del self._faults[key]
            return fault.answer


async def _say_nothing(server: SMTP, answer: str) -> None:
    """Drop the connection or wait for the client to go; either way the dialogue ends here, by cancellation."""
    if answer == DISCONNECT and server.transport is not None:
        server.transport.abort()  # type: ignore[attr-defined]
    await asyncio.get_running_loop().create_future()


class _Handler:
    """The hooks of aiosmtpd; each looks first whether the test asked for a failure."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def _asked(self, server: SMTP, stage: Stage, address: str | None = None) -> str | None:
        answer = self._sink._fault(stage, address)
        if answer in {DISCONNECT, HANG}:
            await _say_nothing(server, answer)
        return answer

    async def handle_EHLO(  # noqa: N802 - aiosmtpd looks hooks up by this name
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self._sink._greeted()
        answer = await self._asked(server, Stage.EHLO)
        if answer is not None:
            return [answer]
        session.host_name = hostname
        return responses

    async def handle_AUTH(  # noqa: N802
        self, server: SMTP, _session: Session, _envelope: Envelope, _args: list[str]
    ) -> object:
        return await self._asked(server, Stage.AUTH) or MISSING

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._asked(server, Stage.MAIL)
        if answer is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._asked(server, Stage.RCPT, address)
        if answer is None:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer or "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self._sink._fault(Stage.DOT) or "250 2.0.0 Taken"
        who: object = session.auth_data
        self._sink._take(
            Received(
                mail_from=(envelope.mail_from or "").removeprefix("<>"),
                rcpt_tos=tuple(envelope.rcpt_tos),
                content=bytes(envelope.original_content or b""),
                tls=session.ssl is not None,
                login=who.login.decode() if isinstance(who, LoginPassword) else None,
                answer=answer,
            )
        )
        if answer in {DISCONNECT, HANG}:
            await _say_nothing(server, answer)
        return answer


class _Server(SMTP):
    """The SMTP dialogue with one more place to fail: the answer to the DATA command."""

    def __init__(self, sink: SmtpSink, **options: Any) -> None:  # noqa: ANN401 - the options of aiosmtpd
        super().__init__(_Handler(sink), **options)
        self._sink = sink

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        answer = self._sink._fault(Stage.DATA)
        if answer is None:
            await super().smtp_DATA(arg)
        elif answer in {DISCONNECT, HANG}:
            await _say_nothing(self, answer)
        else:
            await self.push(answer)


class _Controller(Controller):
    """Listens on a port that the system chooses."""

    def __init__(self, factory: Callable[[], SMTP], sink: SmtpSink) -> None:
        super().__init__(handler=None, hostname=sink.host, port=0)
        self._make = factory

    def factory(self) -> SMTP:
        return self._make()

    def _trigger_server(self) -> None:
        if isinstance(self.server, asyncio.Server):
            self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def running_sink(
    certificate: Certificate | None = None, *, users: Mapping[str, str] | None = None
) -> Iterator[SmtpSink]:
    """Run a sink: with a certificate it offers STARTTLS; with `users` (name to password) it insists on AUTH.

    AUTH is only offered under TLS: a client that was robbed of STARTTLS finds no way to send its password.
    """
    sink = SmtpSink()

    def authenticate(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        known = users or {}
        right = isinstance(data, LoginPassword) and known.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=right, handled=False, auth_data=data)

    options: dict[str, Any] = {"hostname": "sink.example", "timeout": 60}
    if users is not None:
        options |= {"authenticator": authenticate, "auth_required": True}
    if certificate is not None:
        options["tls_context"] = certificate.server_context()
    controller = _Controller(partial(_Server, sink, **options), sink)
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop()


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """Run a sink without TLS and without AUTH."""
    with running_sink() as sink:
        yield sink


@pytest.fixture
def smtp_sink_tls(certificate: Certificate) -> Iterator[SmtpSink]:
    """Run a sink that offers STARTTLS and wants AUTH: user `pokazaniya`, password `correct horse`."""
    with running_sink(certificate, users={"pokazaniya": "correct horse"}) as sink:
        yield sink
