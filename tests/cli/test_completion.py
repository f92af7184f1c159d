"""The shells complete commands, options and the words that an option takes, by asking the installed program."""

import shutil
import subprocess
from pathlib import Path

import pytest
from click import Choice

from mailreader.cli.document import COMPLETION
from tests.cli.conftest import PROGRAM, environment
from tests.cli.terminal import typed_into
from tests.cli.tree import every_command, every_group, every_parameter
from tests.servers.availability import not_run

LISTED = """
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_mailreader_completion mailreader
printf '%s\\n' "${COMPREPLY[@]}"
"""
"""Has bash list what can follow the words it is given, the last of which may be begun."""
SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], f"source '{COMPLETION}/mailreader.bash'"),
    "zsh": (["-f", "-i"], f"bindkey -e; fpath=('{COMPLETION}' $fpath); autoload -U compinit; compinit -u -D"),
}
TO_THE_START = "\x01"
"""Ctrl-A."""


def shell(name: str) -> str:
    """Return the path of a shell; without it the test is not run."""
    path = shutil.which(name)
    return path or not_run(f"completion in {name}", f"apt install {name}")


def variables() -> dict[str, str]:
    """Return an environment in which the installed program is the one that is found."""
    kept = environment(TERM="dumb", PS1="$ ", HISTFILE="")
    return kept | {"PATH": f"{PROGRAM.parent}:{kept['PATH']}"}


def completed_by_bash(*words: str) -> set[str]:
    """Return what bash offers after the words."""
    command = [shell("bash"), "--norc", "-c", LISTED, "bash", str(COMPLETION / "mailreader.bash"), "mailreader", *words]
    ended = subprocess.run(command, env=variables(), capture_output=True, text=True, check=True, timeout=60)
    assert ended.stderr == ""
    return set(ended.stdout.split())


@pytest.mark.parametrize("group", every_group(), ids=" ".join)
def test_every_command_of_a_group_is_offered(group: list[str]) -> None:
    """Of the program itself too."""
    assert completed_by_bash(*group, "") == {names[-1] for names in every_command() if names and names[:-1] == group}


@pytest.mark.parametrize(
    "words",
    [f"{command} {one.opts[0]}" for command, one in every_parameter() if isinstance(one.type, Choice)],
)
def test_the_words_that_an_option_takes_are_offered(words: str) -> None:
    """Outcomes, reasons, states, forms: all that it takes."""
    [taken] = [one.type for command, one in every_parameter() if f"{command} {one.opts[0]}" == words]
    assert isinstance(taken, Choice)
    assert completed_by_bash(*words.split(), "") == {str(word) for word in taken.choices}


def test_the_options_of_a_command_are_offered() -> None:
    """Once a dash is typed."""
    assert {"--outcome", "--since", "--json"} <= completed_by_bash("messages", "list", "--")


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize(
    ("begun", "whole"),
    [
        ("que", "queue"),
        ("messages list --outcome rev", "messages list --outcome review"),
        ("ingest mail.e", "ingest mail.eml"),
    ],
)
def test_tab_completes_what_was_begun(name: str, begun: str, whole: str, tmp_path: Path) -> None:
    """Names of files too. What then stands at the prompt is echoed, to be seen."""
    (tmp_path / "mail.eml").touch()
    options, setup = SHELLS[name]
    typed_into(
        [shell(name), *options],
        (f"{setup}; echo rea''dy\n", "ready\r\n"),
        (f"mailreader {begun}\t{TO_THE_START}echo Th''at: \n", f"That: mailreader {whole}\r\n"),
        folder=tmp_path,
        variables=variables(),
    )


def test_fish_offers_what_can_follow() -> None:
    """With what each command does beside it."""
    asked = f"source '{COMPLETION}/mailreader.fish'; complete -C 'mailreader que'"
    ended = subprocess.run(
        [shell("fish"), "--no-config", "-c", asked], env=variables(), capture_output=True, text=True, check=True
    )
    assert ended.stdout.split("\t")[0] == "queue"
