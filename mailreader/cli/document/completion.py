"""Completion: the scripts that have a shell ask the program itself what can follow."""

from typing import Final

from click import Command
from click.shell_completion import get_completion_class

_FILES: Final = {"bash": "mailreader.bash", "zsh": "_mailreader", "fish": "mailreader.fish"}
"""Shells, and the names under which each looks for scripts, or nearly: bash wants no suffix."""


def completions(program: Command) -> dict[str, str]:
    """Return the script of each shell by the name of its file."""
    return {name: _script(program, shell) for shell, name in _FILES.items()}


def _script(program: Command, shell: str) -> str:
    name = str(program.name)
    kind = get_completion_class(shell)
    if kind is None:
        raise LookupError(f"click knows no shell {shell}")
    return kind(program, {}, name, f"_{name.upper()}_COMPLETE").source()
