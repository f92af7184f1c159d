"""A connection to PostgreSQL that is not waited for without an end: a server can hang and its connection live on.

The network's own limits (`keepalives`, `tcp_user_timeout`) find out a server that is gone, never one that only hangs.
"""

import time
from collections.abc import Generator
from typing import Any, Final

import psycopg

ANSWER_SECONDS: Final = 300.0
"""How long one statement may take; less than what the daemon's watchdog waits for."""


class ImpatientConnection(psycopg.Connection[Any]):
    """A connection that is given up when it has not answered in time."""

    def wait(self, gen: Generator[Any, Any, Any], *how: Any, **named: Any) -> Any:  # noqa: ANN401 -- as psycopg has it
        """Wait for an answer; OperationalError where none comes."""
        return super().wait(self._within(gen, ANSWER_SECONDS), *how, **named)

    def _within(self, waiting: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
        """Go on as `waiting` does, until the time is over; psycopg looks in ten times a second."""
        ends = time.monotonic() + seconds
        try:
            wanted = next(waiting)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > ends:
                    self.close()
                    message = f"the server has not answered within {seconds:.0f} s"
                    raise psycopg.OperationalError(message)
                wanted = waiting.send(ready)
        except StopIteration as end:
            return end.value
