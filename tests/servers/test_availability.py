"""What could not run is named at the end, and fails the run where `CI` is set."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = """
from tests.servers.availability import not_run

def test_good():
    assert True

def test_without_a_server():
    not_run("dovecot", "apt-get install dovecot-imapd")
"""


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "1")], ids=["alone", "xdist"])
@pytest.mark.parametrize("ci", [False, True])
def test_missing_server_is_named_and_fails_the_ci(tmp_path: Path, workers: tuple[str, ...], *, ci: bool) -> None:
    """A machine without the server passes with a line that says so; the CI does not pass."""
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    environment = {key: value for key, value in os.environ.items() if key != "CI"} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-p", "tests.servers.availability", *workers, str(tmp_path)]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment | ({"CI": "1"} if ci else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "not run: dovecot: apt-get install dovecot-imapd (1 tests)" in done.stdout
    assert done.returncode == (1 if ci else 0)
