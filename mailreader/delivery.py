"""Delivers what waits in the outbox: one try each, safe stages again with back-off, the rest for the operators."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from mailreader.outbox import Outbox
from mailreader.pipeline import GoOn, always
from mailreader.relay import Delivered, Delivery, Failed, Retry, Stage, Unknown
from mailreader.store import DATABASE_FAULTS, QueuedReply, Store

_FIRST: Final = timedelta(seconds=30)
_LONGEST: Final = timedelta(hours=1)
_DOUBLINGS: Final = 10
GIVE_UP: Final = timedelta(days=3)
_RELAY_STAGES: Final = frozenset({Stage.CONNECT, Stage.HELLO, Stage.STARTTLS, Stage.LOGIN})

log = structlog.get_logger()


class Deliveries:
    """Takes replies from the outbox to the relay, one after the other."""

    def __init__(self, store: Store, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        """Take an outbox of this thread's own."""
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._is_sending = False
        self._unnoted: tuple[QueuedReply, Delivery] | None = None

    def run(self, go_on: GoOn = always) -> bool:
        """Deliver what is due; False where the relay cannot be worked with at present."""
        self._note_what_is_left()
        recover_unknown(self._store, self._clock())
        while go_on() and (reply := self._store.claim_reply(self._clock())) is not None:
            delivery = self._deliver(reply)
            self._unnoted = reply, delivery
            self._note_what_is_left()
            if isinstance(delivery, Retry) and delivery.stage in _RELAY_STAGES:
                return False
        return True

    def close(self) -> None:
        """Take leave of the relay."""
        self._outbox.close()

    def _deliver(self, reply: QueuedReply) -> Delivery:
        """Try one reply; what breaks over it is its own affair, and costs no other reply.

        A fault of the database before DATA may have come after its commit: the reply was not sent, and is written down
        as such once the database is back.
        """
        self._is_sending = False
        try:
            return self._outbox.deliver(
                reply, now=self._clock(), before_data=partial(self._mark_sending, reply), tag=reply.tag
            )
        except DATABASE_FAULTS as fault:
            self._unnoted = reply, Retry(Stage.BEFORE_DATA, f"the database: {type(fault).__name__}")
            raise
        except Exception as fault:
            log.exception("reply_not_delivered", reply=reply.id)
            error = f"{type(fault).__name__} while delivering"
            return Unknown(error) if self._is_sending else Retry(Stage.BEFORE_DATA, error)

    def _mark_sending(self, reply: QueuedReply) -> None:
        self._store.mark_sending(reply.id)
        self._is_sending = True

    def _note_what_is_left(self) -> None:
        """Write down what became of a reply; where the database fails, that is the first thing once it is back."""
        if self._unnoted is not None:
            self._note(*self._unnoted)
            self._unnoted = None

    def _note(self, reply: QueuedReply, delivery: Delivery) -> None:
        now = self._clock()
        facts = {"reply": reply.id, "message": reply.message_id, "tries": reply.tries + 1}
        if isinstance(delivery, Delivered):
            self._store.mark_sent(reply.id, now)
            log.info("reply_sent", **facts)
        elif isinstance(delivery, Retry) and now - reply.created_at < GIVE_UP:
            self._store.mark_retry(reply.id, delivery.error, now + _delay(reply, delivery))
            log.warning("reply_postponed", stage=delivery.stage, error=delivery.error, **facts)
        elif isinstance(delivery, Retry | Failed):
            bounced = isinstance(delivery, Failed) and delivery.bounced
            self._store.mark_failed(reply.id, delivery.error, bounced_at=now if bounced else None)
            log.warning("reply_failed", stage=delivery.stage, error=delivery.error, bounced=bounced, **facts)
        else:
            self._store.mark_unknown(reply.id, delivery.error)
            log.error("reply_unknown", error=delivery.error, **facts)


def recover_unknown(store: Store, now: datetime) -> None:
    """Call `unknown` what a dead process was sending, and say so: an operator must look."""
    unknown = store.recover_sending(now)
    if unknown:
        log.error("replies_unknown", count=unknown, see="mailreader outbox list --state unknown")


def _delay(reply: QueuedReply, retry: Retry) -> timedelta:
    """How long a reply waits after a try: longer each time, with jitter, so that many do not return at once.

    A relay that cannot be reached is not the reply's fault: it goes out as soon as somebody comes back to the relay.
    """
    if retry.stage in _RELAY_STAGES:
        return timedelta()
    whole: timedelta = min(_FIRST * 2 ** min(reply.tries, _DOUBLINGS), _LONGEST)
    return whole * random.uniform(0.5, 1.0)  # noqa: S311 -- nothing secret
