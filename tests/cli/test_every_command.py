"""Each command that is there, typed once into the installed program where there is something to work on.

A new command needs a row in `ROWS`.
"""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.conftest import COMMAND, CORPUS, Run, environment, objects
from tests.cli.terminal import seen_on_a_terminal
from tests.cli.tree import every_command, every_leaf, has_json
from tests.system.site import Site, letter

MAIL: Final = ("d001", "d009", "d010", "d042")
"""What was ingested, as messages 1 to 4: a request, readings that were recorded, an unknown account, and more."""
COLOUR: Final = re.compile(r"\x1b\[[\d;]*m")


@dataclass(frozen=True, slots=True)
class Row:
    """What is typed after a command's words ({corpus}: the folder of the corpus), and how that ends.

    `shows` is part of what it says. `site`: with a mailbox that holds a mail, and a relay. `before`: what is typed
    before, whole commands.
    """

    arguments: str = ""
    code: int = 0
    shows: str = ""
    site: bool = False
    before: tuple[str, ...] = ()


ROWS: Final[Mapping[str, Row]] = {
    "check": Row(shows="  relay: ", site=True),
    "db backup": Row("copy.db", shows="copy.db"),
    "db purge": Row("--dry-run"),
    "db upgrade": Row(shows="The database is up to date."),
    "demo": Row("--once", shows="answers sent"),
    "explain": Row("{corpus}/mail/d010.eml", shows="2621429"),
    "export": Row("--period 2026-11", shows="33395"),
    "ingest": Row("{corpus}/mail/d002.eml", shows="1 message: "),
    "messages list": Row("--outcome accepted", shows="accepted"),
    "messages show": Row("2", shows="33395"),
    "init": Row("--defaults --output new.toml", shows="new.toml"),
    "outbox list": Row("--state sent", shows="sent", site=True, before=("run --once",)),
    "outbox retry": Row("1", shows="Answer 1 waits in the outbox."),
    "outbox show": Row("1", shows="Auto-Submitted"),
    "pause": Row("main", shows="main", site=True),
    "queue accept": Row("4 --value electricity=1 --account 2621429 --force", shows="4 accepted"),
    "queue dismiss": Row("1 --note telephoned", shows="1 dismissed"),
    "queue list": Row(shows="not_a_reading"),
    "queue reject": Row("1 --text Sorry", shows="1 rejected"),
    "queue reprocess": Row("1 3", shows="read again, as before"),
    "queue show": Row("1", shows="in the queue since"),
    "register import": Row("{corpus}/register.csv", shows="100 unchanged"),
    "register show": Row("7079110", shows="33395"),
    "resume": Row("main", shows="main", site=True, before=("pause main",)),
    "run": Row("--once", shows="1 message handled", site=True),
    "stats": Row("--shadow {corpus}/entered.csv", shows="the same"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """All that is typed after the program's name, and the settings in the environment."""

    arguments: list[str]
    variables: dict[str, str]


@pytest.fixture(scope="module")
def worked_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with a database in which the register was imported and mail was handled."""
    folder = tmp_path_factory.mktemp("worked-in")
    mails = [str(CORPUS / "mail" / f"{name}.eml") for name in MAIL]
    for arguments in (["register", "import", str(CORPUS / "register.csv")], ["ingest", *mails]):
        subprocess.run([*COMMAND, *arguments], cwd=folder, env=environment(), capture_output=True, check=True)
    return folder


@pytest.fixture
def typed(command: str, worked_in: Path, tmp_path: Path, run: Run, request: pytest.FixtureRequest) -> Typed:
    """Prepare what the row of `command` needs."""
    row = ROWS[command]
    shutil.copytree(worked_in, tmp_path, dirs_exist_ok=True)
    variables = _site(request, tmp_path) if row.site else {}
    for earlier in row.before:
        ended = run(*shlex.split(earlier), variables=variables)
        assert ended.returncode == 0, ended.stderr
    return Typed(shlex.split(f"{command} {row.arguments}".format(corpus=shlex.quote(str(CORPUS)))), variables)


def _site(request: pytest.FixtureRequest, folder: Path) -> dict[str, str]:
    dovecot, user, sink = (request.getfixturevalue(name) for name in ("dovecot", "user", "smtp_sink"))
    dovecot.deliver(user, letter())
    return dict(_variables(Site(dovecot, user, sink, folder, f"sqlite:///{folder / 'mailreader.db'}").table))


def _variables(table: Mapping[str, Any], before: str = "MAILREADER") -> Iterator[tuple[str, str]]:
    """Yield settings as the environment has them."""
    separator = "_" if before == "MAILREADER" else "__"
    for key, value in table.items():
        name = f"{before}{separator}{key.upper()}"
        if isinstance(value, dict):
            yield from _variables(value, name)
        else:
            yield name, " ".join(value) if isinstance(value, list) else str(value)


def test_every_command_has_a_row() -> None:
    """And every row a command."""
    assert sorted(ROWS) == sorted(every_leaf())


@pytest.mark.parametrize("command", ROWS)
def test_a_command_does_what_it_is_there_for(command: str, typed: Typed, run: Run) -> None:
    """It ends with its exit code and says what it should, without colours where that is no terminal."""
    ended = run(*typed.arguments, variables=typed.variables)
    assert ended.returncode == ROWS[command].code, ended.stderr
    assert ROWS[command].shows in ended.stdout
    assert "Traceback" not in ended.stderr
    assert "\x1b" not in ended.stdout + ended.stderr


@pytest.mark.parametrize("command", [command for command in ROWS if has_json(command)])
def test_with_json_standard_output_has_objects_and_nothing_else(command: str, typed: Typed, run: Run) -> None:
    """One a line."""
    ended = run(*typed.arguments, "--json", variables=typed.variables)
    assert ended.returncode == ROWS[command].code, ended.stderr
    given = objects(ended.stdout)
    assert given
    assert all(isinstance(one, dict) for one in given)


@pytest.mark.parametrize("command", ROWS)
def test_a_terminal_that_shall_show_no_colours_shows_none(command: str, typed: Typed, tmp_path: Path) -> None:
    """With NO_COLOR; nor bold letters, underlines and the like."""
    plain = {**typed.variables, "NO_COLOR": "1"}
    code, seen = seen_on_a_terminal(*typed.arguments, folder=tmp_path, variables=plain)
    assert (code, COLOUR.findall(seen)) == (ROWS[command].code, [])
    assert ROWS[command].shows in seen


@pytest.mark.parametrize("command", list(every_command()), ids=" ".join)
def test_an_option_that_is_not_there_is_wrong_usage(command: list[str], run: Run) -> None:
    """It ends with 2, and says how the command is used."""
    ended = run(*command, "--no-such-option")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(" ".join(["Usage: mailreader", *command]))
