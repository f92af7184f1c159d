"""The folders of outcomes, looked through for mail that a database which was restored from a backup does not know.

What lies there was handled after the backup was made, and its customers have had their answers. It is taken in like new
mail and judged by the instant it was received; its answers are held (docs/backup.md).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from mailreader.intake import arrival_of
from mailreader.lease import Lease
from mailreader.mailbox import FaultCode, Mailbox, MailboxFault, Selected
from mailreader.store import Place, Store


@dataclass(slots=True)
class Rescanned:
    """What was seen in one mailbox: how many messages lie in its folders of outcomes, and what became of them.

    `new` were unknown and are stored now, `found` were known and lie elsewhere than the database had it. `earlier` are
    from before the daemon's time, and `missing` the server did not give. The rest lies where the database knows it to.
    """

    folders: int = 0
    seen: int = 0
    new: int = 0
    found: int = 0
    earlier: int = 0
    missing: int = 0


class Rescan:
    """Looks through one mailbox, which nobody else works with meanwhile."""

    def __init__(
        self, mailbox: Mailbox, store: Store, clock: Callable[[], datetime], since: datetime | None = None
    ) -> None:
        """Take a mailbox that is not connected yet.

        Of what is unknown, only mail received `since` is taken in; by default, since the mailbox was first attached:
        its folders may hold what people had filed there before.
        """
        self._mailbox = mailbox
        self._store = store
        self._clock = clock
        self._name = mailbox.access.name
        self._lease = Lease(store, f"mailbox {self._name}", clock)
        self._since = since
        self._present: set[Place] = set()

    def run(self) -> Rescanned:
        """Take in what is unknown; MailboxFault where a daemon works with the mailbox, or the server fails.

        What was taken in by then stays; the next run goes on.
        """
        try:
            return self._run()
        finally:
            self._lease.give_up()

    def _run(self) -> Rescanned:
        self._hold()
        self._mailbox.connect()
        access = self._mailbox.access
        self._note(access.folder, self._mailbox.select())
        self._since = self._since or self._attached_at()
        listed = {folder: self._listed(folder) for folder in folders_of(access.folder, access.folders.values())}
        done = Rescanned(folders=sum(map(bool, listed.values())), seen=sum(map(len, listed.values())))
        for folder, uids in listed.items():
            self._take_in(folder, uids, done)
        return done

    def _attached_at(self) -> datetime | None:
        """When the mailbox was first attached; in whole seconds, as the instants of its mail are."""
        attached = self._store.cursor(self._name, self._mailbox.access.folder).attached_at
        return attached and attached.replace(microsecond=0)

    def _hold(self) -> None:
        """Go on being the only one who works with the mailbox."""
        if self._lease.hold() is not None:
            message = f"The daemon works with mailbox {self._name}: stop it first."
            raise MailboxFault(message, code=FaultCode.IN_USE, temporary=True)

    def _listed(self, folder: str) -> list[int]:
        """The UIDs that a folder holds; none where there is no such folder."""
        selected = self._mailbox.look_into(folder)
        return [] if selected is None else self._note(folder, selected)

    def _note(self, folder: str, selected: Selected) -> list[int]:
        """Note which places of the selected folder hold mail."""
        self._hold()
        if not selected.uidvalidity:
            message = f"mailbox {self._name}: the server gives no UIDVALIDITY for {folder}."
            raise MailboxFault(message, code=FaultCode.PROTOCOL, temporary=False)
        uids = self._mailbox.new_uids(0)
        self._present.update((folder, selected.uidvalidity, uid) for uid in uids)
        return uids

    def _take_in(self, folder: str, uids: list[int], done: Rescanned) -> None:
        selected = self._mailbox.look_into(folder) if uids else None
        if selected is None:
            return
        known = self._store.filed_at(self._name, folder, selected.uidvalidity)
        for batch in self._mailbox.fetch([uid for uid in uids if uid not in known]):
            self._hold()
            given = [fetched for fetched in batch if fetched.raw is not None]
            place = self._name, folder, selected.uidvalidity
            arrivals = [arrival_of(fetched, *place, self._clock()) for fetched in given]
            taken = self._store.take_in_filed(arrivals, self._present, self._since)
            done.new += taken.new
            done.found += taken.found
            done.earlier += taken.earlier
            done.missing += sum(fetched.problem is not None for fetched in batch)


def folders_of(read: str, filed_into: Iterable[str]) -> Iterator[str]:
    """The folders that mail is filed into, each once, but for the one that is read."""
    for folder in dict.fromkeys(filed_into):
        if folder.upper() != read.upper():
            yield folder
