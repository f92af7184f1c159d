"""The exit code says what kind of fault it was, and standard error what to do; there is never a traceback."""

import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import CORPUS, Run
from tests.databases import ON_SQLITE
from tests.servers.certificate import Certificate
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Give a port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def servers(closed_port: int) -> dict[str, str]:
    """Give settings of servers that are down."""
    return {
        "MAILREADER_MAILBOXES__MAIN__HOST": "127.0.0.1",
        "MAILREADER_MAILBOXES__MAIN__PORT": str(closed_port),
        "MAILREADER_MAILBOXES__MAIN__TLS": "none",
        "MAILREADER_MAILBOXES__MAIN__USERNAME": "x",
        "MAILREADER_MAILBOXES__MAIN__PASSWORD": "hush",
        "MAILREADER_MAILBOXES__MAIN__ADDRESSES": "pokazaniya@energo.example",
        "MAILREADER_SMTP__HOST": "127.0.0.1",
        "MAILREADER_SMTP__PORT": str(closed_port),
        "MAILREADER_SMTP__TLS": "none",
        "MAILREADER_SMTP__FROM": "pokazaniya@energo.example",
    }


@ON_SQLITE
@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["ingest"], ["ingest", "nowhere.eml"], ["messages", "list", "--outcome", "x"], ["queue", "show"]],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(start: Run, arguments: list[str]) -> None:
    """And says how it is used."""
    ended = start(*arguments)
    assert (ended.returncode, ended.stderr.startswith("Usage: ")) == (2, True)


@ON_SQLITE
def test_every_error_of_the_configuration_is_named_at_once(start: Run, tmp_path: Path) -> None:
    """Each with its key; 78."""
    (tmp_path / "mailreader.toml").write_text(
        '[window]\nfirst_day = 32\n[answers]\nenabld = true\n[smtp]\nhost = "x"\n'
    )
    ended = start("messages", "list")
    assert ended.returncode == 78
    assert [line.partition(":")[0] for line in ended.stderr.splitlines()] == [
        "smtp.from", "window.first_day", "answers.enabld",
    ]  # fmt: skip


@ON_SQLITE
def test_no_mailbox_has_the_name_of_mail_in_files(start: Run, servers: dict[str, str]) -> None:
    """It would be taken for what `ingest` brings."""
    named = {name.replace("__MAIN__", "__FILE__"): value for name, value in servers.items()}
    ended = start("messages", "list", variables=named)
    assert (ended.returncode, ended.stderr.partition(" ")[0]) == (78, "mailboxes.file:")


@ON_SQLITE
@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:///mailreader.db", "run `mailreader db upgrade`"),
        ("sqlite:///nowhere/mailreader.db", "there is no folder nowhere"),
        ("sqlite:///foreign.db", "is not a database of SQLite"),
        ("nonsense", "database.url"),
        ("nonsense://x", "database.url"),
    ],
)
def test_a_database_that_cannot_be_used_ends_with_78(start: Run, tmp_path: Path, url: str, says: str) -> None:
    """And nothing is left behind where there was none."""
    (tmp_path / "foreign.db").write_text("a shopping list, of some length and of no other interest whatever")
    ended = start("messages", "list", variables={"MAILREADER_DATABASE__URL": url})
    assert (ended.returncode, len(ended.stderr.splitlines())) == (78, 1)
    assert says in ended.stderr
    assert not (tmp_path / "mailreader.db").exists()


@ON_SQLITE
def test_a_database_of_another_version_ends_with_78(start: Run, run: Run, tmp_path: Path) -> None:
    """It is not touched."""
    run("db", "upgrade")
    with sqlite3.connect(tmp_path / "mailreader.db") as database:
        database.execute("UPDATE alembic_version SET version_num = 'r9999'")
    database.close()
    for command in (["ingest", CORPUS / "mail" / "d001.eml"], ["db", "upgrade"]):
        ended = start(*command)
        assert (ended.returncode, len(ended.stderr.splitlines())) == (78, 1)
        assert "r9999" in ended.stderr


@ON_SQLITE
def test_the_daemon_without_servers_in_the_configuration_ends_with_78(start: Run, run: Run) -> None:
    """Both are named."""
    run("db", "upgrade")
    ended = start("run")
    assert (ended.returncode, [line.partition(":")[0] for line in ended.stderr.splitlines()]) == (
        78, ["smtp", "mailboxes"],
    )  # fmt: skip


@ON_SQLITE
def test_a_mailbox_that_is_down_ends_one_round_with_75(start: Run, run: Run, servers: dict[str, str]) -> None:
    """It may work the next time."""
    run("db", "upgrade")
    ended = start("run", "--once", variables=servers)
    assert ended.returncode == 75
    assert "connecting" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_check_tells_everything_with_what_to_do(start: Run, run: Run, servers: dict[str, str]) -> None:
    """A line each; servers that are down are a temporary fault; no secret is told."""
    run("db", "upgrade")
    ended = start("check", variables=servers)
    assert ended.returncode == 75
    for part in ("time zone data", "configuration", "clock", "database", "register", "mailbox main", "relay"):
        assert f"  {part}" in ended.stdout
    assert "hush" not in ended.stdout + ended.stderr
    assert ended.stderr == ""


@ON_SQLITE
def test_check_says_what_is_wrong_with_the_login_at_the_relay(
    start: Run, servers: dict[str, str], certificate: Certificate, smtp_sink_tls: SmtpSink
) -> None:
    """Waiting does not mend a wrong password, nor a certificate that is not trusted."""
    trusted = servers | {
        "MAILREADER_SMTP__PORT": str(smtp_sink_tls.port),
        "MAILREADER_SMTP__TLS": "starttls",
        "MAILREADER_SMTP__CAFILE": str(certificate.chain),
        "MAILREADER_SMTP__USERNAME": "pokazaniya",
        "MAILREADER_SMTP__PASSWORD": "wrong horse",
    }
    distrusted = {name: value for name, value in trusted.items() if name != "MAILREADER_SMTP__CAFILE"}
    for variables, named in ((trusted, "`smtp.username`"), (distrusted, "`smtp.cafile`")):
        [line] = [line for line in start("check", variables=variables).stdout.splitlines() if "  relay: " in line]
        assert (line.partition(" ")[0], named in line) == ("error", True)


@ON_SQLITE
def test_check_of_a_bad_configuration_ends_with_78(start: Run) -> None:
    """As JSON too, with every error."""
    ended = start("check", "--json", variables={"MAILREADER_WINDOW__FIRST_DAY": "0", "MAILREADER_NONSENSE": "1"})
    assert ended.returncode == 78
    assert ended.stdout.count('"level": "configuration"') == 2


@ON_SQLITE
def test_db_upgrade_makes_the_database_once(start: Run, tmp_path: Path) -> None:
    """The second time nothing happens."""
    assert start("db", "upgrade").returncode == 0
    before = (tmp_path / "mailreader.db").read_bytes()
    assert start("db", "upgrade").returncode == 0
    assert (tmp_path / "mailreader.db").read_bytes() == before
