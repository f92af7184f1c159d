"""One round of one mailbox: fetch and store what is new, handle what is stored, file what is handled (DESIGN, 1 and 6).

Raw mail is committed before anything else happens to it, and nothing is moved before its outcome is committed. What is
new is known from our database, never from a flag of the mailbox. Of several processes one alone reads a mailbox, and
all of them handle what is stored. Who writes very much keeps nobody waiting: his mail is handled in small portions, and
there is a look for new mail between two of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

import structlog

from mailreader.filing import Filing
from mailreader.lease import Lease
from mailreader.mailbox import FaultCode, Fetched, Mailbox, MailboxFault, Selected
from mailreader.pipeline import GoOn, Handled, Pipeline, always
from mailreader.store import DATABASE_FAULTS, Arrival, Store
from parsers.mail import parse_envelope

_HANDLED_AT_ONCE: Final = 64
_TURN_SECONDS: Final = 1.0
_MOST_PROBLEMS: Final = 3

log = structlog.get_logger()


@dataclass(slots=True)
class Round:
    """What one round did; `more`: another is due at once. `paused`: the mailbox is not ours to read, for now."""

    fetched: int = 0
    handled: int = 0
    filed: int = 0
    more: bool = False
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
        """Handle all that is due, but for those who have very many messages waiting; returns how many were handled."""
        return self._in_turn(self._pipeline.handle_all(_HANDLED_AT_ONCE, self._clock, go_on, first_lane=True), go_on)

    def run_some(self, go_on: GoOn = always) -> int:
        """Handle a portion of what is due, whoever sent it; returns how many messages got their outcome."""
        return self._in_turn(self._pipeline.handle_some(_HANDLED_AT_ONCE, self._clock, go_on), go_on)

    def _in_turn(self, handling: Iterator[Handled], go_on: GoOn) -> int:
        while not self._turn.acquire(timeout=_TURN_SECONDS):
            if not go_on():
                return 0
        try:
            return sum(1 for _ in map(self._notice, handling))
        finally:
            self._turn.release()


class Intake:
    """The rounds of one mailbox, over one connection that is opened again after every fault."""

    def __init__(self, mailbox: Mailbox, store: Store, handling: Handling, clock: Callable[[], datetime]) -> None:
        """Take a mailbox that need not be connected yet; from one that is read only nothing is filed."""
        self.mailbox = mailbox
        self._store = store
        self._handling = handling
        self._clock = clock
        self._filing = None if mailbox.access.read_only else Filing(mailbox, store, clock)
        self._lease = Lease(store, f"mailbox {mailbox.access.name}", clock)
        self._from_uid = 0
        self._problems: dict[int, int] = {}
        self._paused = False
        self._other: str | None = None

    def close(self) -> None:
        """Leave the mailbox, which another process may read from now on."""
        self.mailbox.close()
        try:
            self._lease.give_up()
        except DATABASE_FAULTS as fault:
            log.warning("lease_not_given_up", mailbox=self.name, fault=type(fault).__name__)  # it runs out by itself

    def renew(self) -> None:
        """Go on being the one who reads the mailbox, whatever the round is at; to be called every ten seconds."""
        try:
            self._lease.renew()
        except DATABASE_FAULTS as fault:
            log.warning("lease_not_renewed", mailbox=self.name, fault=type(fault).__name__)

    @property
    def name(self) -> str:
        """The name of the mailbox."""
        return self.mailbox.access.name

    def run(self, go_on: GoOn = always) -> Round:
        """One round; MailboxFault or a fault of the database leaves what was not done for the next one.

        A mailbox that somebody has paused is left alone, and the connection is given up. So is one that another process
        reads; what that one has stored is handled here, too.
        """
        if self._is_paused():
            self.close()
            return Round(paused=True)
        done = Round(paused=self._is_read_by_another())
        if done.paused:
            self.mailbox.close()
            self._handle_portion(done, go_on)
            return done
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
        self._handle_portion(done, go_on)
        self._file(done, selected)
        if self._filing is not None:
            done.filed += self._filing.run_again()
        return done

    def _is_read_by_another(self) -> bool:
        """Whether another process reads the mailbox; that it does, and that it does no more, is logged once each."""
        other = self._lease.hold()
        if other and not self._other:
            log.info("mailbox_read_by_another", mailbox=self.name, process=other)
        elif self._other and not other:
            log.warning("mailbox_taken_over", mailbox=self.name, process=self._other)
        self._other = other
        return other is not None

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
        self._file(done, selected)

    def _handle_portion(self, done: Round, go_on: GoOn) -> None:
        """Handle all that is due, and of those who have very many messages waiting a portion."""
        done.handled += self._handling.run(go_on)
        portion = self._handling.run_some(go_on)
        done.handled += portion
        done.more = portion > 0 and go_on()

    def _file(self, done: Round, selected: Selected) -> None:
        while self._filing and not self._is_paused() and (filed := self._filing.run(selected)):
            done.filed += filed

    def _save(self, batch: Sequence[Fetched], selected: Selected) -> int:
        """Commit a batch, before anything else happens to it."""
        settled = [fetched for fetched in batch if self._is_settled(fetched)]
        place = self.name, self.mailbox.access.folder, selected.uidvalidity
        saved = self._store.save_arrivals([arrival_of(fetched, *place, self._clock()) for fetched in settled])
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


def arrival_of(fetched: Fetched, mailbox: str, folder: str, uidvalidity: int, now: datetime) -> Arrival:
    """What is stored of a message that was fetched; `now` stands for an instant that neither server nor mail tells."""
    envelope = parse_envelope(fetched.raw) if fetched.raw is not None else None
    return Arrival(
        mailbox=mailbox,
        folder=folder,
        uidvalidity=uidvalidity,
        uid=fetched.uid,
        received=fetched.received or (envelope and (envelope.received or envelope.date)) or now,
        size=fetched.size,
        raw=fetched.raw,
        message_id=envelope.message_id if envelope else None,
        body_digest=envelope.body_digest if envelope else "",
        vanished=fetched.vanished,
        sender=envelope.sender if envelope else None,
    )
