"""Every command tells what it does and shows an example; help starts at once."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from click import Command, Group
from click.testing import CliRunner

from mailreader.cli import main
from tests.cli.conftest import environment


def every_command(command: Command = main, *names: str) -> Iterator[list[str]]:
    """Yield the words of every command and group."""
    yield list(names)
    if isinstance(command, Group):
        for name, below in command.commands.items():
            yield from every_command(below, *names, name)


@pytest.mark.parametrize("names", list(every_command()), ids=" ".join)
def test_help_of_a_command_shows_an_example(names: list[str]) -> None:
    """That begins with the command itself."""
    ended = CliRunner().invoke(main, [*names, "--help"], terminal_width=200)
    assert ended.exit_code == 0
    _, example = ended.output.split("Example:")
    assert f"  mailreader {' '.join(names)}".rstrip() in example


@pytest.mark.parametrize("names", [names for names in every_command() if len(names) < 2], ids=" ".join)
def test_no_line_of_a_list_of_commands_is_cut_off(names: list[str]) -> None:
    """Not on a terminal of the usual width."""
    listed = CliRunner().invoke(main, [*names, "--help"], terminal_width=80).output.partition("Commands:")[2]
    assert "..." not in listed


@pytest.mark.parametrize("heavy", ["sqlmodel", "sqlalchemy", "imapclient", "apscheduler", "rich.table"])
def test_help_does_not_wait_for_what_it_does_not_need(heavy: str) -> None:
    """The database and the network are imported by the commands that need them."""
    code = f"import sys, mailreader.cli; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=environment(), check=False).returncode == 0
