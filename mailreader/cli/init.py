"""`init`: writes the configuration file, commented, with what it has asked for."""

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from config.places import SEARCHED, find_file
from mailreader.cli.program import Failed, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import say

if TYPE_CHECKING:
    from mailreader.cli.asking import Asked

_OPEN: Final = 0o644
_SECRET: Final = 0o600
_NEXT: Final = ("db upgrade", "register import FILE.csv", "check")


@click.command(
    short_help="Write a configuration file.",
    epilog=examples("mailreader init", "mailreader init --defaults --output /etc/mailreader/mailreader.toml"),
)
@click.option("--defaults", is_flag=True, help="Ask nothing; write all keys with their defaults.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"Where to write it; else the file of --config, else {SEARCHED[0]}.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there, and over files of passwords beside it.")
@with_setup
def init(setup: Setup, *, defaults: bool, output: Path | None, force: bool) -> None:
    """Write a commented configuration file of all keys, after asking what it needs to know.

    A password goes to a file of its own beside it, which only you can read. Nothing is written before the last answer.
    """
    from config.document import default_file
    from mailreader.cli.asking import Asked, ask

    file = (output or setup.config or SEARCHED[0]).absolute()
    _refuse(file, force=force)
    asked = Asked(file.parent) if defaults else ask(file.parent, renew=force)
    passwords = [(path, f"{secret}\n", _SECRET) for path, secret in asked.secrets.items() if secret]
    mode = _SECRET if asked.holds_secret else _OPEN
    with _staged([*passwords, (file, default_file(asked.given), mode)]) as put_in_place:
        _refuse(file, force=force)
        put_in_place()
    _say_what_is_next(file, asked, defaults=defaults)


def _refuse(file: Path, *, force: bool) -> None:
    """Refuse to write over a file, or into a folder that is not there."""
    if not file.parent.is_dir():
        raise Failed(f"There is no folder {file.parent}: make it first.")
    if file.exists() and not force:
        raise Failed(f"{file} is there already: --force writes over it, --output names another.")


@contextmanager
def _staged(files: Sequence[tuple[Path, str, int]]) -> Iterator[Callable[[], None]]:
    """Write texts, each with the mode of its file, beside where they belong, and give what puts them in place.

    Whatever happens before that leaves nothing behind.
    """
    with ExitStack() as stack:
        moves: list[tuple[Path, Path]] = []
        for path, text, mode in files:
            part = path.with_name(f".{path.name}.{os.getpid()}.part")
            stack.callback(part.unlink, missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as written:
                written.write(text)
            moves.append((part, path))

        def put_in_place() -> None:
            for part, path in moves:
                part.replace(path)

        yield put_in_place


def _say_what_is_next(file: Path, asked: "Asked", *, defaults: bool) -> None:
    say(f"{file} is written.")
    if defaults:
        say("Fill in [mailboxes.main] and [smtp], and take away the # before them.")
    for path, secret in asked.secrets.items():
        if not secret:
            say(f"Put the password into {path}, which only you may read: chmod 600 {path}")
    found = find_file()
    named = "" if found is not None and found.absolute() == file else f"--config {shlex.quote(str(file))} "
    say("Then:")
    for command in _NEXT:
        say(f"  mailreader {named}{command}")
