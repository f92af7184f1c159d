"""What each command writes for scripts, and to a terminal."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.cli.conftest import Run, objects
from tests.cli.forks import Forks
from tests.cli.rows import ROWS, Typed, typed, where
from tests.cli.terminal import seen_on_a_terminal
from tests.cli.tree import has_json
from tests.databases import ON_SQLITE

__all__ = ["typed", "where"]

pytestmark = ON_SQLITE  # test_every_command is where each runs on both

COLOUR: Final = re.compile(r"\x1b\[[\d;]*m")


@pytest.mark.parametrize("command", [command for command in ROWS if has_json(command)])
def test_with_json_standard_output_has_objects_and_nothing_else(command: str, typed: Typed, run: Run) -> None:
    """One a line."""
    ended = run(*typed.arguments, "--json", variables=typed.variables)
    assert ended.returncode == ROWS[command].code, ended.stderr
    given = objects(ended.stdout)
    assert given
    assert all(isinstance(one, dict) for one in given)


@pytest.mark.parametrize("command", ROWS)
def test_a_terminal_that_shall_show_no_colours_shows_none(
    command: str, typed: Typed, forks: Forks, tmp_path: Path
) -> None:
    """With NO_COLOR; nor bold letters, underlines and the like."""
    plain = {**typed.variables, "NO_COLOR": "1"}
    code, seen = seen_on_a_terminal(forks, *typed.arguments, folder=tmp_path, variables=plain)
    assert (code, COLOUR.findall(seen)) == (ROWS[command].code, [])
    assert ROWS[command].shows in seen
    assert ROWS[command].tells in seen
