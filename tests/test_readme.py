"""Every command that the README tells people to type exists."""

import re
import subprocess
from pathlib import Path

import pytest
from click import Group
from click.testing import CliRunner

from mailreader.cli import main

ROOT = Path(__file__).parent.parent


PAGES = ("README.md", "docs/shadow.md", "docs/backup.md", "docs/postgresql.md", "docs/answers.md", "docs/faults.md")


def commands_of_the_readme() -> list[list[str]]:
    """Return the subcommand of each `mailreader …` that people are shown: its words up to the first argument."""
    text = "\n".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    shown = re.findall(r"(?m)(?:^|`)mailreader ([a-z][^`#\n]*)", text)
    return [re.findall(r"[^\s]+", re.split(r"\s(?=[A-Z]|-|fixtures/)", command)[0]) for command in shown]


@pytest.mark.parametrize("command", commands_of_the_readme(), ids=" ".join)
def test_a_command_that_the_readme_shows_exists(command: list[str]) -> None:
    """Each has its help."""
    assert isinstance(main, Group)
    ended = CliRunner().invoke(main, [*command, "--help"])
    assert ended.exit_code == 0, ended.output
    assert " ".join(command) in ended.output


def test_a_make_target_that_the_readme_shows_exists() -> None:
    """What people are told to type is in the Makefile, and `make help` lists it."""
    shown = set(re.findall(r"(?m)(?:^|`)make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    assert shown <= set(re.findall(r"make ([a-z]+)", told))
