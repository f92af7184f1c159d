"""What is made from the commands: the page of the manual, the manual pages of Unix, completion in three shells.

All of it comes from the tree of commands itself. `python -m mailreader.cli.document` writes it; with `--check` that
writes nothing and fails where something is stale.
"""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from config.document import ABOUT, tables
from config.generated import ROOT, keep
from mailreader.cli import main as program
from mailreader.cli.document.completion import completions
from mailreader.cli.document.described import Described, described
from mailreader.cli.document.manual import command_page, file_page
from mailreader.cli.document.markdown import page

PAGE: Final = ROOT / "docs" / "commands.md"
MANUAL: Final = ROOT / "packaging" / "man"
COMPLETION: Final = ROOT / "packaging" / "completion"


def made() -> dict[Path, str]:
    """Return the text of each file."""
    tree = described(program)
    release = f"mailreader {version('mailreader')}"
    files = {PAGE: page(tree), MANUAL / "mailreader.toml.5": file_page(ABOUT, tables(), release)}
    files |= {MANUAL / _file_name(command): command_page(command, release) for command in tree.walk()}
    return files | {COMPLETION / name: script for name, script in completions(program).items()}


def main(arguments: Sequence[str]) -> int:
    """Write the files, or compare them; 1 where one is stale."""
    return keep(made(), arguments, (MANUAL, COMPLETION))


def _file_name(command: Described) -> str:
    return f"{command.page}.1"
