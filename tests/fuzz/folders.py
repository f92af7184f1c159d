"""The mailbox as people and their programs use it beside ours: on a real server, and in memory."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from imapclient import DELETED, IMAPClient

from tests.fuzz.contents import MARK
from tests.servers.dovecot import Dovecot

_MARK: Final = re.compile(rb"(\d+)")
_FIELD: Final = f"BODY[HEADER.FIELDS ({MARK.upper()})]"


@dataclass(frozen=True, slots=True, order=True)
class At:
    """Where a copy lies."""

    folder: str
    uidvalidity: int
    uid: int


class Folders(Protocol):
    """What people do."""

    def create(self, folder: str) -> None:
        """Make a folder."""

    def rename(self, folder: str, name: str) -> None:
        """Give a folder another name."""

    def append(self, folder: str, raw: bytes, received: datetime) -> None:
        """Put a copy into a folder."""

    def move(self, copies: Sequence[At], folder: str) -> None:
        """Move copies that lie in one folder."""

    def expunge(self, copy: At) -> None:
        """Delete a copy for good."""

    def flag(self, copy: At, flag: bytes) -> None:
        """Mark a copy."""

    def look(self) -> Mapping[At, int]:
        """Every copy of every folder by its place."""


class DovecotFolders:
    """The folders of a real mailbox."""

    def __init__(self, client: IMAPClient) -> None:
        """Take a client that is logged in."""
        self._client = client

    def create(self, folder: str) -> None:
        """Make a folder."""
        self._client.create_folder(folder)

    def rename(self, folder: str, name: str) -> None:
        """Give a folder another name."""
        self._client.unselect_folder()
        self._client.rename_folder(folder, name)

    def append(self, folder: str, raw: bytes, received: datetime) -> None:
        """Put a copy into a folder."""
        self._client.append(folder, raw, msg_time=received)

    def move(self, copies: Sequence[At], folder: str) -> None:
        """Move copies that lie in one folder."""
        for source in {copy.folder for copy in copies}:
            self._client.select_folder(source)
            self._client.move([copy.uid for copy in copies], folder)

    def expunge(self, copy: At) -> None:
        """Delete a copy for good."""
        self._client.select_folder(copy.folder)
        self._client.add_flags([copy.uid], [DELETED], silent=True)
        self._client.uid_expunge([copy.uid])

    def flag(self, copy: At, flag: bytes) -> None:
        """Mark a copy."""
        self._client.select_folder(copy.folder)
        self._client.add_flags([copy.uid], [flag], silent=True)

    def look(self) -> Mapping[At, int]:
        """Every copy of every folder by its place."""
        return {at: mark for _, _, name in self._client.list_folders() for at, mark in self._look_into(name)}

    def _look_into(self, name: str) -> Iterator[tuple[At, int]]:
        selected = self._client.select_folder(name, readonly=True)
        if selected[b"EXISTS"]:
            answer = self._client.fetch(self._client.search("ALL"), [_FIELD.replace("BODY", "BODY.PEEK")])
            for uid, items in answer.items():
                found = _MARK.search(items[_FIELD.encode()])
                yield At(name, selected[b"UIDVALIDITY"], uid), int(found[1]) if found else -1


@contextmanager
def folders_of(dovecot: Dovecot, user: str) -> Iterator[DovecotFolders]:
    """The folders of a user, as another client has them."""
    with dovecot.client(user) as client:
        yield DovecotFolders(client)
