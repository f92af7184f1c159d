"""The program's parts at work step by step, cut short or disturbed at any call of the store and the servers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, Final, Protocol

from mailreader.app import App
from mailreader.delivery import Deliveries, recover_unknown
from mailreader.intake import Handling, Intake
from mailreader.mailbox import Mailbox, MailboxAccess, MailboxFault
from mailreader.outbox import Outbox
from tests.fuzz.folders import At
from tests.system.site import Clock
from tests.system.steps import LONGER_THAN_A_CLAIM

__all__ = ["LONGER_THAN_A_CLAIM", "Cut", "Plant", "Servers"]

_OF_STORE: Final = (
    "cursor", "attach", "unseen", "save_arrivals", "pending", "exhausted", "release", "decide", "to_file", "mark_filed",
    "claim_reply", "mark_sending", "mark_sent", "mark_retry", "mark_failed", "mark_unknown", "pauses",
    "hold_lease", "recover_sending",
)  # fmt: skip
_OF_MAILBOX: Final = ("connect", "select", "new_uids", "fetch", "move", "refile")
_OF_OUTBOX: Final = ("deliver",)


class Cut(BaseException):
    """The end of the process, as far as one process can tell: no handler of the program catches it."""


class Tripwire:
    """Counts the calls that it is laid over, and does something before or after one of them."""

    def __init__(self) -> None:
        """Lie over nothing yet."""
        self.calls = 0
        self._at = 0
        self._after = False
        self._act: Callable[[], None] = lambda: None

    def set(self, at: int, act: Callable[[], None], *, after: bool) -> None:
        """Act at the `at`th call from now; 0 for none."""
        self.calls, self._at, self._act, self._after = 0, at, act, after

    def lay(self, over: object, names: Sequence[str]) -> None:
        """Count the calls of some methods of an object; each batch of a generator is a call."""
        for name in names:
            setattr(over, name, self._around(getattr(over, name)))

    def _around(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 -- whatever the method takes and gives
            result = self._call(lambda: method(*arguments, **named))
            return self._each(result) if isinstance(result, Iterator) else result

        return counted

    def _call(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401
        self.calls += 1
        fires = self.calls == self._at
        if fires and not self._after:
            self._act()
        result = work()
        if fires and self._after:
            self._act()
        return result

    def _each(self, batches: Iterator[Any]) -> Iterator[Any]:
        ended = object()
        while (batch := self._call(lambda: next(batches, ended))) is not ended:
            yield batch


class Servers(Protocol):
    """What the program reaches its servers with."""

    def mailbox(self, access: MailboxAccess) -> Mailbox:
        """A mailbox, not connected yet."""

    def outbox(self, app: App) -> Outbox:
        """A way to the relay."""


class Plant:
    """One process of the daemon after the other: what it does, without its threads and waits."""

    def __init__(self, app: App, clock: Clock, servers: Servers) -> None:
        """Start the first."""
        self._app = app
        self._clock = clock
        self._servers = servers
        self.wire = Tripwire()
        self.start()

    def start(self) -> None:
        """Start as `mailreader run` does."""
        self._stack = ExitStack()
        self.store = self._app.open_store()
        recover_unknown(self.store, self._clock())
        pipeline = self._stack.enter_context(self._app.pipeline(self.store, of_files=False))
        self._mailbox = self._servers.mailbox(self._app.access("main"))
        self._outbox = self._servers.outbox(self._app)
        handling = Handling(pipeline, self._clock, lambda _handled: None)
        self._intake = Intake(self._mailbox, self.store, handling, self._clock)
        self._deliveries = Deliveries(self.store, self._outbox, self._clock)
        self.listed: set[At] = set()
        self._note_what_is_listed()
        for over, names in ((self.store, _OF_STORE), (self._mailbox, _OF_MAILBOX), (self._outbox, _OF_OUTBOX)):
            self.wire.lay(over, names)

    def _note_what_is_listed(self) -> None:
        """Remember which messages the program has been told of."""
        select, new_uids = self._mailbox.select, self._mailbox.new_uids
        folder = self._mailbox.access.folder
        uidvalidity = 0

        def selected() -> Any:  # noqa: ANN401 -- as it was
            nonlocal uidvalidity
            result = select()
            uidvalidity = result.uidvalidity
            return result

        def listed(last_uid: int) -> list[int]:
            uids = new_uids(last_uid)
            self.listed |= {At(folder, uidvalidity, uid) for uid in uids}
            return uids

        setattr(self._mailbox, "select", selected)  # noqa: B010 -- a method of one object
        setattr(self._mailbox, "new_uids", listed)  # noqa: B010

    def end(self) -> None:
        """End as a process that is killed: connections break, nothing is said to anybody."""
        self._mailbox._drop()
        self._outbox._drop()
        self._stack.close()
        self.store.close()

    def restart(self) -> None:
        """End and start again."""
        self.wire.set(0, lambda: None, after=False)
        self.end()
        self.start()

    def round(self) -> bool:
        """One round of the mailbox and of the outbox; False where it was cut short, or a server failed."""
        self.listed.clear()
        try:
            return self._took_a_round() and self._deliveries.run()
        except Cut:
            self.restart()
            self._clock.ahead += LONGER_THAN_A_CLAIM
            return False

    def _took_a_round(self) -> bool:
        """Whether the mailbox could be worked with; answers go out all the same."""
        try:
            while self._intake.run().more:
                pass
        except MailboxFault:
            self._deliveries.run()
            return False
        return True
