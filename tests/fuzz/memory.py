"""A mailbox and a relay in memory, at the seams of the program: no IMAP, no SMTP, only what they come to."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mailreader.app import App
from mailreader.mailbox import (
    FaultCode,
    Fetched,
    Filed,
    Mailbox,
    MailboxAccess,
    MailboxFault,
    MoveResult,
    Place,
    Selected,
)
from mailreader.outbox import Delivered, Delivery, Outbox
from mailreader.outgoing import OutgoingReply
from tests.fuzz.contents import MARK
from tests.fuzz.folders import At

_BATCH = 2
_MARK = re.compile(rb"^%s: (\d+)" % MARK.encode(), re.MULTILINE)


@dataclass(slots=True)
class _Folder:
    uidvalidity: int
    uidnext: int = 1
    mails: dict[int, tuple[bytes, datetime]] = field(default_factory=dict)

    def put(self, raw: bytes, received: datetime) -> int:
        uid = self.uidnext
        self.mails[uid] = raw, received
        self.uidnext += 1
        return uid


class MemoryFolders:
    """The folders, as people use them."""

    def __init__(self) -> None:
        """Begin without a folder."""
        self.folders: dict[str, _Folder] = {}
        self._made = 0

    def create(self, folder: str) -> None:
        """Make a folder."""
        self._made += 1
        self.folders[folder] = _Folder(self._made)

    def rename(self, folder: str, name: str) -> None:
        """Give a folder another name."""
        self.folders[name] = self.folders.pop(folder)

    def append(self, folder: str, raw: bytes, received: datetime) -> None:
        """Put a copy into a folder; a server keeps whole seconds."""
        self.folders[folder].put(raw, received.astimezone(UTC).replace(microsecond=0))

    def move(self, copies: Sequence[At], folder: str) -> None:
        """Move copies that lie in one folder."""
        for copy in copies:
            self.move_one(self.folders[copy.folder], copy.uid, folder)

    def move_one(self, source: _Folder, uid: int, target: str) -> Place:
        """Move one copy, into a folder that is made where it is missing."""
        if target not in self.folders:
            self.create(target)
        folder = self.folders[target]
        return Place(folder.uidvalidity, folder.put(*source.mails.pop(uid)))

    def expunge(self, copy: At) -> None:
        """Delete a copy for good."""
        del self.folders[copy.folder].mails[copy.uid]

    def flag(self, copy: At, flag: bytes) -> None:
        """Mark a copy; nobody looks at the marks."""

    def look(self) -> Mapping[At, int]:
        """Every copy of every folder by its place."""
        return {
            At(name, folder.uidvalidity, uid): int(found[1])
            for name, folder in self.folders.items()
            for uid, (raw, _) in folder.mails.items()
            if (found := _MARK.search(raw))
        }


class MemoryMailbox(Mailbox):
    """The mailbox of the program over folders in memory: what it lists may be gone when it is fetched or moved."""

    def __init__(self, access: MailboxAccess, server: MemoryFolders) -> None:
        """Take the folders; not connected yet."""
        super().__init__(access)
        self._server = server
        self._is_open = False
        self._folder: _Folder | None = None

    @property
    def is_connected(self) -> bool:
        """Whether it is."""
        return self._is_open

    def connect(self) -> None:
        """Connect."""
        self._is_open = True

    def close(self) -> None:
        """Close."""
        self._drop()

    def _drop(self) -> None:
        self._is_open, self._folder = False, None

    def select(self) -> Selected:
        """Select the folder afresh."""
        self._folder = self._server.folders.get(self.access.folder)
        if self._folder is None:
            self._drop()
            raise MailboxFault("no such folder", code=FaultCode.FOLDER, temporary=False)
        return Selected(self._folder.uidvalidity, self._folder.uidnext, len(self._folder.mails))

    def _opened(self) -> _Folder:
        if self._folder is None:
            raise MailboxFault("not connected", code=FaultCode.CLOSED, temporary=True)
        return self._folder

    def new_uids(self, last_uid: int) -> list[int]:
        """List the UIDs above `last_uid`."""
        return [uid for uid in sorted(self._opened().mails) if uid > last_uid]

    def fetch(self, uids: Sequence[int]) -> Iterator[tuple[Fetched, ...]]:
        """Yield small batches; what is gone by then has vanished."""
        for begin in range(0, len(uids), _BATCH):
            yield tuple(map(self._fetch_one, uids[begin : begin + _BATCH]))

    def _fetch_one(self, uid: int) -> Fetched:
        raw, received = self._opened().mails.get(uid, (None, None))
        return Fetched(uid, vanished=True) if raw is None else Fetched(uid, received, len(raw), raw)

    def move(self, uids: Sequence[int], folder: str) -> MoveResult:
        """Move what is still there."""
        source = self._opened()
        there = [uid for uid in uids if uid in source.mails]
        return MoveResult(moved=True, places={uid: self._server.move_one(source, uid, folder) for uid in there})

    def refile(self, mails: Sequence[Filed], source: str, target: str) -> MoveResult:
        """Move on what was filed; no outcome changes here, so there is nothing."""
        raise AssertionError((mails, source, target))


class MemoryOutbox(Outbox):
    """A relay that takes everything."""

    def __init__(self, sent: list[str]) -> None:
        """`sent` gets the Message-ID of each answer."""
        self._sent = sent

    def deliver(
        self, reply: OutgoingReply, *, now: datetime, before_data: Callable[[], None] = lambda: None, tag: str = ""
    ) -> Delivery:
        """Take the reply."""
        before_data()
        self._sent.append(reply.reply_id)
        return Delivered(f"250 {now} {tag}")

    def close(self) -> None:
        """Do nothing."""

    _drop = close


class MemoryServers:
    """Both, for the program."""

    def __init__(self) -> None:
        """Begin empty."""
        self.folders = MemoryFolders()
        self.sent: list[str] = []

    def mailbox(self, access: MailboxAccess) -> Mailbox:
        """A mailbox, not connected yet."""
        return MemoryMailbox(access, self.folders)

    def outbox(self, app: App) -> Outbox:  # noqa: ARG002 -- there is none to reach
        """A way to the relay."""
        return MemoryOutbox(self.sent)
