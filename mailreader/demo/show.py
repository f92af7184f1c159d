"""The course of the demonstration: post sample mail, follow the daemon, show what it does, end without a trace."""

import itertools
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread, current_thread, main_thread
from types import FrameType
from typing import Final, NoReturn

from mailreader.app import log_handled
from mailreader.demo.exchanges import Exchanges
from mailreader.demo.samples import Answer, Sample, load_samples, posted_id
from mailreader.demo.screen import Screen
from mailreader.demo.stage import Stage, prepared_stage
from mailreader.logs import configure_logs
from mailreader.pipeline import Handled
from mailreader.store import Store
from models.catalogue import OutboxState

_DRIP_SECONDS: Final = 20.0
_PATIENCE_SECONDS: Final = 60.0
_GLANCE_SECONDS: Final = 0.5
_ENDING: Final = (signal.SIGINT, signal.SIGTERM)

_Events = SimpleQueue[Handled | Answer]


class DemoFault(Exception):
    """Something that was to happen did not; the text is a sentence."""


def run_show(*, once: bool) -> int:
    """Run the demonstration; returns the exit code."""
    configure_logs("warning", "auto")
    screen, events = Screen(), _Events()
    try:
        with _ended_by_signals(), prepared_stage(events.put) as stage:
            show = _Show(stage, screen, events)
            screen.opening(stage)
            with show.running_daemon():
                show.play()
                if not once:
                    show.go_on()
            check_end(stage.store)
            screen.summary(show.exchanges.done)
    except DemoFault as fault:
        sys.stderr.write(f"The demonstration failed: {fault}\n")
        return 1
    except KeyboardInterrupt:
        screen.said("\nThe demonstration has ended; nothing of it is left.")
        return 1 if once else 0
    return 0


def check_end(store: Store) -> None:
    """Look whether everything has ended where it should: answers sent, mail filed; DemoFault where not."""
    unsent = [line for line in store.outbox() if line.state is not OutboxState.SENT]
    if unsent:
        raise DemoFault(f"not every answer was sent: {len(unsent)} are in the outbox, the first is {unsent[0].state}.")
    lying = [line for line in store.messages() if line.filed_at is None]
    if lying:
        raise DemoFault(f"{len(lying)} messages were not filed into the folder of their outcome.")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the demonstration in order, and let nothing disturb that end."""
    if current_thread() is not main_thread():
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


class _Show:
    """One run: what was posted, what has become of it."""

    def __init__(self, stage: Stage, screen: Screen, events: _Events) -> None:
        self.exchanges = Exchanges()
        self._stage = stage
        self._screen = screen
        self._events = events
        self._samples = load_samples()
        self._posted = 0
        self._daemon = Thread()

    @contextmanager
    def running_daemon(self) -> Iterator[None]:
        """Run the daemon in a thread of its own, and end it in order."""
        with self._stage.app.daemon(self._stage.store, self._handled) as daemon:
            self._daemon = Thread(target=daemon.run, name="daemon")
            self._daemon.start()
            try:
                yield
            finally:
                daemon.stop()
                self._daemon.join()

    def play(self) -> None:
        """Post the sample mail, each when the one before has its answer; DemoFault where one gets no outcome."""
        for sample in self._samples:
            self._post(sample)
            self._follow()

    def go_on(self) -> None:
        """Post another mail now and then, until the user ends it."""
        self._screen.waiting(self._stage, _DRIP_SECONDS)
        for time_round in itertools.count(1):
            for sample in self._samples:
                self._show_until(time.monotonic() + _DRIP_SECONDS)
                self._post(sample, time_round)

    def _handled(self, handled: Handled) -> None:
        log_handled(handled)
        self._events.put(handled)

    def _post(self, sample: Sample, time_round: int = 0) -> None:
        """Put a mail into the mailbox that arrives now; a follow-up answers the newest answer there is."""
        now = self._stage.clock()
        answer = self._newest_answer(sample, time_round)
        self._stage.servers.append(sample.posted(now, time_round=time_round, answer=answer), now)
        self._posted += 1

    def _newest_answer(self, sample: Sample, time_round: int) -> Answer | None:
        if sample.answers is None:
            return None
        names = [posted_id(sample.answers, number) for number in range(time_round, -1, -1)]
        found = (self.exchanges.answer_to(name) for name in names)
        return next((answer for answer in found if answer is not None), None)

    def _follow(self) -> None:
        """Show exchanges as they are completed, until nothing is under way."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (missing := self._posted - len(self.exchanges.done)) > 0:
            if not self._daemon.is_alive():
                raise DemoFault("the daemon has ended by itself.")
            if time.monotonic() > deadline:
                raise DemoFault(f"{missing} messages were not handled and answered within {_PATIENCE_SECONDS:g} s.")
            self._show_until(time.monotonic() + _GLANCE_SECONDS, at_most=1)

    def _show_until(self, deadline: float, at_most: int | None = None) -> None:
        """Show what is completed until then, or until that many events have come."""
        for _ in itertools.count() if at_most is None else range(at_most):
            try:
                event = self._events.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                return
            for exchange in self.exchanges.take(event):
                self._screen.exchange(exchange)
