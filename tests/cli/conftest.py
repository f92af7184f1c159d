"""The installed program in an empty folder: as people start it, or with its imports made (`tests.cli.forks`)."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.cli.forks import SECONDS, Forks, forking
from tests.databases import Databases

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT / "fixtures" / "corpus"
PROGRAM = Path(sys.executable).with_name("mailreader")
"""The console script, where pip puts it."""
COMMAND = (str(PROGRAM),)


class Run(Protocol):
    """Starts the program and waits for its end."""

    def __call__(
        self, *arguments: str | Path, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Return how it ended."""


def environment(**variables: str) -> dict[str, str]:
    """Return this environment with one setting of the program alone: it has one process that reads."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAILREADER_")}
    return kept | {"PYTHONIOENCODING": "ascii", "MAILREADER_LIMITS__READERS": "1"} | variables


def objects(output: str) -> list[dict[str, Any]]:
    """Return the objects of JSON lines."""
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    """What is tested is what pip installed; without it nothing here says anything."""
    assert PROGRAM.is_file(), f"{PROGRAM} is not there: the program is not installed (sh packaging/setup dev)"


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Give the program with its imports made."""
    with forking(environment()) as program:
        yield program


@contextmanager
def with_mail(databases: Databases, forks: Forks, folder: Path, *numbers: int, **variables: str) -> Iterator[str]:
    """Give the URL of a database in which the register was imported, and then messages of the corpus by their numbers.

    `folder` is an empty one to work in.
    """
    with databases.upgraded() as url:
        there = environment(MAILREADER_DATABASE__URL=url, **variables)
        mails = [str(CORPUS / "mail" / f"d{number:03}.eml") for number in numbers]
        for arguments in (["db", "upgrade"], ["register", "import", str(CORPUS / "register.csv")], ["ingest", *mails]):
            forks.run([*COMMAND, *arguments], folder=folder, variables=there).check_returncode()
        yield url


@pytest.fixture(scope="module")
def ingested(databases: Databases, forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a database with mail, for tests that only read.

    Messages 1 to 4: a request, readings that were recorded, an unknown account, a service that is not taken.
    """
    with with_mail(databases, forks, tmp_path_factory.mktemp("ingested"), 1, 9, 10, 42) as url:
        yield url


@pytest.fixture
def where(databases: Databases) -> Iterator[dict[str, str]]:
    """Give the settings that lead the program to its database.

    For SQLite none: the program makes its file by itself. On PostgreSQL nobody makes tables unasked; they are there.
    """
    if databases.kind == "sqlite":
        yield {}
        return
    with databases.upgraded() as url:
        yield {"MAILREADER_DATABASE__URL": url}


@pytest.fixture
def run(tmp_path: Path, where: dict[str, str], forks: Forks) -> Run:
    """Give the program with its imports made, which starts in an empty folder."""

    def fork(
        *arguments: str | Path, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        there = environment(**where | dict(variables or {}))
        return decoded(forks.run([*COMMAND, *map(str, arguments)], folder=tmp_path, variables=there, stdin=stdin))

    return fork


@pytest.fixture
def start(tmp_path: Path, where: dict[str, str]) -> Run:
    """Give the program as people start it, in the same folder as `run`."""

    def begin(
        *arguments: str | Path, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        there = environment(**where | dict(variables or {}))
        command = [*COMMAND, *arguments]
        return decoded(
            subprocess.run(
                command, cwd=tmp_path, env=there, input=stdin, capture_output=True, check=False, timeout=SECONDS
            )
        )

    return begin


def decoded(ended: subprocess.CompletedProcess[bytes]) -> subprocess.CompletedProcess[str]:
    """Return what a process wrote as text."""
    output, errors = ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8")
    return subprocess.CompletedProcess(ended.args, ended.returncode, output, errors)


@pytest.fixture
def lines(run: Run) -> Callable[..., list[dict[str, Any]]]:
    """Give the program, the JSON lines that it writes, and a failure where it does not end well."""

    def start(*arguments: str | Path, **how: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- as `run` takes it
        ended = run(*arguments, **how)
        assert ended.returncode == 0, ended.stderr
        return objects(ended.stdout)

    return start


Lines = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def mail() -> Callable[..., list[Path]]:
    """Give messages of the corpus by their numbers."""

    def named(*numbers: int) -> list[Path]:
        return [CORPUS / "mail" / f"d{number:03}.eml" for number in numbers]

    return named


Mail = Callable[..., Sequence[Path]]
