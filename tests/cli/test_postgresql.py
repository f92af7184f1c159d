"""The program on PostgreSQL, as a person at the terminal meets it."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import CORPUS, Run
from tests.databases import ON_POSTGRESQL
from tests.servers.postgresql import PASSWORD, Postgresql

pytestmark = ON_POSTGRESQL


def told(ended: subprocess.CompletedProcess[str]) -> str:
    """The one line that a person is told; no part of the password is in it."""
    assert ended.stderr.count("\n") == 1, ended.stderr
    for secret in (PASSWORD, "s3cret", "wrong horse"):
        assert secret not in ended.stdout + ended.stderr
    return ended.stderr


def test_tables_are_made_once_and_only_when_asked_for(start: Run, empty_database: str) -> None:
    """A command that needs them says how they are made; the second time nothing happens."""
    there = {"MAILREADER_DATABASE__URL": empty_database}
    before = start("register", "import", CORPUS / "register.csv", variables=there)
    assert (before.returncode, "run `mailreader db upgrade`" in told(before)) == (78, True)
    for _ in range(2):
        assert start("db", "upgrade", variables=there).stdout == "The database is up to date.\n"
    assert start("messages", "list", "--json", variables=there).returncode == 0


@pytest.mark.parametrize("command", [["messages", "list"], ["db", "upgrade"]], ids=" ".join)
def test_server_that_is_down_ends_with_75(start: Run, tmp_path: Path, command: list[str]) -> None:
    """It may be there the next time."""
    url = f"postgresql+psycopg://mailreader:s3cret@/mail?host={tmp_path}"
    ended = start(*command, variables={"MAILREADER_DATABASE__URL": url})
    assert (ended.returncode, "cannot be worked with" in told(ended)) == (75, True)


def test_wrong_password_is_told_without_it(start: Run, postgresql: Postgresql) -> None:
    """With the name of the role."""
    url = postgresql.url("postgres", password="wrong horse")
    ended = start("messages", "list", variables={"MAILREADER_DATABASE__URL": url})
    assert (ended.returncode, 'failed for user "mailreader"' in told(ended)) == (75, True)


def test_database_that_does_not_exist_is_named(start: Run, postgresql: Postgresql) -> None:
    """`db upgrade` makes tables, and no database."""
    ended = start("db", "upgrade", variables={"MAILREADER_DATABASE__URL": postgresql.url("nowhere")})
    assert (ended.returncode, 'database "nowhere" does not exist' in told(ended)) == (75, True)
