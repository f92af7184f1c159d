"""Secrets: a canary in each of them, and no server, fault, command or child of ours tells it."""

import base64
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from mailreader.mailbox import Mailbox, MailboxFault
from mailreader.outbox import Outbox, Relay
from tests.autoreply.desk import BEGUN
from tests.outbox.replies import OutgoingRow
from tests.servers.certificate import Certificate
from tests.servers.scripted_imap import CLOSE, scripted_imap
from tests.servers.smtp_sink import SmtpSink, Stage

CANARY: Final = 'canary"7\\horse'
QUOTED: Final = '"canary\\"7\\\\horse"'
UNIT: Final = Path(__file__).parents[2] / "systemd" / "mailreader.service"


def encoded(text: str) -> str:
    """As dialogues of login send it."""
    return base64.b64encode(text.encode()).decode()


SENT: Final = (CANARY, QUOTED, encoded(f"\0user\0{CANARY}"), encoded(CANARY))
ANSWERS: Final = (
    b"{tag} NO %s\r\n",
    b"{tag} NO [UNAVAILABLE] %s\r\n",
    b"{tag} BAD what: %s\r\n",
    b"{tag} %s\r\n",
    b"* BYE %s\r\n" + CLOSE,
    b"* NO [ALERT] %s\r\n{tag} NO no\r\n",
    b"* %s\r\n{tag} NO no\r\n",
    b"%s\r\n" + CLOSE,
    b"+ %s\r\n" + CLOSE,
    b"x %s\r\n" + CLOSE,
)


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("capabilities", [b"IMAP4rev1 AUTH=PLAIN", b"IMAP4rev1"])
def test_mail_server_that_repeats_the_password_is_not_quoted(answer: bytes, capabilities: bytes) -> None:
    """Refused, broken off or against the protocol: neither the sentence nor the traceback has it, in no form."""
    for sent in SENT:
        script = ((r"AUTHENTICATE|LOGIN", answer.replace(b"%s", sent.encode())),)
        with (
            scripted_imap(*script, capabilities=capabilities) as server,
            Mailbox(server.access(password=CANARY, timeout_seconds=1.0)) as mailbox,
            pytest.raises(MailboxFault) as fault,
        ):
            mailbox.connect()
        told = f"{mailbox.access!r} {fault.value.message} {''.join(traceback.format_exception(fault.value))}"
        assert [form for form in SENT if form in told] == []


@pytest.mark.parametrize("sent", [CANARY, encoded(f"\0pokazaniya\0{CANARY}"), encoded(CANARY)])
def test_relay_that_repeats_the_password_is_not_quoted(
    sent: str, smtp_sink_tls: SmtpSink, certificate: Certificate
) -> None:
    """Neither at the reply, where operators see it, nor when the relay is tried."""
    relay = Relay("localhost", smtp_sink_tls.port, username="pokazaniya", password=CANARY, cafile=certificate.chain)
    smtp_sink_tls.fail(Stage.AUTH, f"535 5.7.8 {sent}", times=None)
    with Outbox(relay) as outbox:
        result = outbox.deliver(OutgoingRow(), now=BEGUN)
        with pytest.raises(Exception, match="not shown") as fault:
            outbox.probe()
    assert sent not in f"{relay!r} {result} {''.join(traceback.format_exception(fault.value))}"


@pytest.fixture
def servers() -> Iterator[dict[str, str]]:
    """Settings with a canary in each password, and a mail server that repeats it."""
    with scripted_imap((r"AUTHENTICATE", b"{tag} NO %s\r\n" % encoded(f"\0user\0{CANARY}").encode())) as server:
        yield {
            "MAILREADER_MAILBOXES__MAIN__HOST": "127.0.0.1",
            "MAILREADER_MAILBOXES__MAIN__PORT": str(server.port),
            "MAILREADER_MAILBOXES__MAIN__TLS": "none",
            "MAILREADER_MAILBOXES__MAIN__USERNAME": "user",
            "MAILREADER_MAILBOXES__MAIN__PASSWORD": CANARY,
            "MAILREADER_MAILBOXES__MAIN__ADDRESSES": "us@energo.example",
            "MAILREADER_SMTP__HOST": "127.0.0.1",
            "MAILREADER_SMTP__PORT": str(server.port),
            "MAILREADER_SMTP__TLS": "none",
            "MAILREADER_SMTP__USERNAME": "user",
            "MAILREADER_SMTP__PASSWORD": CANARY,
            "MAILREADER_SMTP__FROM": "us@energo.example",
        }


def run(folder: Path, variables: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start the program as people do."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAILREADER_")}
    command = [sys.executable, "-m", "mailreader", *arguments]
    return subprocess.run(
        command, cwd=folder, env=kept | dict(variables), capture_output=True, text=True, check=False, timeout=60
    )


def test_commands_tell_no_password(servers: dict[str, str], tmp_path: Path) -> None:
    """For people, as JSON and in the log, when every server refuses."""
    run(tmp_path, servers, "db", "upgrade")
    for arguments in (["check"], ["check", "--json"], ["run", "--once"]):
        ended = run(tmp_path, servers, *arguments)
        assert ended.returncode in {1, 75}
        assert "127.0.0.1" in ended.stdout + ended.stderr
        assert [form for form in SENT if form in ended.stdout + ended.stderr] == []
        assert "canary" not in ended.stdout + ended.stderr


ADDRESSES: Final = (
    "postgresql+psycopg://user:canary@127.0.0.1:1/readings",
    "postgresql+psycopg://user:canary@[half/readings",
    "mysql://user:canary@127.0.0.1/readings",
    "canary",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_fault_of_the_database_s_address_tells_its_password(address: str, tmp_path: Path) -> None:
    """A server that is away, a URL that is none, another kind of database."""
    ended = run(tmp_path, {"MAILREADER_DATABASE__URL": address}, "messages", "list", "--json")
    assert ended.returncode in {75, 78}
    assert ended.stderr
    assert "canary" not in ended.stdout + ended.stderr


def test_a_service_that_dies_leaves_no_memory_behind() -> None:
    """What was in it would hold the passwords: no core files, of the daemon or of what reads for it."""
    assert "\nLimitCORE=0\n" in UNIT.read_text(encoding="utf-8")
