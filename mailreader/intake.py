"""One round of one mailbox: fetch and store what is new, handle what is stored, file what is handled (DESIGN, 1 and 6).

Raw mail is committed before anything else happens to it, and nothing is moved before its outcome is committed. What is
new is known from our database, never from a flag of the mailbox.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

import structlog

from mailreader.filing import Filing
from mailreader.mailbox import FaultCode, Fetched, Mailbox, MailboxFault, Selected
from mailreader.pipeline import GoOn, Handled, Pipeline, always
from mailreader.store import Arrival, Store
from parsers.mail import parse_envelope

_HANDLED_AT_ONCE: Final = 64
_TURN_SECONDS: Final = 1.0
_MOST_PROBLEMS: Final = 3

log = structlog.get_logger()


@dataclass(slots=True)
class Round:
    """What one round did."""

    fetched: int = 0
    handled: int = 0
    filed: int = 0
    paused: bool = False


class Handling:
    """Handles what is stored, from whatever mailbox; several workers take turns."""

    def __init__(self, pipeline: Pipeline, clock: Callable[[], datetime], notice: Callable[[Handled], None]) -> None:
        """`notice` is told of every message as soon as it has its outcome."""
        self._pipeline = pipeline
        self._clock = clock
        self._notice = notice
        self._turn = Lock()

    def run(self, go_on: GoOn = always) -> int:
        """Handle all that is due; returns how many messages got their outcome."""
        while not self._turn.acquire(timeout=_TURN_SECONDS):
            if not go_on():
                return 0
        try:
            return sum(1 for _ in self._all(go_on))
        finally:
            self._turn.release()

    def _all(self, go_on: GoOn) -> Iterator[Handled]:
        for handled in self._pipeline.handle_all(_HANDLED_AT_ONCE, self._clock, go_on):
            self._notice(handled)
            yield handled


class Intake:
    """The rounds of one mailbox, over one connection that is opened again after every fault."""

    def __init__(self, mailbox: Mailbox, store: Store, handling: Handling, clock: Callable[[], datetime]) -> None:
        """Take a mailbox that need not be connected yet; from one that is read only nothing is filed."""
        self.mailbox = mailbox
        self._store = store
        self._handling = handling
        self._clock = clock
        self._filing = None if mailbox.access.read_only else Filing(mailbox, store, clock)
        self._from_uid = 0
        self._problems: dict[int, int] = {}
        self._paused = False

    @property
    def name(self) -> str:
        """The name of the mailbox."""
        return self.mailbox.access.name

    def run(self, go_on: GoOn = always) -> Round:
        """One round; MailboxFault or a fault of the database leaves what was not done for the next one.

        A mailbox that somebody has paused is left alone, and the connection is given up.
        """
        if self._is_paused():
            self.mailbox.close()
            return Round(paused=True)
        done = Round()
        selected = self._select()
        listed = self.mailbox.new_uids(self._from_uid)
        new = self._store.unseen(self.name, self.mailbox.access.folder, selected.uidvalidity, listed)
        self._problems = {uid: tries for uid, tries in self._problems.items() if uid in new}
        for batch in self.mailbox.fetch(new):
            done.fetched += self._save(batch, selected)
            self._finish(done, selected, go_on)
            if not go_on() or self._is_paused():
                return done
        self._look_on_from(listed)
        self._finish(done, selected, go_on)
        if self._filing is not None:
            done.filed += self._filing.run_again()
        return done

    def _is_paused(self) -> bool:
        """Whether somebody has paused the mailbox; that it is, and that it is no more, is logged once each."""
        pause = next((pause for pause in self._store.pauses() if pause.mailbox == self.name), None)
        if pause is not None and not self._paused:
            log.info("mailbox_paused", mailbox=self.name, since=pause.since.isoformat())
        elif pause is None and self._paused:
            log.info("mailbox_resumed", mailbox=self.name)
        self._paused = pause is not None
        return self._paused

    def _select(self) -> Selected:
        """Select the folder; the first look of a connection is at all that lies in it."""
        if not self.mailbox.is_connected:
            self.mailbox.connect()
            self._from_uid = 0
        selected = self.mailbox.select()
        if not selected.uidvalidity:
            raise MailboxFault(
                f"mailbox {self.name}: the server gives no UIDVALIDITY for {self.mailbox.access.folder}, so that its "
                "mail cannot be told apart (RFC 9051, 2.3.1.1). Nothing is taken from it; ask its operators.",
                code=FaultCode.PROTOCOL,
                temporary=False,
            )
        self._attach(selected)
        return selected

    def _attach(self, selected: Selected) -> None:
        """Note the folder's UIDVALIDITY; after a change all UIDs are new, and mail seen before is known by content."""
        folder = self.mailbox.access.folder
        known = self._store.cursor(self.name, folder).uidvalidity
        if known == selected.uidvalidity:
            return
        if known is not None:
            log.warning("uidvalidity_changed", mailbox=self.name, folder=folder, was=known, now=selected.uidvalidity)
        self._store.attach(self.name, folder, selected.uidvalidity, self._clock())
        self._from_uid, self._problems = 0, {}

    def _look_on_from(self, listed: Sequence[int]) -> None:
        """Once all that was listed is saved, look above it only, but for messages that the server failed to give."""
        highest = max(listed, default=self._from_uid)
        self._from_uid = min([highest, *(uid - 1 for uid in self._problems)])

    def _finish(self, done: Round, selected: Selected, go_on: GoOn) -> None:
        done.handled += self._handling.run(go_on)
        while self._filing and not self._is_paused() and (filed := self._filing.run(selected)):
            done.filed += filed

    def _save(self, batch: Sequence[Fetched], selected: Selected) -> int:
        """Commit a batch, before anything else happens to it."""
        settled = [fetched for fetched in batch if self._is_settled(fetched)]
        saved = self._store.save_arrivals([self._arrival(fetched, selected) for fetched in settled])
        for fetched, row in zip(settled, saved, strict=True):
            self._problems.pop(fetched.uid, None)
            if fetched.vanished:
                log.info("message_vanished", mailbox=self.name, uid=fetched.uid, id=row.id)
        return len(settled)

    def _is_settled(self, fetched: Fetched) -> bool:
        """Whether a message can be stored: it is there, gone, or the server has failed to give it too often."""
        if fetched.problem is None:
            return True
        self._problems[fetched.uid] = tries = self._problems.get(fetched.uid, 0) + 1
        log.warning("message_not_given", mailbox=self.name, uid=fetched.uid, tries=tries, problem=fetched.problem)
        return tries >= _MOST_PROBLEMS

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
