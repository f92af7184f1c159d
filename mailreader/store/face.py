"""The one face of the store: every session and query of the program is behind it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Self

from sqlalchemy import Engine

from mailreader.store import (
    acts,
    audit,
    bounces,
    breaker,
    comparison,
    decisions,
    filing,
    folders,
    intake,
    leases,
    listings,
    outbox,
    pauses,
    purge,
    rescan,
)
from mailreader.store.breaker import Breaker, BreakerState
from mailreader.store.engine import check_pages, check_schema, connect
from mailreader.store.export import export
from mailreader.store.filing import FiledAt, ToFile
from mailreader.store.folders import Cursor
from mailreader.store.intake import Arrival, SavedArrival, StoredMail
from mailreader.store.outbox import QueuedReply
from mailreader.store.pauses import Pause
from mailreader.store.purge import Counts, Limits
from mailreader.store.register_import import ImportCounts, Progress, import_register
from mailreader.store.statistics import Span, statistics
from models.acts import By
from models.catalogue import Act, OutboxState, QueueStatus, Reason, ReplyOrigin
from models.comparison import Read
from models.decision import Decision
from models.history import PastReading
from models.lines import AuditLine, ExportLine, OutboxLine, QueueLine, Selection, StoredLine
from models.register import Account, RegisterExcerpt
from models.register_changes import Note
from models.statistics import Statistics

REPLY_DOMAIN = "mailreader.invalid"


class Store:
    """The database of the program; may be used from several threads. All instants are aware."""

    def __init__(self, engine: Engine, reply_domain: str = REPLY_DOMAIN) -> None:
        """Take an engine whose schema has been checked; `reply_domain` ends the Message-IDs of replies."""
        self._engine = engine
        self._reply_domain = reply_domain

    @classmethod
    def open(cls, url: str, reply_domain: str = REPLY_DOMAIN) -> Self:
        """Open the database at `url`; raises a `SchemaError` that says what to do where its schema is not ours."""
        engine = connect(url)
        try:
            check_schema(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, reply_domain)

    def check_pages(self) -> None:
        """Look through the file of the database; DatabaseDamaged where it is not whole."""
        check_pages(self._engine)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def cursor(self, mailbox: str, folder: str) -> Cursor:
        """Return how far a folder has been read."""
        return folders.cursor(self._engine, mailbox, folder)

    def attach(self, mailbox: str, folder: str, uidvalidity: int, now: datetime) -> None:
        """Note the UIDVALIDITY of a folder that is read from now on; its first attachment stays known."""
        folders.attach(self._engine, mailbox, folder, uidvalidity, now)

    def unseen(self, mailbox: str, folder: str, uidvalidity: int, uids: Sequence[int]) -> list[int]:
        """Return those of `uids` that were never saved, ascending."""
        return folders.unseen(self._engine, mailbox, folder, uidvalidity, uids)

    def save_arrivals(self, arrivals: Sequence[Arrival]) -> list[SavedArrival]:
        """Commit what was found, before anything else happens to it; saving again changes nothing."""
        return intake.save_arrivals(self._engine, arrivals)

    def hold_lease(
        self, name: str, holder: str, now: datetime, until: datetime, is_gone: Callable[[str], bool]
    ) -> str | None:
        """Take a lease or make it last; return who else has it. `is_gone` tells a holder that needs no waiting for."""
        return leases.hold(self._engine, name, holder, now, until, is_gone)

    def give_up_lease(self, name: str, holder: str) -> None:
        """Let anybody take a lease, if it is the holder's own."""
        leases.give_up(self._engine, name, holder)

    def pending(
        self, limit: int, now: datetime, *, of_files: bool | None = None, first_lane: bool = False
    ) -> list[StoredMail]:
        """Claim mail that is still to be judged, lane by lane, in the order received, then by UID.

        `of_files` claims mail in files alone, or (False) all but that; `first_lane` none of those who have very many
        messages waiting.
        """
        return intake.pending(self._engine, limit, now, of_files=of_files, first_lane=first_lane)

    def exhausted(self, limit: int, now: datetime, *, of_files: bool | None = None) -> list[StoredMail]:
        """Claim mail that failed too often to be tried again, and still has no outcome."""
        return intake.pending(self._engine, limit, now, of_files=of_files, exhausted=True)

    def release(self, message_id: int, error: str, *, counts: bool = True) -> int:
        """Give claimed mail back after a failure; return its tries. A server's fault does not count (`counts`)."""
        return intake.release(self._engine, message_id, error, counts=counts)

    def decide(
        self,
        message_id: int,
        *,
        sender: str | None,
        identifiers: frozenset[str],
        period: str,
        judge: decisions.Judge,
        now: datetime,
    ) -> Decision:
        """Judge a message and write down all that follows, in one transaction; a decided one keeps its decision.

        `judge` gets the accounts that `identifiers` (keys of account numbers and serials) or `sender` name, and
        their history, as they stand in `period` (YYYY-MM).
        """
        question = decisions.Question(message_id, sender, identifiers, period)
        return decisions.decide(self._engine, question, judge, now=now, reply_domain=self._reply_domain)

    def rule(
        self,
        message_id: int,
        ruler: acts.Ruler,
        act: Act,
        by: By,
        *,
        sender: str | None,
        identifiers: frozenset[str],
        period: str,
        statuses: Collection[QueueStatus],
    ) -> int | None:
        """Have an operator's act on a queue item done, in one transaction; return the number of its answer.

        `ruler` gets the item, the accounts that `identifiers` or `sender` name and their history; ActRefused where the
        item is not in one of `statuses`, or `ruler` says so: then nothing happens.
        """
        question = decisions.Question(message_id, sender, identifiers, period)
        return acts.rule(self._engine, question, ruler, act, by, statuses=statuses, reply_domain=self._reply_domain)

    def retry_reply(self, reply: int, by: By) -> None:
        """Have a reply sent that failed, is unknown or held; ActRefused where there is nothing to try again."""
        acts.retry(self._engine, reply, by)

    def to_file(self, mailbox: str, limit: int, *, again: bool = False) -> list[ToFile]:
        """Return judged mail that still lies where it came, or (`again`) in the folder of an earlier outcome."""
        return filing.to_file(self._engine, mailbox, limit, again=again)

    def mark_filed(self, filed: Mapping[ToFile, FiledAt | None], now: datetime) -> None:
        """Note where mail was filed; None: it is gone, or lies where it should. A new outcome has it filed again."""
        filing.mark_filed(self._engine, filed, now)

    def answered(self, reply_ids: Collection[str]) -> StoredMail | None:
        """Return the mail that one of our replies (by its Message-ID) answered."""
        return outbox.answered(self._engine, reply_ids)

    def claim_reply(self, now: datetime) -> QueuedReply | None:
        """Claim the reply that has waited longest; None where none is due."""
        return outbox.claim_reply(self._engine, now)

    def mark_sending(self, reply: int) -> None:
        """Commit, just before DATA, that from now on nobody can know whether the reply was taken."""
        outbox.mark(self._engine, reply, OutboxState.SENDING)

    def mark_sent(self, reply: int, now: datetime) -> None:
        """Note that the server took the reply."""
        outbox.mark(self._engine, reply, OutboxState.SENT, sent_at=now)

    def mark_retry(self, reply: int, error: str, not_before: datetime) -> None:
        """Let the reply wait for another try."""
        outbox.mark(self._engine, reply, OutboxState.WAITING, error, not_before=not_before)

    def mark_failed(self, reply: int, error: str, *, bounced_at: datetime | None = None) -> None:
        """Note that the reply was refused for good; with `bounced_at`, because there is no such address."""
        outbox.mark(self._engine, reply, OutboxState.FAILED, error, bounced_at=bounced_at)

    def mark_unknown(self, reply: int, error: str) -> None:
        """Note that the server did not say whether it took the reply."""
        outbox.mark(self._engine, reply, OutboxState.UNKNOWN, error)

    def recover_sending(self, now: datetime) -> int:
        """Call `unknown` what a process left `sending` whose claim has run out; return how many there were."""
        return outbox.recover_sending(self._engine, now)

    def answers_since(self, address: str, since: datetime, origin: ReplyOrigin = ReplyOrigin.AUTOMATIC) -> int:
        """Return how many replies of one origin to `address` were let out since an instant."""
        return outbox.answers_since(self._engine, address, since, origin)

    def rejections_since(self, address: str, since: datetime, reasons: Collection[Reason]) -> int:
        """Return how many rejections to `address` since an instant gave just these reasons."""
        return outbox.rejections_since(self._engine, address, since, reasons)

    def bounced_since(self, address: str, since: datetime) -> bool:
        """Return whether an address was found not to exist since an instant."""
        return bounces.bounced_since(self._engine, address, since)

    def breaker(self) -> Breaker:
        """Return where the breaker of the whole daemon stands."""
        return breaker.breaker(self._engine)

    def breaker_state(self, most: int, since: datetime) -> BreakerState:
        """Return how the breaker takes one more answer, where `most` (0: any number) may go out since an instant."""
        return breaker.state(self._engine, most, since)

    def reset_breaker(self, actor: str, now: datetime, *, send_held: bool = False) -> Breaker:
        """Close the breaker; return how it stood. With `send_held` the answers that it holds go out."""
        return breaker.reset(self._engine, actor, now, send_held=send_held)

    def import_register(
        self,
        accounts: Iterable[Account],
        progress: Progress | None = None,
        *,
        dry_run: bool = False,
        note: Note | None = None,
    ) -> ImportCounts:
        """Load accounts from billing, all or nothing; `dry_run` only counts, and `note` is told, what would change."""
        return import_register(self._engine, accounts, progress, dry_run=dry_run, note=note)

    def register_size(self) -> int:
        """Return how many accounts the register has."""
        return listings.register_size(self._engine)

    def account(self, number: str) -> tuple[Account, tuple[PastReading, ...]] | None:
        """Return one account as billing exported it, with all that was recorded for it."""
        return listings.account(self._engine, number)

    def accounts_in(self, sender: str | None, identifiers: Iterable[str], period: str) -> RegisterExcerpt:
        """Return the accounts that a message from `sender` with these identifiers can concern in `period`."""
        return listings.accounts_in(self._engine, sender, identifiers, period)

    def messages(self, selection: Selection | None = None) -> list[StoredLine]:
        """Return the selected messages, oldest first."""
        return listings.messages(self._engine, selection or Selection())

    def message(self, message_id: int) -> StoredLine | None:
        """Return one message."""
        return next(iter(self.messages(Selection(ids=(message_id,)))), None)

    def mail(self, message_id: int) -> StoredMail | None:
        """Return the bytes of one message as they came; of a second delivery those of the first."""
        return intake.mail(self._engine, message_id)

    def queue(self, status: QueueStatus | None = QueueStatus.OPEN) -> list[QueueLine]:
        """Return the operators' queue, oldest first; `status` None asks for closed items too."""
        return listings.queue(self._engine, status)

    def queue_item(self, message_id: int) -> QueueLine | None:
        """Return the queue item of one message."""
        return next(iter(listings.queue(self._engine, None, message_id)), None)

    def outbox(self, state: OutboxState | None = None) -> list[OutboxLine]:
        """Return the replies of the outbox, oldest first."""
        return listings.outbox(self._engine, state)

    def trail(self, message_id: int | None) -> list[AuditLine]:
        """Return what people did to one message, oldest first; with None, what they did that is about none."""
        return audit.trail(self._engine, message_id)

    def replies_to(self, message_id: int) -> list[OutboxLine]:
        """Return all replies to one message, and the copies of them, oldest first."""
        return listings.outbox(self._engine, None, message_id)

    def reply(self, number: int) -> OutboxLine | None:
        """Return one reply of the outbox."""
        return listings.reply(self._engine, number)

    def account_numbers(self, stated: Iterable[str]) -> dict[str, str]:
        """Return the number in the register for each account as written, where it has exactly one."""
        return comparison.account_numbers(self._engine, stated)

    def newest_period(self) -> str | None:
        """Return the newest billing period of which a reading was recorded; None where there is none."""
        return comparison.newest_period(self._engine)

    def read_in(self, periods: Collection[str]) -> list[Read]:
        """Return what was recorded and what was refused of some periods, to compare it with what clerks entered."""
        return comparison.read_in(self._engine, periods)

    def filed_at(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Return the UIDs at which the database knows mail to lie that was filed into a folder."""
        return rescan.filed_at(self._engine, mailbox, folder, uidvalidity)

    def hold_waiting(self) -> None:
        """Hold the answers that wait in a database that was restored: they may have gone out since the backup."""
        rescan.hold_waiting(self._engine)

    def take_in_filed(
        self, arrivals: Sequence[Arrival], present: Collection[rescan.Place], since: datetime | None
    ) -> rescan.TakenIn:
        """Store mail that was found in a folder of outcomes; `present` are the places at which mail lies now.

        Of what is unknown, that which was received before `since` is left alone.
        """
        return rescan.take_in_filed(self._engine, arrivals, present, since)

    def pause(self, mailbox: str, actor: str, now: datetime) -> Pause | None:
        """Leave a mailbox alone from now on; the earlier pause is returned where there is one, and goes on."""
        return pauses.pause(self._engine, mailbox, actor, now)

    def resume(self, mailbox: str, actor: str, now: datetime) -> Pause | None:
        """Work with a mailbox again; the pause that ended is returned, None where there was none."""
        return pauses.resume(self._engine, mailbox, actor, now)

    def pauses(self) -> list[Pause]:
        """Return the mailboxes that are paused, by name."""
        return pauses.pauses(self._engine)

    def readings(
        self, period: str | None = None, since: int | None = None, limit: int | None = None
    ) -> Iterator[ExportLine]:
        """Give out new readings to billing and return lines one by one; `since` gives what came after a cursor."""
        return export(self._engine, period, since, limit)

    def purgeable(self, limits: Limits) -> Counts:
        """Return what a purge would do."""
        return purge.purgeable(self._engine, limits)

    def purge(self, limits: Limits, now: datetime, actor: str, progress: Progress) -> Counts:
        """Delete what is older than the retention keeps, but for what must never come or be answered twice."""
        return purge.purge(self._engine, limits, now, actor, progress)

    def statistics(self, span: Span) -> Statistics:
        """Count the mail of some days and what became of it."""
        return statistics(self._engine, span)
