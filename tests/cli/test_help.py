"""Every command tells what it does and shows an example; help starts at once."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from mailreader.cli import main
from tests.cli.conftest import environment
from tests.cli.tree import every_command, every_group, every_leaf, every_parameter, has_json, help_of


@pytest.mark.parametrize("names", list(every_command()), ids=" ".join)
def test_help_of_a_command_shows_an_example(names: list[str]) -> None:
    """That begins with the command itself."""
    ended = CliRunner().invoke(main, [*names, "--help"], terminal_width=200)
    assert ended.exit_code == 0
    _, example = ended.output.split("Example:")
    assert f"  mailreader {' '.join(names)}".rstrip() in example


@pytest.mark.parametrize("names", every_group(), ids=" ".join)
def test_no_line_of_a_list_of_commands_is_cut_off(names: list[str]) -> None:
    """Not on a terminal of the usual width."""
    listed = CliRunner().invoke(main, [*names, "--help"], terminal_width=80).output.partition("Commands:")[2]
    assert "..." not in listed


def test_every_argument_and_option_says_what_it_is() -> None:
    """The manual has a line for each."""
    assert [(command, one.name) for command, one in every_parameter() if not getattr(one, "help", None)] == []


def test_whatever_lists_or_shows_something_takes_json() -> None:
    """A script can read what people can."""
    listing = [command for command in every_leaf() if (help_of(command) or "").startswith(("List ", "Show "))]
    assert {"messages list", "queue show"} <= set(listing)
    assert [command for command in listing if not has_json(command)] == []


@pytest.mark.parametrize("heavy", ["sqlmodel", "sqlalchemy", "imapclient", "apscheduler", "rich.table"])
def test_help_does_not_wait_for_what_it_does_not_need(heavy: str) -> None:
    """The database and the network are imported by the commands that need them."""
    code = f"import sys, mailreader.cli; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=environment(), check=False).returncode == 0
