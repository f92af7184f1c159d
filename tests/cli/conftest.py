"""The program as people start it, in an empty folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.databases import Databases

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT / "fixtures" / "corpus"
COMMAND = (sys.executable, "-m", "mailreader")


class Run(Protocol):
    """Starts the program and waits for its end."""

    def __call__(
        self, *arguments: str | Path, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Return how it ended."""


def environment(**variables: str) -> dict[str, str]:
    """Return this environment without settings of the program, and with the checkout to be found."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAILREADER_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"} | variables


def objects(output: str) -> list[dict[str, Any]]:
    """Return the objects of JSON lines."""
    return [json.loads(line) for line in output.splitlines()]


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
def run(tmp_path: Path, where: dict[str, str]) -> Run:
    """Give the program, which starts in an empty folder."""

    def start(
        *arguments: str | Path, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [*COMMAND, *arguments],
            cwd=tmp_path,
            env=environment(**where | dict(variables or {})),
            input=stdin,
            capture_output=True,
            check=False,
            timeout=120,
        )
        output, errors = ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8")
        return subprocess.CompletedProcess(ended.args, ended.returncode, output, errors)

    return start


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
