"""Every command tells what it does and shows an example; help starts at once."""

import subprocess
import sys
from pathlib import Path

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


HEAVY = {
    "apscheduler", "flufl.bounce", "imapclient", "mailparser", "openpyxl", "parsers.reading", "pydantic",
    "pydantic_settings", "rapidfuzz", "rich.table", "sqlalchemy", "sqlmodel", "structlog",
}  # fmt: skip


def imported_by(code: str, folder: Path) -> set[str]:
    """Return which of the heavy modules a program has imported at its end."""
    ends = f"{code}\nimport sys; print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", ends], cwd=folder, env=environment(), capture_output=True, text=True, check=True
    )
    return HEAVY & set(ended.stdout.split())


def test_help_does_not_wait_for_what_it_does_not_need(tmp_path: Path) -> None:
    """Settings, reading, the database and the network are imported by the commands that need them."""
    assert imported_by("import mailreader.cli", tmp_path) == set()


def test_listing_does_not_wait_for_the_daemon_and_the_reading(tmp_path: Path) -> None:
    """Only for the settings, the database and the log (which brings rich)."""
    code = (
        "from mailreader.cli.setup import Setup\nsetup = Setup(None)\n"
        "with setup.store(may_create=True) as store:\n    assert store.messages() == []"
    )
    waited = {"pydantic", "pydantic_settings", "rich.table", "sqlalchemy", "sqlmodel", "structlog"}
    assert imported_by(code, tmp_path) == waited
