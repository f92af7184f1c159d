"""The mail that a command is given: found below its paths, in the order received."""

import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from mailreader.cli.progress import progress

if TYPE_CHECKING:
    from mailreader.cli.mail_files import FoundMail, UnreadableFile

mail_paths = click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH…",
    type=click.Path(exists=True, allow_dash=True, path_type=Path),
    help="Files and folders with mail.",
)


class Sources:
    """The mail below some paths; what comes on standard input is kept in a file as long as the context is open."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Take the paths of the command; nothing is read yet."""
        self._paths = paths
        self._open = ExitStack()
        self.mails: list[FoundMail] = []
        self.unreadable = 0

    def __enter__(self) -> Self:
        """Find all mail, in the order received; name what cannot be read."""
        from mailreader.cli.mail_files import STANDARD_INPUT, FoundMail, find_mail, spool

        stdin = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="mailreader-"))) / "stdin"
        if any(str(path) == STANDARD_INPUT for path in self._paths):
            spool(sys.stdin.buffer, stdin)
        with progress("messages found") as advance:
            for found in find_mail(self._paths, stdin, datetime.now(UTC)):
                if isinstance(found, FoundMail):
                    self.mails.append(found)
                    advance(len(self.mails))
                else:
                    self.complain(found)
        self.mails.sort(key=lambda mail: mail.received)
        return self

    def __exit__(self, *_exception: object) -> None:
        """Forget what came on standard input."""
        self._open.close()

    def complain(self, file: "UnreadableFile") -> None:
        """Name a file that cannot be read, on standard error."""
        self.unreadable += 1
        click.echo(f"{file.source}: {file.error}", err=True)
