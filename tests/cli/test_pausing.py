"""`pause` and `resume` from the shell."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_exit_codes import closed_port, servers
from tests.databases import ON_SQLITE

pytestmark = ON_SQLITE  # tests/store/test_pauses.py is about both

__all__ = ["closed_port", "servers"]


def test_mailbox_is_paused_and_resumed_and_the_trail_names_who(
    run: Run, servers: dict[str, str], tmp_path: Path
) -> None:
    """Each says what it did, also where there was nothing to do; the trail has only what was done."""
    run("db", "upgrade")
    told = [
        run(*command.split(), variables=servers).stdout
        for command in ("pause main --by anna", "pause main --by boris", "resume main --by boris", "resume main")
    ]
    assert told[0] == "main is paused; `mailreader resume main` ends that.\n"
    assert told[1].startswith("main was paused already, ")
    assert told[1].endswith(" by anna.\n")
    assert told[2].endswith(" by anna.\n")
    assert told[3] == "main was not paused.\n"
    with sqlite3.connect(tmp_path / "mailreader.db") as database:
        acts = database.execute("SELECT act, actor, message_id FROM audit ORDER BY id").fetchall()
    database.close()
    assert acts == [("pause", "anna", None), ("resume", "boris", None)]


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_unknown_mailbox_is_refused_with_the_ones_that_there_are(
    run: Run, servers: dict[str, str], command: str
) -> None:
    """A name typed wrong pauses nothing."""
    run("db", "upgrade")
    ended = run(command, "mian", variables=servers)
    assert (ended.returncode, ended.stderr) == (1, "There is no mailbox mian. The mailboxes are: main.\n")
    assert run(command, "main").stderr == "There is no mailbox main. The configuration has none.\n"


def test_check_warns_of_a_paused_mailbox(run: Run, servers: dict[str, str]) -> None:
    """With who did it and how it ends."""
    run("db", "upgrade")
    run("pause", "main", "--by", "anna", variables=servers)
    lines = run("check", variables=servers).stdout.splitlines()
    (line,) = [line for line in lines if "Paused since" in line]
    assert line.startswith("warning    mailbox main: Paused since ")
    assert line.endswith(" by anna: `mailreader resume main` ends that.")
