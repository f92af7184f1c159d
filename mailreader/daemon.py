"""The daemon: a worker a mailbox, one for the outbox, and the clockwork that wakes them (DESIGN, APScheduler).

A timer and IDLE both only wake a worker; the worker alone does the work, so that nothing runs twice and nothing is
skipped. Every fault is waited out with back-off, for ever; the watchdog is fed by rounds that came to an end.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Final

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from mailreader.backoff import Backoff
from mailreader.delivery import Deliveries
from mailreader.intake import Intake
from mailreader.mailbox import MailboxFault
from mailreader.notify import notify
from mailreader.store import DATABASE_FAULTS

_DELIVER_SECONDS: Final = 15
_HEARTBEAT_SECONDS: Final = 10
_LONGEST_IDLE: Final = 240.0
_LONGEST_ROUND: Final = 900.0
_NEEDS_A_PERSON: Final = 60.0
_STOP_SECONDS: Final = 60.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class MailboxTask:
    """One mailbox to look after: seconds between two looks, and whether the server may also tell (IDLE)."""

    intake: Intake
    poll_seconds: float
    idle: bool


@dataclass(slots=True)
class _Worker:
    """A thread that works when it is woken; `finished` is when its last round ended, well or not (monotonic)."""

    name: str
    wake: Event = field(default_factory=Event)
    finished: float = field(default_factory=time.monotonic)
    thread: Thread | None = None


class Daemon:
    """Runs the workers until it is stopped."""

    def __init__(self, tasks: Sequence[MailboxTask], deliveries: Callable[[], Deliveries] | None) -> None:
        """`deliveries` makes the outbox's worker, in the thread that will use it; None where nothing is to be sent."""
        self._tasks = tasks
        self._deliveries = deliveries
        self._stop = Event()
        self._outbox = _Worker("outbox")
        self._mailboxes = [_Worker(task.intake.name) for task in tasks]

    def run(self) -> None:
        """Work until `stop` is called."""
        scheduler = self._clockwork()
        if self._deliveries is not None:
            make = self._deliveries
            self._start(self._outbox, lambda: self._deliver(make()))
        for worker, task in zip(self._mailboxes, self._tasks, strict=True):
            self._start(worker, lambda worker=worker, task=task: self._look_after(worker, task))
        scheduler.start()
        notify("READY=1")
        log.info("daemon_started", mailboxes=[worker.name for worker in self._mailboxes])
        self._stop.wait()
        notify("STOPPING=1")
        scheduler.shutdown(wait=False)
        for worker in [*self._mailboxes, self._outbox]:
            worker.wake.set()
            if worker.thread:
                worker.thread.join(_STOP_SECONDS)
        log.info("daemon_stopped")

    def stop(self) -> None:
        """End the work: what is being done is finished, what waits is left for the next start."""
        self._stop.set()
        for worker in [*self._mailboxes, self._outbox]:
            worker.wake.set()

    def wake_outbox(self) -> None:
        """Tell the outbox that a reply was composed."""
        self._outbox.wake.set()

    def _clockwork(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for worker, task in zip(self._mailboxes, self._tasks, strict=True):
            scheduler.add_job(worker.wake.set, "interval", seconds=task.poll_seconds, id=f"poll-{worker.name}")
        scheduler.add_job(self._outbox.wake.set, "interval", seconds=_DELIVER_SECONDS, id="deliver")
        scheduler.add_job(self._feed_watchdog, "interval", seconds=_HEARTBEAT_SECONDS, id="watchdog")
        return scheduler

    def _start(self, worker: _Worker, work: Callable[[], None]) -> None:
        worker.thread = Thread(target=work, name=worker.name, daemon=True)
        worker.thread.start()

    def _look_after(self, worker: _Worker, task: MailboxTask) -> None:
        """Round after round; between them IDLE, or the timer."""
        backoff = Backoff()
        while not self._stop.is_set():
            worker.wake.clear()
            try:
                done = task.intake.run()
                backoff.succeeded()
                if done.handled:
                    log.info("round_finished", mailbox=worker.name, fetched=done.fetched, filed=done.filed)
                worker.finished = time.monotonic()
                if done.fetched or self._stop.is_set():
                    continue  # what came during the round may have been told in it, and IDLE would not tell it again
                if task.idle:
                    task.intake.mailbox.idle(worker.wake, min(_LONGEST_IDLE, task.poll_seconds))
                else:
                    worker.wake.wait()
            except MailboxFault as fault:
                self._wait_out(worker, backoff, fault.message, 0.0 if fault.temporary else _NEEDS_A_PERSON)
            except DATABASE_FAULTS as fault:
                self._wait_out(worker, backoff, f"the database: {type(fault).__name__}", 0.0)
            except Exception:
                log.exception("round_failed", mailbox=worker.name)
                task.intake.mailbox.close()
                self._wait_out(worker, backoff, "a fault of our own", 0.0)
        task.intake.mailbox.close()

    def _wait_out(self, worker: _Worker, backoff: Backoff, fault: str, at_least: float) -> None:
        """Wait after a fault; the timer does not cut this short, a stop does."""
        worker.finished = time.monotonic()
        seconds = backoff.failed(at_least=at_least)
        log.warning("round_postponed", worker=worker.name, fault=fault, seconds=round(seconds, 1))
        deadline = time.monotonic() + seconds
        while not self._stop.is_set() and (left := deadline - time.monotonic()) > 0:
            self._stop.wait(min(left, _HEARTBEAT_SECONDS))
            worker.finished = time.monotonic()

    def _deliver(self, deliveries: Deliveries) -> None:
        """Deliver whenever woken; a relay or database that is down is waited out."""
        backoff = Backoff()
        while not self._stop.is_set():
            self._outbox.wake.wait()
            self._outbox.wake.clear()
            if self._stop.is_set():
                break
            try:
                works = deliveries.run()
            except Exception as fault:
                if not isinstance(fault, DATABASE_FAULTS):
                    log.exception("delivery_failed")
                works = False
            self._outbox.finished = time.monotonic()
            if works:
                backoff.succeeded()
            else:
                self._wait_out(self._outbox, backoff, "the relay or the database", 0.0)
        deliveries.close()

    def _feed_watchdog(self) -> None:
        """Tell systemd that we live, while every worker comes to the end of its rounds."""
        oldest = min(worker.finished for worker in self._mailboxes) if self._mailboxes else time.monotonic()
        if time.monotonic() - oldest < _LONGEST_ROUND:
            notify("WATCHDOG=1")
