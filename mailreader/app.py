"""The only wiring: from the settings to the rooms, each opened where it is needed and closed in turn."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Final

import structlog

from config.replies import load_reply_texts
from config.settings import ConfigurationError, Settings
from mailreader.answers import ServiceAddress
from mailreader.antecedents import Antecedents
from mailreader.automatic_rules import bounce_address, loop_token, rules_of_files, rules_of_mailboxes
from mailreader.correspondence import Correspondence
from mailreader.daemon import Daemon, MailboxTask
from mailreader.delivery import Deliveries, recover_unknown
from mailreader.desk import Desk
from mailreader.intake import Handling, Intake
from mailreader.judging import Judge
from mailreader.limits import AnswerLimits
from mailreader.mailbox import Mailbox, MailboxAccess
from mailreader.opening import open_store
from mailreader.outbox import Outbox
from mailreader.pipeline import Handled, Pipeline
from mailreader.readers import Readers
from mailreader.relay import Relay
from mailreader.rescan import Rescan, Rescanned, folders_of
from mailreader.store import Store

Clock = Callable[[], datetime]
Notice = Callable[[Handled], None]

_NO_RELAY: Final = "smtp: there is no relay for the answers; set `smtp.host` and `smtp.from`"
_NO_MAILBOX: Final = "mailboxes: there is no mailbox to read; see `mailboxes.main` in the sample file"

log = structlog.get_logger()


def system_clock() -> datetime:
    """The instant it is, aware."""
    return datetime.now(UTC)


def log_handled(handled: Handled) -> None:
    """The one event of a message: ids and codes, no addresses, no text (the trail is in the database)."""
    verdict = handled.decision.verdict
    log.info(
        "message_handled",
        id=handled.mail.id,
        mailbox=handled.mail.mailbox,
        outcome=verdict.outcome,
        reasons=[str(reason) for reason in verdict.reasons],
        ignored_because=verdict.ignored_because,
        answered=handled.decision.answer is not None,
        held_back=handled.decision.held_back or verdict.silence,
        seconds=round(handled.seconds, 4),
    )


@dataclass(frozen=True, slots=True)
class App:
    """The program under one configuration and one clock."""

    settings: Settings
    clock: Clock = system_clock

    def open_store(self) -> Store:
        """Open the database; SchemaError says what to do where its schema is not ours."""
        return open_store(self.settings)

    @contextmanager
    def pipeline(self, store: Store, *, composing: bool = True, of_files: bool | None = None) -> Iterator[Pipeline]:
        """The way of a message over this store, with its reading processes; `composing` false makes no answers.

        `of_files` leads mail in files alone, or (False) all but that.
        """
        limits = self.settings.limits
        correspondence = self._correspondence(store, composing=composing and not self.settings.is_shadow)
        judge = Judge(self.settings.window.as_window(), self.settings.policy())
        seconds, megabytes = limits.read_seconds, limits.read_memory_mb
        with (
            Readers(limits.readers, seconds=seconds, megabytes=megabytes) as readers,
            Readers(1, seconds=seconds, megabytes=megabytes) as rereaders,
        ):
            antecedents = Antecedents(store, rereaders)
            yield Pipeline(store, readers, antecedents, judge, correspondence, of_files=of_files)

    @contextmanager
    def desk(self, store: Store) -> Iterator[Desk]:
        """The operators' desk over this store, with its reading processes."""
        limits = self.settings.limits
        with (
            Readers(1, seconds=limits.read_seconds, megabytes=limits.read_memory_mb) as readers,
            Readers(1, seconds=limits.read_seconds, megabytes=limits.read_memory_mb) as rereaders,
        ):
            judge = Judge(self.settings.window.as_window(), self.settings.policy())
            correspondence = self._correspondence(store, composing=True)
            yield Desk(store, readers, Antecedents(store, rereaders), judge, correspondence)

    @contextmanager
    def daemon(self, store: Store, notice: Notice = log_handled) -> Iterator[Daemon]:
        """The daemon over this store; ConfigurationError where there is no mailbox or no relay."""
        relay = self._begin(store)
        with self.pipeline(store, of_files=False) as pipeline:
            daemon: Daemon

            def handled(message: Handled) -> None:
                notice(message)
                if message.decision.answer is not None:
                    daemon.wake_outbox()

            handling = Handling(pipeline, self.clock, handled)
            deliveries = (lambda: Deliveries(store, Outbox(relay), self.clock)) if relay else None
            daemon = Daemon(self._tasks(store, handling), deliveries)
            yield daemon

    def run_once(self, store: Store, notice: Notice = log_handled) -> bool:
        """One round of every mailbox, then of the outbox; False where the relay cannot be worked with at present.

        MailboxFault where a mailbox cannot be worked with.
        """
        relay = self._begin(store)
        with self.pipeline(store, of_files=False) as pipeline:
            for task in self._tasks(store, Handling(pipeline, self.clock, notice)):
                with closing(task.intake):
                    while task.intake.run().more:
                        pass
        if relay is None:
            return True
        with Outbox(relay) as outbox:
            return Deliveries(store, outbox, self.clock).run()

    def rescan(
        self, store: Store, notice: Notice = log_handled, *, since: datetime | None = None
    ) -> dict[str, Rescanned]:
        """Take in what lies in the folders of outcomes and is not known, and handle it; by mailbox, what was seen.

        Mail received before `since` is left alone, or, with None, from before the mailbox was attached. MailboxFault
        where a daemon works with a mailbox, or where a mailbox cannot be worked with.
        """
        found: dict[str, Rescanned] = {}
        for name in self.settings.mailboxes:
            with Mailbox(self.access(name)) as mailbox:
                found[name] = Rescan(mailbox, store, self.clock, since).run()
        store.hold_waiting()
        with self.pipeline(store, of_files=False) as pipeline:
            for handled in pipeline.handle_all(self.settings.limits.batch_messages, self.clock):
                notice(handled)
        return found

    def access(self, name: str) -> MailboxAccess:
        """How the mailbox of this name is reached."""
        mailbox, limits = self.settings.mailboxes[name], self.settings.limits
        return MailboxAccess(
            name=name,
            host=mailbox.host,
            username=mailbox.username,
            password=mailbox.secret(),
            port=mailbox.port,
            tls=mailbox.tls,
            folder=mailbox.folder,
            folders=mailbox.folders.by_outcome(),
            timeout_seconds=mailbox.timeout,
            batch_messages=limits.batch_messages,
            batch_bytes=limits.batch_bytes,
            oversize_bytes=limits.oversize_bytes,
            cafile=mailbox.cafile,
            allow_plaintext=mailbox.allow_plaintext,
            read_only=self.settings.is_shadow,
        )

    def relay(self) -> Relay:
        """How the relay is reached; ConfigurationError where none is configured."""
        smtp = self.settings.smtp
        if smtp is None:
            raise ConfigurationError([_NO_RELAY])
        return Relay(
            host=smtp.host,
            port=smtp.port,
            tls=smtp.tls,
            username=smtp.username,
            password=smtp.secret(),
            sender=bounce_address(self.settings),
            hello_name=parseaddr(smtp.sender)[1].rpartition("@")[2],
            timeout=smtp.timeout,
            cafile=smtp.cafile,
            allow_plaintext=smtp.allow_plaintext,
        )

    def missing(self) -> list[str]:
        """What the daemon needs and the configuration lacks, a line each: a mailbox and, but for a trial, a relay."""
        lacks_relay = self.settings.smtp is None and not self.settings.is_shadow
        return [_NO_RELAY] * lacks_relay + [_NO_MAILBOX] * (not self.settings.mailboxes)

    def _begin(self, store: Store) -> Relay | None:
        """Make ready to work; return the relay, None where nothing is to be sent: answers are off, or it is a trial."""
        if missing := self.missing():
            raise ConfigurationError(missing)
        if self.settings.is_shadow:
            log.info("shadow_mode")
            return None
        recover_unknown(store, self.clock())
        relay = self.relay()
        return relay if self.settings.answers.enabled else None

    def _tasks(self, store: Store, handling: Handling) -> list[MailboxTask]:
        return [
            MailboxTask(
                Intake(Mailbox(self.access(name)), store, handling, self.clock), mailbox.poll_seconds, mailbox.idle
            )
            for name, mailbox in self.settings.mailboxes.items()
        ]

    def _correspondence(self, store: Store, *, composing: bool) -> Correspondence:
        answers = self.settings.answers
        return Correspondence(
            store=store,
            texts=load_reply_texts(answers.texts),
            window=self.settings.window.as_window(),
            service=self.service(),
            limits=AnswerLimits(
                composed=composing,
                per_sender_per_day=answers.per_sender_per_day,
                same_rejection_per_day=answers.same_rejection_per_day,
                breaker_per_hour=answers.breaker_per_hour,
                bounced_days=answers.bounced_days,
                copy_to_registered=answers.copy_to_registered,
                max_age=timedelta(days=answers.max_age_days) if answers.max_age_days else None,
                backlog=answers.backlog,
            ),
            rules=rules_of_mailboxes(self.settings),
            any_rules=rules_of_files(self.settings),
            filed_into={
                name: frozenset(folders_of(mailbox.folder, mailbox.folders.by_outcome().values()))
                for name, mailbox in self.settings.mailboxes.items()
            },
        )

    def service(self) -> ServiceAddress:
        """Who answers."""
        contact, answers = self.settings.contact, self.settings.answers
        sender = self.settings.smtp.sender if self.settings.smtp else ""
        return ServiceAddress(
            sender=sender,
            loop_token=loop_token(self.settings),
            precedence=answers.precedence,
            name=contact.name,
            phone=contact.phone,
            hours=contact.hours,
            centres=contact.centres,
            undecided=answers.undecided_language,
        )
