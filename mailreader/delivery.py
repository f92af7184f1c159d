"""Delivers what waits in the outbox: one try each, safe stages again with back-off, the rest for the operators."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from mailreader.outbox import Outbox
from mailreader.relay import Delivered, Delivery, Failed, Retry, Stage
from mailreader.store import QueuedReply, Store

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

    def run(self) -> bool:
        """Deliver what is due; False where the relay cannot be worked with at present."""
        while (reply := self._store.claim_reply(self._clock())) is not None:
            delivery = self._outbox.deliver(
                reply, now=self._clock(), before_data=lambda row=reply.id: self._store.mark_sending(row)
            )
            self._note(reply, delivery)
            if isinstance(delivery, Retry) and delivery.stage in _RELAY_STAGES:
                return False
        return True

    def close(self) -> None:
        """Take leave of the relay."""
        self._outbox.close()

    def _note(self, reply: QueuedReply, delivery: Delivery) -> None:
        now = self._clock()
        facts = {"reply": reply.id, "message": reply.message_id, "tries": reply.tries + 1}
        if isinstance(delivery, Delivered):
            self._store.mark_sent(reply.id)
            log.info("reply_sent", **facts)
        elif isinstance(delivery, Retry) and now - reply.created_at < GIVE_UP:
            self._store.mark_retry(reply.id, delivery.error, now + _delay(reply.tries))
            log.warning("reply_postponed", stage=delivery.stage, error=delivery.error, **facts)
        elif isinstance(delivery, Retry | Failed):
            self._store.mark_failed(reply.id, delivery.error)
            log.warning("reply_failed", stage=delivery.stage, error=delivery.error, **facts)
        else:
            self._store.mark_unknown(reply.id, delivery.error)
            log.error("reply_unknown", error=delivery.error, **facts)


def _delay(tries: int) -> timedelta:
    """How long to wait after a try: longer each time, with jitter, so that many replies do not return at once."""
    whole = min(_FIRST * 2 ** min(tries, _DOUBLINGS), _LONGEST)
    return whole * random.uniform(0.5, 1.0)  # noqa: S311 -- nothing secret
