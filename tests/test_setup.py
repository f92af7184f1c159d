"""The set-up says in one line what a machine lacks, the locks hold no address, and the unit is tight."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.availability import not_run

ROOT = Path(__file__).parent.parent
MOST_EXPOSED = 1.5
"""By `systemd-analyze security`, of 10."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give what the set-up needs of a checkout, in a folder with a space in its name."""
    folder = tmp_path / "a folder"
    for part in ("packaging", "requirements"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def interpreter(folder: Path, script: str) -> str:
    """Write a program that stands in for Python."""
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


def set_up(checkout: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up with an interpreter, without a terminal and without HOME."""
    environ = {"PATH": "/usr/bin:/bin", "PYTHON": python, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"}
    command = ["sh", str(checkout / "packaging" / "setup"), "demo"]
    return subprocess.run(
        command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ('[ "$1" = -V ] && echo Python 3.9.2 && exit; exit 1', "Python 3.11 or newer is needed (found: Python 3.9.2)"),
        ("exit 127", "Python 3.11 or newer is needed (found: none)"),
        ('case "$*" in *ensurepip*) exit 1; esac', "Python's venv is missing: apt install python3-venv"),
    ],
)
def test_a_machine_that_lacks_something_is_told_in_one_line(checkout: Path, script: str, complaint: str) -> None:
    """Nothing is made, and the line says what to install."""
    ended = set_up(checkout, interpreter(checkout, script))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"set-up: {complaint}")
    assert ended.stderr.count("\n") == 1
    assert not (checkout / ".venv").exists()


def test_what_will_be_installed_is_said_first_and_a_missing_index_in_one_line(checkout: Path) -> None:
    """The packages and the folder are printed before pip runs; where pip finds nothing, that is a line too."""
    ended = set_up(checkout, sys.executable)
    assert ended.returncode == 1
    assert f"into {checkout}/.venv, nothing else:" in ended.stdout
    assert "pydantic " in ended.stdout.replace("\n  ", " ")
    assert ended.stderr.startswith("set-up: pip could not fetch the packages")
    assert ended.stderr.count("\n") == 1


def test_no_lock_file_holds_an_address() -> None:
    """Every requirement has a version and hashes, and none says where it was downloaded."""
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert [lock.stem for lock in locks] == ["build", "demo", "dev", "fuzz", "run"]
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        pinned = re.findall(r"(?m)^[a-z0-9.-]+==\S+", text)
        assert len(pinned) == len(re.findall(r"(?m)^\S", re.sub(r"(?m)^#.*\n", "", text)))
        assert text.count("--hash=sha256:") >= len(pinned)


def test_the_unit_is_one_that_systemd_takes_without_a_word(tmp_path: Path) -> None:
    """Every key is known and the program is there; what `verify` only warns of would be left out without a word."""
    if not shutil.which("systemd-analyze"):
        not_run("the check of the systemd unit", "apt install systemd")
    unit = (ROOT / "systemd" / "mailreader.service").read_text(encoding="utf-8")
    assert unit.count("ExecStart=/usr/bin/mailreader ") == 1
    program = tmp_path / "mailreader"
    program.symlink_to(Path(sys.executable).parent / "mailreader")  # the checkout may lie in a folder with a space
    copy = tmp_path / "mailreader.service"
    copy.write_text(unit.replace("/usr/bin/mailreader ", f"{program} "))
    ended = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_the_unit_gives_the_daemon_little_to_reach() -> None:
    """What systemd itself makes of the unit's exposure stays low."""
    if not shutil.which("systemd-analyze"):
        not_run("the exposure of the systemd unit", "apt install systemd")
    command = [
        "systemd-analyze",
        "security",
        "--offline=yes",
        "--no-pager",
        str(ROOT / "systemd" / "mailreader.service"),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    level = re.search(r"Overall exposure level for \S+ (\d+\.\d+)", told)
    assert level is not None, told
    assert float(level[1]) <= MOST_EXPOSED
