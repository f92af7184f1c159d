"""Mail in files: `.eml`, folders of them, mbox (RFC 4155), Maildir, standard input; each message with its instant."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import SEEK_END
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, Final

from parsers.headers import read_date
from parsers.mail import parse_envelope

STANDARD_INPUT: Final = "-"
_HEAD_BYTES: Final = 256 * 1024
_SEPARATOR: Final = re.compile(rb"From \S[^\n]* \d{1,2}:\d\d(?::\d\d)?[^\n]* \d{4}\b")
_QUOTED: Final = re.compile(rb"(?m)^>(>*From )")


@dataclass(frozen=True, slots=True)
class FoundMail:
    """A message that was found: the place it has in listings, the file, its bytes there, when it was received.

    `position` counts the messages of the file from 1; `separated` says that the file has several, after `From ` lines.
    """

    source: str
    file: Path
    position: int
    start: int
    size: int
    received: datetime
    separated: bool = False

    def read(self, most: int) -> bytes:
        """The message's bytes, `most` of them where it is larger; OSError where they can no longer be read."""
        with self.file.open("rb") as data:
            data.seek(self.start)
            raw = data.read(min(self.size, most))
        return _QUOTED.sub(rb"\1", raw) if self.separated else raw


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file that cannot be read, and why."""

    source: str
    error: str


def find_mail(paths: Iterable[Path], stdin: Path, now: datetime) -> Iterator[FoundMail | UnreadableFile]:
    """Find every message below the paths, in the order of the paths; `-` stands for the file `stdin`.

    A message was received at the instant of its newest Received field, else of its Date, else at the time of the
    file; where that says nothing either, `now`.
    """
    for path in paths:
        source = STANDARD_INPUT if str(path) == STANDARD_INPUT else None
        for file in [stdin] if source else _files_of(path):
            if isinstance(file, UnreadableFile):
                yield file
                continue
            try:
                yield from _mails_of(file, source or _shown(file), now)
            except OSError as error:
                yield UnreadableFile(source or _shown(file), error.strerror or str(error))


def batches(mails: Iterable[FoundMail], most: int, most_bytes: int) -> Iterator[list[FoundMail]]:
    """Cut the mail into lists of `most` messages and `most_bytes`, in their order; a larger message is alone."""
    batch: list[FoundMail] = []
    room = most_bytes
    for mail in mails:
        if batch and (len(batch) == most or mail.size > room):
            yield batch
            batch, room = [], most_bytes
        batch.append(mail)
        room -= mail.size
    if batch:
        yield batch


def read_found(mail: FoundMail, most: int) -> tuple[FoundMail, bytes] | UnreadableFile:
    """The message with its bytes, `most` of them; or why the file can no longer be read."""
    try:
        return mail, mail.read(most)
    except OSError as error:
        return UnreadableFile(mail.source, error.strerror or str(error))


def spool(data: BinaryIO, file: Path) -> None:
    """Keep what comes on a stream in a file."""
    with file.open("wb") as kept:
        copyfileobj(data, kept)


def _shown(file: Path) -> str:
    """A path as text that any database and any terminal takes, whatever bytes its name has."""
    return str(file).encode(sys.getfilesystemencoding(), "surrogateescape").decode("utf-8", "replace")


def _files_of(path: Path) -> Iterator[Path | UnreadableFile]:
    """The file itself; of a folder its `.eml` files, of a Maildir its messages, of folders in it the same, sorted."""
    if not path.is_dir():
        yield path
        return
    is_maildir = _is_maildir(path)
    try:
        folders = [path / "cur", path / "new"] if is_maildir else [path]
        entries = [entry for folder in folders for entry in sorted(folder.iterdir())]
    except OSError as error:
        yield UnreadableFile(_shown(path), error.strerror or str(error))
        return
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink() and not is_maildir:
            yield from _files_of(entry)
        elif entry.is_file() and (is_maildir or entry.suffix.lower() == ".eml"):
            yield entry


def _is_maildir(path: Path) -> bool:
    return all((path / part).is_dir() for part in ("cur", "new"))


def _mails_of(file: Path, source: str, now: datetime) -> Iterator[FoundMail]:
    """The messages of one file: several where it is an mbox, which begins with a `From ` line."""
    with file.open("rb") as data:
        changed = _file_time(file, now)
        if file.suffix.lower() != ".eml" and data.read(5) == b"From ":
            yield from _mails_of_mbox(file, source, data, changed)
            return
        size = data.seek(0, SEEK_END)
        yield FoundMail(source, file, 1, 0, size, _received(_head(data, 0, size), changed))


def _mails_of_mbox(file: Path, source: str, data: BinaryIO, changed: datetime) -> Iterator[FoundMail]:
    with file.open("rb") as heads:
        for position, (line, start, size) in enumerate(_cut_mbox(data), 1):
            delivered = read_date(line.split(maxsplit=2)[-1].decode("ascii", "replace").strip()) or changed
            received = _received(_head(heads, start, size), delivered)
            yield FoundMail(source, file, position, start, size, received, separated=True)


def _cut_mbox(data: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """The `From ` line of each message, where the message starts and how many bytes it has.

    A message ends at an empty line that a `From ` line with a time follows, or with the file.
    """
    data.seek(0)
    separator = data.readline()
    start = end = data.tell()
    gap = 0
    for line in data:
        if gap and _SEPARATOR.match(line):
            yield separator, start, end - gap - start
            separator, start, gap = line, end + len(line), 0
        else:
            gap = len(line) if not line.strip(b"\r\n") else 0
        end += len(line)
    yield separator, start, end - gap - start


def _head(data: BinaryIO, start: int, size: int) -> bytes:
    data.seek(start)
    return data.read(min(size, _HEAD_BYTES))


def _received(head: bytes, otherwise: datetime) -> datetime:
    envelope = parse_envelope(head)
    return envelope.received or envelope.date or otherwise


def _file_time(file: Path, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except (OverflowError, ValueError):
        return now
