"""Files that are made from the program itself: written again, or compared with those that are committed."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent


def keep(made: Mapping[Path, str], arguments: Sequence[str], folders: Sequence[Path] = ()) -> int:
    """Write the files; with `--check` among the arguments write nothing, and name on standard error what is stale.

    `made` is the text of each file. The `folders` hold nothing but these: what else lies there was made for something
    that is no more, and goes. Returns the exit code: 1 where something is stale.
    """
    forsaken = [file for folder in folders for file in sorted(folder.glob("*")) if file not in made]
    if "--check" not in arguments:
        _write(made, forsaken)
        return 0
    stale = [file for file, text in made.items() if not file.is_file() or file.read_text(encoding="utf-8") != text]
    for file in stale + forsaken:
        sys.stderr.write(f"{_place(file)} is stale: make docs\n")
    return 1 if stale or forsaken else 0


def _write(made: Mapping[Path, str], forsaken: Sequence[Path]) -> None:
    for file in forsaken:
        file.unlink()
    for file, text in made.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _place(file: Path) -> Path:
    return file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
