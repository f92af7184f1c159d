"""What is made from the commands is up to date, whole, and readable where people read it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from config.document import keys, tables
from config.generated import ROOT, keep
from mailreader.cli.document import MANUAL, PAGE, main
from tests.cli.tree import every_command, every_parameter
from tests.servers.availability import not_run

PAGES = sorted(MANUAL.glob("*"))


def shown(page: Path) -> str:
    """Return a manual page as `man` shows it, in wide lines; a fault in it ends the test."""
    if not shutil.which("groff"):
        not_run("the manual pages as they are shown", "apt install groff-base")
    command = ["groff", "-k", "-man", "-Tutf8", "-ww", "-P-cbou", "-rLL=300n", str(page)]
    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, timeout=60)
    assert ended.stderr == ""
    return ended.stdout


def test_what_is_made_from_the_commands_is_up_to_date() -> None:
    """As committed."""
    assert main(["--check"]) == 0


def test_every_command_has_a_section_and_a_manual_page() -> None:
    """Groups too."""
    paths = [" ".join(["mailreader", *names]) for names in every_command()]
    sections = [line.removeprefix("## ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    assert set(paths) <= set(sections)
    assert {f"{path.replace(' ', '-')}.1" for path in paths} | {"mailreader.toml.5"} == {page.name for page in PAGES}


def test_every_option_stands_on_the_page_of_its_command() -> None:
    """By its name."""
    for command, parameter in every_parameter():
        page = MANUAL / f"{'-'.join(['mailreader', *command.split()])}.1"
        written = page.read_text(encoding="utf-8").replace("\\-", "-").replace("\\[u2026]", "…")
        assert all(option in written for option in parameter.opts if option.startswith("-")), page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_manual_page_is_shown_without_a_fault(page: Path) -> None:
    """With its parts, and no mark-up left in what people read."""
    text = shown(page)
    for part in ("NAME\n", "DESCRIPTION\n", "SEE ALSO\n"):
        assert part in text
    for mark in ("`", "**", "\\", "\b"):
        assert mark not in text


def test_examples_and_exit_codes_are_lines_of_their_own() -> None:
    """They can be copied as they are."""
    lines = [line.strip() for line in shown(MANUAL / "mailreader-messages-list.1").splitlines()]
    assert "mailreader messages list --reason outside_window --since 2026-11-01 --json" in lines
    assert "75     a server's temporary fault." in lines
    assert "--outcome [accepted|partial|rejected|review|ignored]" in lines


def test_the_page_of_the_configuration_has_every_key() -> None:
    """With its default."""
    lines = [line.strip() for line in shown(MANUAL / "mailreader.toml.5").splitlines()]
    for table in tables():
        assert f"[{table.name}]" in lines
        for key in keys(table):
            assert any(line.split(" ")[0] == key.name for line in lines), key.name
    assert "poll_seconds = 30.0" in lines
    assert "username (needed)" in lines


@pytest.fixture
def made(tmp_path: Path) -> dict[Path, str]:
    """Make two files, the second in a folder of its own."""
    files = {tmp_path / "page.md": "new\n", tmp_path / "man" / "a.1": "a\n"}
    assert keep(files, [], [tmp_path / "man"]) == 0
    return files


def test_a_stale_file_is_named_with_what_to_do(
    made: dict[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And stays as it is until it is written again."""
    page = tmp_path / "page.md"
    assert keep(made, ["--check"]) == 0
    page.write_text("old\n", encoding="utf-8")
    assert keep(made, ["--check"]) == 1
    assert capsys.readouterr().err == f"{page} is stale: make docs\n"
    assert page.read_text(encoding="utf-8") == "old\n"
    keep(made, [])
    assert page.read_text(encoding="utf-8") == "new\n"


def test_the_page_of_a_command_that_is_no_more_goes(
    made: dict[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named by the check, and removed by the writing."""
    left = tmp_path / "man" / "b.1"
    left.write_text("b\n", encoding="utf-8")
    assert keep(made, ["--check"], [left.parent]) == 1
    assert capsys.readouterr().err == f"{left} is stale: make docs\n"
    keep(made, [], [left.parent])
    assert sorted(left.parent.iterdir()) == [tmp_path / "man" / "a.1"]


def test_the_check_of_every_change_compares_what_is_made() -> None:
    """`make check` and `make docs` run the same."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for module in ("config.document", "mailreader.cli.document"):
        assert f"-m {module} --check\n" in makefile
        assert f"-m {module}\n" in makefile
