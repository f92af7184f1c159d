"""One round of one mailbox: fetch and store what is new, handle what is stored, file what is handled (DESIGN, 1 and 6).

Raw mail is committed before anything else happens to it, and nothing is moved before its outcome is committed. What is
new is known from our database, never from a flag of the mailbox.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

import structlog

from mailreader.mailbox import Fetched, Mailbox, Selected
from mailreader.pipeline import Handled, Pipeline
from mailreader.store import Arrival, Store, ToFile
from parsers.mail import parse_envelope

_HANDLED_AT_ONCE: Final = 64
_FILED_AT_ONCE: Final = 500
_MOST_PROBLEMS: Final = 3

log = structlog.get_logger()


@dataclass(slots=True)
class Round:
    """What one round did."""

    fetched: int = 0
    handled: int = 0
    filed: int = 0


class Handling:
    """Handles what is stored, from whatever mailbox; several workers take turns."""

    def __init__(self, pipeline: Pipeline, clock: Callable[[], datetime], notice: Callable[[Handled], None]) -> None:
        """`notice` is told of every message that got its outcome."""
        self._pipeline = pipeline
        self._clock = clock
        self._notice = notice
        self._turn = Lock()

    def run(self) -> int:
        """Handle all that is due; returns how many messages got their outcome."""
        with self._turn:
            return sum(1 for _ in self._all())

    def _all(self) -> Iterator[Handled]:
        while batch := self._pipeline.handle(_HANDLED_AT_ONCE, self._clock()):
            for handled in batch:
                self._notice(handled)
                yield handled


class Intake:
    """The rounds of one mailbox, over one connection that is opened again after every fault."""

    def __init__(self, mailbox: Mailbox, store: Store, handling: Handling, clock: Callable[[], datetime]) -> None:
        """Take a mailbox that need not be connected yet."""
        self.mailbox = mailbox
        self._store = store
        self._handling = handling
        self._clock = clock
        self._from_uid = 0
        self._problems: dict[int, int] = defaultdict(int)

    @property
    def name(self) -> str:
        """The name of the mailbox."""
        return self.mailbox.access.name

    def run(self) -> Round:
        """One round; MailboxFault or a fault of the database leaves what was not done for the next one."""
        done = Round()
        if not self.mailbox.is_connected:
            self.mailbox.connect()
            self._from_uid = 0
        selected = self.mailbox.select()
        self._attach(selected)
        for batch in self.mailbox.fetch(self._new_uids(selected)):
            done.fetched += self._save(batch, selected)
            done.handled += self._handling.run()
            done.filed += self._file(selected)
        done.handled += self._handling.run()
        done.filed += self._file(selected)
        return done

    def _attach(self, selected: Selected) -> None:
        """Note the folder's UIDVALIDITY; after a change all UIDs are new, and mail seen before is known by content."""
        folder = self.mailbox.access.folder
        known = self._store.cursor(self.name, folder).uidvalidity
        if known == selected.uidvalidity:
            return
        if known is not None:
            log.warning("uidvalidity_changed", mailbox=self.name, folder=folder, was=known, now=selected.uidvalidity)
        self._store.attach(self.name, folder, selected.uidvalidity, self._clock())
        self._from_uid = 0

    def _new_uids(self, selected: Selected) -> list[int]:
        """The UIDs that were never saved; the first look of a connection is at all that lies in the folder."""
        listed = self.mailbox.new_uids(self._from_uid)
        return self._store.unseen(self.name, self.mailbox.access.folder, selected.uidvalidity, listed)

    def _save(self, batch: Sequence[Fetched], selected: Selected) -> int:
        done = [fetched for fetched in batch if self._is_settled(fetched)]
        saved = self._store.save_arrivals([self._arrival(fetched, selected) for fetched in done])
        open_problems = [uid for uid, tries in self._problems.items() if tries < _MOST_PROBLEMS]
        highest = max((fetched.uid for fetched in batch), default=self._from_uid)
        self._from_uid = min([highest, *(uid - 1 for uid in open_problems)])
        for fetched, row in zip(done, saved, strict=True):
            if fetched.vanished:
                log.info("message_vanished", mailbox=self.name, uid=fetched.uid, id=row.id)
        return len(done)

    def _is_settled(self, fetched: Fetched) -> bool:
        """Whether a message can be stored: it is there, gone, or the server has failed to give it too often."""
        if fetched.problem is None:
            self._problems.pop(fetched.uid, None)
            return True
        self._problems[fetched.uid] += 1
        log.warning("message_not_given", mailbox=self.name, uid=fetched.uid, problem=fetched.problem)
        return self._problems[fetched.uid] >= _MOST_PROBLEMS

    def _arrival(self, fetched: Fetched, selected: Selected) -> Arrival:
        envelope = parse_envelope(fetched.raw) if fetched.raw is not None else None
        received = fetched.received or (envelope and (envelope.received or envelope.date)) or self._clock()
        return Arrival(
            mailbox=self.name,
            folder=self.mailbox.access.folder,
            uidvalidity=selected.uidvalidity,
            uid=fetched.uid,
            received=received,
            size=fetched.size,
            raw=fetched.raw,
            message_id=envelope.message_id if envelope else None,
            body_digest=envelope.body_digest if envelope else "",
            vanished=fetched.vanished,
        )

    def _file(self, selected: Selected) -> int:
        """Move handled mail into the folder of its outcome; what cannot be moved stays and is tried again."""
        due = self._store.to_file(self.name, _FILED_AT_ONCE)
        gone = [mail.id for mail in due if not self._lies_here(mail, selected)]
        by_folder: dict[str, list[ToFile]] = defaultdict(list)
        for mail in due:
            if self._lies_here(mail, selected):
                by_folder[self.mailbox.access.folders[mail.outcome]].append(mail)
        filed = gone
        for folder, mails in by_folder.items():
            result = self.mailbox.move([mail.uid for mail in mails], folder)
            if result.moved:
                filed += [mail.id for mail in mails]
            else:
                log.warning("mail_not_filed", mailbox=self.name, folder=folder, remark=result.remark)
        self._store.mark_filed(filed, self._clock())
        return len(filed)

    def _lies_here(self, mail: ToFile, selected: Selected) -> bool:
        """Whether a message still has the UID under which it was saved; under a new UIDVALIDITY it has another."""
        return (mail.folder, mail.uidvalidity) == (self.mailbox.access.folder, selected.uidvalidity)
