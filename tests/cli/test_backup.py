"""A backup from the shell: never over anything, and whole or not at all."""

import resource
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.cli.conftest import COMMAND, CORPUS, Lines, Run, environment
from tests.databases import ON_SQLITE

pytestmark = ON_SQLITE


@pytest.fixture(autouse=True)
def _imported(tmp_path: Path, registered_database: str) -> None:
    shutil.copyfile(make_url(registered_database).database or "", tmp_path / "mailreader.db")


def test_restored_backup_is_worked_with_like_the_database(run: Run, lines: Lines) -> None:
    """It is a database of its own: `database.url` names it, and the program goes on."""
    ended = run("db", "backup", "copy.db")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr.startswith("The database was written to copy.db (")
    copy = {"MAILREADER_DATABASE__URL": "sqlite:///copy.db"}
    assert lines("register", "import", CORPUS / "register.csv", "--json", variables=copy)[0]["unchanged"] == 100


def test_file_that_is_there_is_replaced_only_by_force(run: Run, tmp_path: Path) -> None:
    """The database itself is never."""
    (tmp_path / "copy.db").write_text("mine", encoding="utf-8")
    ended = run("db", "backup", "copy.db")
    assert ended.returncode == 1
    assert ended.stderr == "copy.db is there already: give another file, or --force to replace it.\n"
    assert (tmp_path / "copy.db").read_text(encoding="utf-8") == "mine"
    assert run("db", "backup", "copy.db", "--force").returncode == 0
    (tmp_path / "link.db").symlink_to("mailreader.db")
    for name in ("mailreader.db", "link.db", "mailreader.db-wal"):
        assert run("db", "backup", name, "--force").stderr == f"{name} is the database itself: give another file.\n"
    assert run("db", "backup", "nowhere/copy.db").stderr == "There is no folder nowhere.\n"


def test_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    """The part that was written is removed."""
    ended = subprocess.run(
        [*COMMAND, "db", "backup", "copy.db"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(b"The backup could not be written: ")
    assert [path.name for path in tmp_path.iterdir()] == ["mailreader.db"]


def test_missing_database_is_told(run: Run) -> None:
    """With what to do."""
    ended = run("db", "backup", "copy.db", variables={"MAILREADER_DATABASE__URL": "sqlite:///none.db"})
    assert ended.returncode == 1
    assert ended.stderr == "There is no database at none.db yet: run `mailreader db upgrade`.\n"
