"""Each command that is there, typed once where there is something to work on, on each kind of database."""

from subprocess import CompletedProcess

import pytest
from click.testing import CliRunner

from mailreader.cli import main
from tests.cli.conftest import Run
from tests.cli.rows import ROWS, Typed, typed, where
from tests.cli.tree import every_command, every_leaf
from tests.databases import ON_POSTGRESQL, ON_SQLITE

__all__ = ["typed", "where"]


def test_every_command_has_a_row() -> None:
    """And every row a command."""
    assert sorted(ROWS) == sorted(every_leaf())


@ON_SQLITE
@pytest.mark.parametrize("command", ROWS)
def test_a_command_does_what_it_is_there_for(command: str, typed: Typed, start: Run) -> None:
    """The installed program does, as people start it."""
    check(command, start(*typed.arguments, variables=typed.variables))


@ON_POSTGRESQL
@pytest.mark.parametrize("command", [command for command, row in ROWS.items() if row.stored])
def test_a_command_does_the_same_on_postgresql(command: str, typed: Typed, run: Run) -> None:
    """Those that have to do with a database."""
    check(command, run(*typed.arguments, variables=typed.variables))


def check(command: str, ended: CompletedProcess[str]) -> None:
    """It ended with its exit code and said what it should, without colours where that is no terminal."""
    assert ended.returncode == ROWS[command].code, ended.stderr
    assert ROWS[command].shows in ended.stdout
    assert ROWS[command].tells in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "\x1b" not in ended.stdout + ended.stderr


@pytest.mark.parametrize("command", list(every_command()), ids=" ".join)
def test_an_option_that_is_not_there_is_wrong_usage(command: list[str]) -> None:
    """It ends with 2, and says how the command is used."""
    ended = CliRunner().invoke(main, [*command, "--no-such-option"], prog_name="mailreader")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr.startswith(" ".join(["Usage: mailreader", *command]))
