"""Deliveries: what becomes of each reply is written down, whatever breaks over it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from mailreader.delivery import GIVE_UP, Deliveries
from mailreader.outbox import Outbox
from mailreader.outgoing import OutgoingReply
from mailreader.relay import Delivered, Delivery, Failed, Relay, Retry, Stage, Unknown
from mailreader.store import Store
from models.catalogue import OutboxState
from models.transport import Tls
from tests.servers.smtp_sink import SmtpSink
from tests.system.site import Clock, letter
from tests.test_pipeline import opened

pytestmark = pytest.mark.usefixtures("kept_readers")


class Scripted(Outbox):
    """An outbox to which every delivery goes as the test says; DATA is reached unless it ends before."""

    def __init__(self, *fates: Delivery | Exception, reaches_data: bool = True) -> None:
        super().__init__(Relay("127.0.0.1", tls=Tls.NONE))
        self.fates = list(fates)
        self.reaches_data = reaches_data

    def deliver(
        self, reply: OutgoingReply, *, now: datetime, before_data: Callable[[], None] = lambda: None, tag: str = ""
    ) -> Delivery:
        """Do what the test says."""
        del reply, now, tag
        fate = self.fates.pop(0)
        if self.reaches_data:
            before_data()
        if isinstance(fate, Exception):
            raise fate
        return fate


class Forgetful(Store):
    """A store whose database is away when a reply is marked so."""

    away_at = ""

    def mark_sent(self, reply: int, now: datetime) -> None:
        """Note that the server took the reply."""
        self._fail("sent")
        super().mark_sent(reply, now)

    def mark_sending(self, reply: int) -> None:
        """Commit, then fail: nobody can tell from outside."""
        super().mark_sending(reply)
        self._fail("sending")

    def _fail(self, state: str) -> None:
        if self.away_at == state:
            self.away_at = ""
            raise OperationalError("", None, Exception("gone"))


@contextmanager
def waiting(database: str, replies: int, store_class: type[Store] = Store) -> Iterator[tuple[Store, Clock]]:
    """A database in which replies wait."""
    with opened(database, store_class) as way:
        for number in range(replies):
            way.arrive(letter(name=str(number)))
        way.handle()
        yield way.store, way.clock


def states(store: Store) -> list[OutboxState]:
    """Where every reply stands."""
    return [line.state for line in store.outbox()]


@pytest.mark.parametrize(
    ("fate", "state", "works"),
    [
        (Delivered("250 OK"), OutboxState.SENT, True),
        (Failed("550 Nobody"), OutboxState.FAILED, True),
        (Unknown("gone"), OutboxState.UNKNOWN, True),
        (Retry(Stage.RCPT, "451 Later"), OutboxState.WAITING, True),
        (Retry(Stage.CONNECT, "refused"), OutboxState.WAITING, False),
        (Retry(Stage.LOGIN, "535"), OutboxState.WAITING, False),
    ],
)
def test_what_becomes_of_a_reply_is_written_down(
    registered_database: str,
    fate: Delivery,
    state: OutboxState,
    works: bool,  # noqa: FBT001
) -> None:
    """And only a relay that cannot be worked with at all ends the round."""
    with waiting(registered_database, 1) as (store, clock):
        reaches_data = not isinstance(fate, Retry)
        assert Deliveries(store, Scripted(fate, reaches_data=reaches_data), clock).run() is works
        assert states(store) == [state]


def test_reply_over_which_the_program_breaks_waits_and_costs_no_other(registered_database: str) -> None:
    """It is tried again later, not at once and not for ever."""
    with waiting(registered_database, 2) as (store, clock):
        outbox = Scripted(ValueError("odd"), Delivered("250 OK"), reaches_data=False)
        assert Deliveries(store, outbox, clock).run()
        assert states(store) == [OutboxState.WAITING, OutboxState.SENT]
        clock.ahead += GIVE_UP
        assert Deliveries(store, Scripted(ValueError("odd"), reaches_data=False), clock).run()
        assert states(store) == [OutboxState.FAILED, OutboxState.SENT]


def test_reply_over_which_the_program_breaks_after_data_is_unknown(registered_database: str) -> None:
    """Part of it was on its way: it is not sent again by itself."""
    with waiting(registered_database, 1) as (store, clock):
        assert Deliveries(store, Scripted(ValueError("odd")), clock).run()
        assert states(store) == [OutboxState.UNKNOWN]


def test_database_that_is_away_after_the_dot_makes_no_second_answer(registered_database: str) -> None:
    """What became of the reply is written down first thing once the database is back."""
    with waiting(registered_database, 1, Forgetful) as (store, clock):
        assert isinstance(store, Forgetful)
        store.away_at = "sent"
        deliveries = Deliveries(store, Scripted(Delivered("250 OK")), clock)
        with pytest.raises(OperationalError):
            deliveries.run()
        assert states(store) == [OutboxState.SENDING]
        assert deliveries.run()
        assert states(store) == [OutboxState.SENT]


def test_database_that_is_away_before_data_sends_the_reply_later(registered_database: str) -> None:
    """The commit may have come before the fault: the reply is not left `sending`, for it never was."""
    with waiting(registered_database, 1, Forgetful) as (store, clock):
        assert isinstance(store, Forgetful)
        store.away_at = "sending"
        deliveries = Deliveries(store, Scripted(Delivered("250 OK"), Delivered("250 OK")), clock)
        with pytest.raises(OperationalError):
            deliveries.run()
        assert deliveries.run()
        assert states(store) == [OutboxState.WAITING]
        clock.ahead += timedelta(minutes=1)
        assert deliveries.run()
        assert states(store) == [OutboxState.SENT]


def test_stop_is_heard_between_two_replies(registered_database: str, smtp_sink: SmtpSink) -> None:
    """The rest waits for the next start."""
    with waiting(registered_database, 3) as (store, clock):
        relay = Relay("127.0.0.1", smtp_sink.port, Tls.NONE)
        answers = iter([True, False])
        deliveries = Deliveries(store, Outbox(relay), clock)
        assert deliveries.run(lambda: next(answers, False))
        deliveries.close()
        assert states(store) == [OutboxState.SENT, OutboxState.WAITING, OutboxState.WAITING]
