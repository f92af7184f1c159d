"""A schema of another version: whatever would work with the database refuses it, and says what to do."""

from pathlib import Path

import pytest
from sqlalchemy import text

from mailreader.store.engine import connect
from tests.cli.conftest import CORPUS, Run
from tests.cli.test_exit_codes import closed_port, servers

__all__ = ["closed_port", "servers"]

COMMANDS = (["run"], ["run", "--once"], ["ingest", str(CORPUS / "mail" / "d009.eml")], ["rescan"])


def be_at(url: str, revision: str) -> None:
    """Have a database say that it is at a revision."""
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: Path(words[-1]).name)
@pytest.mark.parametrize(
    ("revision", "says"),
    [
        ("0001", "The database is at the older schema 0001: run `mailreader db upgrade`."),
        ("9999", "The database has the schema 9999, which this version does not know: install the newer mailreader"),
    ],
)
def test_schema_of_another_version_is_refused_with_78(
    run: Run, servers: dict[str, str], database: str, command: list[str], revision: str, says: str
) -> None:
    """One sentence; no server was asked for anything, and nothing was written."""
    be_at(database, revision)
    ended = run(*command, variables=servers | {"MAILREADER_DATABASE__URL": database})
    assert (ended.returncode, ended.stderr.count("\n")) == (78, 1), ended.stderr
    assert ended.stderr.startswith(says)
    assert ended.stdout == ""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: Path(words[-1]).name)
def test_database_without_tables_is_refused_or_made(
    run: Run, servers: dict[str, str], empty_database: str, command: list[str]
) -> None:
    """The daemon makes none; `ingest` makes the file of SQLite, and says so."""
    ended = run(*command, variables=servers | {"MAILREADER_DATABASE__URL": empty_database})
    if command[0] == "ingest" and empty_database.startswith("sqlite"):
        assert (ended.returncode, "is new; its tables were made" in ended.stderr) == (0, True)
    else:
        assert (ended.returncode, "run `mailreader db upgrade`" in ended.stderr) == (78, True)
