"""Each command that is there, as it is typed once where there is something to work on.

A new command needs a row in `ROWS`.
"""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.conftest import CORPUS, Run
from tests.databases import Databases
from tests.system.site import Site, letter


@dataclass(frozen=True, slots=True)
class Row:
    """What is typed after a command's words ({corpus}: the folder of the corpus), and how that ends.

    `shows` is part of what it says on standard output, `tells` on standard error. `site`: with a mailbox that holds a
    mail, and a relay. `before`: what is typed before, whole commands. `stored`: it has to do with a database.
    """

    arguments: str = ""
    code: int = 0
    shows: str = ""
    tells: str = ""
    site: bool = False
    before: tuple[str, ...] = ()
    stored: bool = True


ROWS: Final[Mapping[str, Row]] = {
    "answers breaker": Row(shows="closed"),
    "answers preview": Row("--language kk --reason value_below_previous", shows="Сәлеметсіз бе", stored=False),
    "answers reset": Row(),
    "check": Row(shows="  relay: ", site=True),
    "db backup": Row("copy.db", tells="written to copy.db "),
    "db purge": Row("--dry-run"),
    "db upgrade": Row(shows="The database is up to date."),
    "demo": Row("--once", shows="answers sent", stored=False),
    "explain": Row("{corpus}/mail/d010.eml", shows="7700125", stored=False),
    "export": Row("--period 2026-11", shows="33395"),
    "ingest": Row("{corpus}/mail/d002.eml", shows="1 message: "),
    "messages list": Row("--outcome accepted", shows="accepted"),
    "messages show": Row("2", shows="33395"),
    "init": Row("--defaults --output new.toml", shows="new.toml", stored=False),
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
    "rescan": Row(shows="main: 0 messages in 0 folders; 0 not known", site=True),
    "resume": Row("main", shows="main", site=True, before=("pause main",)),
    "run": Row("--once", shows="1 message handled", site=True),
    "stats": Row(shows="review"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """All that is typed after the program's name, and the settings in the environment."""

    arguments: list[str]
    variables: dict[str, str]


@pytest.fixture
def where(databases: Databases, ingested: str) -> Iterator[dict[str, str]]:
    """A database with mail, for one command alone."""
    with databases.copy(ingested) as url:
        yield {"MAILREADER_DATABASE__URL": url}


@pytest.fixture
def typed(command: str, where: dict[str, str], tmp_path: Path, run: Run, request: pytest.FixtureRequest) -> Typed:
    """Prepare what the row of `command` needs."""
    row = ROWS[command]
    variables = where | (_site(request, tmp_path, where["MAILREADER_DATABASE__URL"]) if row.site else {})
    for earlier in row.before:
        ended = run(*shlex.split(earlier), variables=variables)
        assert ended.returncode == 0, ended.stderr
    return Typed(shlex.split(f"{command} {row.arguments}".format(corpus=shlex.quote(str(CORPUS)))), variables)


def _site(request: pytest.FixtureRequest, folder: Path, database: str) -> dict[str, str]:
    dovecot, user, sink = (request.getfixturevalue(name) for name in ("dovecot", "user", "smtp_sink"))
    dovecot.deliver(user, letter())
    return dict(_variables(Site(dovecot, user, sink, folder, database).table))


def _variables(table: Mapping[str, Any], before: str = "MAILREADER") -> Iterator[tuple[str, str]]:
    """Yield settings as the environment has them."""
    separator = "_" if before == "MAILREADER" else "__"
    for key, value in table.items():
        name = f"{before}{separator}{key.upper()}"
        if isinstance(value, dict):
            yield from _variables(value, name)
        else:
            yield name, " ".join(value) if isinstance(value, list) else str(value)
