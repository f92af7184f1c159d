"""The daemon: a worker a mailbox, one for the outbox, and the clockwork that wakes them (DESIGN, APScheduler).

A timer and IDLE both only wake a worker; the worker alone does the work, so that nothing runs twice and nothing is
skipped. Every fault is waited out with back-off, for ever; the watchdog is fed while every worker goes on.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from threading import Event, Thread
from typing import Final

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from mailreader.backoff import Backoff
from mailreader.delivery import Deliveries
from mailreader.intake import Intake
from mailreader.mailbox import MailboxFault
from mailreader.notify import notify
from mailreader.store import DATABASE_FAULTS, DatabaseDamaged, code_of

_DELIVER_SECONDS: Final = 15
_HEARTBEAT_SECONDS: Final = 10
_LONGEST_IDLE: Final = 240.0
_LONGEST_STEP: Final = 900.0
_NEEDS_A_PERSON: Final = 60.0
_BETWEEN_ROUNDS: Final = 0.2
_STOP_SECONDS: Final = 130.0

_Fault = tuple[str, float]
"""What is wrong, and the seconds to wait at least."""

log = structlog.get_logger()


class WorkerBroke(Exception):
    """A worker ended although nobody had asked it to: a fault of our own, after which only a new start is sound."""


@dataclass(frozen=True, slots=True)
class MailboxTask:
    """One mailbox to look after: seconds between two looks, and whether the server may also tell (IDLE)."""

    intake: Intake
    poll_seconds: float
    idle: bool


@dataclass(slots=True)
class _Worker:
    """A thread that works when it is woken; `seen` is when it last took a step (monotonic)."""

    name: str
    wake: Event = field(default_factory=Event)
    seen: float = field(default_factory=time.monotonic)
    thread: Thread | None = None

    def step(self) -> None:
        """Note that the work goes on."""
        self.seen = time.monotonic()

    def wait(self) -> None:
        """Wait until woken."""
        while not self.wake.wait(_HEARTBEAT_SECONDS):
            self.step()
        self.step()


class Daemon:
    """Runs the workers until it is stopped."""

    def __init__(self, tasks: Sequence[MailboxTask], deliveries: Callable[[], Deliveries] | None) -> None:
        """`deliveries` makes the outbox's worker, in the thread that will use it; None where nothing is to be sent."""
        self._tasks = tasks
        self._deliveries = deliveries
        self._asked_to_stop: SimpleQueue[None] = SimpleQueue()
        self._stop = Event()
        self._broken: str | None = None
        self._outbox = _Worker("outbox")
        self._mailboxes = [_Worker(task.intake.name) for task in tasks]

    def run(self) -> None:
        """Work until `stop` is called; WorkerBroke where a worker ended by itself."""
        scheduler = self._clockwork()
        for worker, work in self._work():
            worker.thread = Thread(target=self._guarded, args=(worker, work), name=worker.name, daemon=True)
            worker.thread.start()
        scheduler.start()
        notify("READY=1")
        log.info("daemon_started", mailboxes=[worker.name for worker in self._mailboxes])
        self._asked_to_stop.get()
        notify("STOPPING=1")
        scheduler.shutdown(wait=False)
        self._end_workers()
        log.info("daemon_stopped")
        if self._broken:
            raise WorkerBroke(self._broken)

    def stop(self) -> None:
        """End the work: what is being done is finished, what waits is left for the next start.

        May be called by a signal handler, and so takes no lock.
        """
        self._asked_to_stop.put(None)

    def wake_outbox(self) -> None:
        """Tell the outbox that a reply was composed."""
        self._outbox.wake.set()

    @property
    def _workers(self) -> list[_Worker]:
        return self._mailboxes if self._deliveries is None else [*self._mailboxes, self._outbox]

    def _work(self) -> list[tuple[_Worker, Callable[[], None]]]:
        work: list[tuple[_Worker, Callable[[], None]]] = [
            (worker, partial(self._look_after, worker, task))
            for worker, task in zip(self._mailboxes, self._tasks, strict=True)
        ]
        if self._deliveries is not None:
            work.append((self._outbox, partial(self._deliver, self._deliveries)))
        return work

    def _clockwork(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for worker, task in zip(self._mailboxes, self._tasks, strict=True):
            scheduler.add_job(worker.wake.set, "interval", seconds=task.poll_seconds, id=f"poll-{worker.name}")
            scheduler.add_job(task.intake.renew, "interval", seconds=_HEARTBEAT_SECONDS, id=f"lease-{worker.name}")
        scheduler.add_job(self._outbox.wake.set, "interval", seconds=_DELIVER_SECONDS, id="deliver")
        scheduler.add_job(self._feed_watchdog, "interval", seconds=_HEARTBEAT_SECONDS, id="watchdog")
        return scheduler

    def _guarded(self, worker: _Worker, work: Callable[[], None]) -> None:
        """Do a worker's work; where it breaks, end the daemon: a deaf one is worse than one that starts again."""
        try:
            work()
        except BaseException:
            self._broken = worker.name
            log.exception("worker_broke", worker=worker.name)
        finally:
            self.stop()

    def _end_workers(self) -> None:
        self._stop.set()
        for worker in self._workers:
            worker.wake.set()
        deadline = time.monotonic() + _STOP_SECONDS
        for worker in self._workers:
            if worker.thread:
                worker.thread.join(max(0.0, deadline - time.monotonic()))

    def _goes_on(self, worker: _Worker) -> bool:
        """Whether a worker is to go on; asking is a sign of life."""
        worker.step()
        return not self._stop.is_set()

    def _is_to_work(self, worker: _Worker) -> bool:
        """Whether to begin again; first what woke us is forgotten, so that a stop in between wakes us once more."""
        worker.wake.clear()
        return self._goes_on(worker)

    def _look_after(self, worker: _Worker, task: MailboxTask) -> None:
        """Round after round; between them IDLE, or the timer."""
        backoff = Backoff()
        try:
            while self._is_to_work(worker):
                self._attempt(worker, task, backoff)
        finally:
            task.intake.close()

    def _attempt(self, worker: _Worker, task: MailboxTask, backoff: Backoff) -> None:
        """One round and the wait after it, or the pause after a fault."""
        try:
            self._round_and_wait(worker, task, backoff)
        except MailboxFault as fault:
            self._wait_out(worker, backoff, fault.message, 0.0 if fault.temporary else _NEEDS_A_PERSON)
        except DATABASE_FAULTS as fault:
            self._wait_out(worker, backoff, *_told(fault))
        except Exception as fault:
            log.exception("round_failed", mailbox=worker.name)
            task.intake.mailbox.close()
            self._wait_out(worker, backoff, f"a fault of our own: {type(fault).__name__}")

    def _round_and_wait(self, worker: _Worker, task: MailboxTask, backoff: Backoff) -> None:
        done = task.intake.run(partial(self._goes_on, worker))
        backoff.succeeded()
        if done.handled:
            log.info("round_finished", mailbox=worker.name, fetched=done.fetched, filed=done.filed)
        if done.more:
            return
        if self._stop.wait(_BETWEEN_ROUNDS if not done.fetched and not done.handled and not done.filed else 0.0):
            return
        if task.idle and not done.paused:
            task.intake.mailbox.idle(worker.wake, min(_LONGEST_IDLE, task.poll_seconds))
        else:
            worker.wait()

    def _wait_out(self, worker: _Worker, backoff: Backoff, fault: str, at_least: float = 0.0) -> None:
        """Wait after a fault; the timer does not cut this short, a stop does."""
        seconds = backoff.failed(at_least=at_least)
        log.warning("work_postponed", worker=worker.name, fault=fault, seconds=round(seconds, 1))
        deadline = time.monotonic() + seconds
        while self._goes_on(worker) and (left := deadline - time.monotonic()) > 0:
            self._stop.wait(min(left, _HEARTBEAT_SECONDS))

    def _deliver(self, make_deliveries: Callable[[], Deliveries]) -> None:
        """Deliver what waits at the start, then whenever woken; a relay or database that is down is waited out."""
        backoff = Backoff()
        deliveries = make_deliveries()
        try:
            while self._is_to_work(self._outbox):
                fault = self._fault_in_delivering(deliveries)
                if fault:
                    self._wait_out(self._outbox, backoff, *fault)
                else:
                    backoff.succeeded()
                    self._outbox.wait()
        finally:
            deliveries.close()

    def _fault_in_delivering(self, deliveries: Deliveries) -> _Fault | None:
        try:
            return None if deliveries.run(partial(self._goes_on, self._outbox)) else ("the relay", 0.0)
        except DATABASE_FAULTS as fault:
            return _told(fault)
        except Exception as fault:
            log.exception("delivery_failed")
            return f"a fault of our own: {type(fault).__name__}", 0.0

    def _feed_watchdog(self) -> None:
        """Tell systemd that we live, while every worker takes its steps."""
        if all(time.monotonic() - worker.seen < _LONGEST_STEP for worker in self._workers):
            notify("WATCHDOG=1")


def _told(fault: Exception) -> _Fault:
    """What is wrong with the database; a damaged one takes a person, who is told which it is."""
    if isinstance(fault, DatabaseDamaged):
        log.error("database_damaged", remark=str(fault.orig))
        return "the database is damaged", _NEEDS_A_PERSON
    return f"the database: {code_of(fault)}", 0.0
