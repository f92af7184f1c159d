"""How long to wait after a failure: longer each time, never above a cap, never in step with other clients."""

import random
from collections.abc import Callable
from typing import Final

_DOUBLINGS: Final = 40


class Backoff:
    """Delays in seconds for one thing that fails again and again, to be waited for on a monotonic clock.

    The n-th delay in a row lies between half of `first * 2**n` and all of it, and never above `cap`; so up to the cap
    the delays of one row never shrink, and the jitter keeps many clients from returning all at once.
    """

    def __init__(self, *, first: float = 2.0, cap: float = 300.0, jitter: Callable[[], float] = random.random) -> None:
        """Take the bounds in seconds; `jitter` gives numbers from 0 up to 1."""
        self._first = first
        self._cap = cap
        self._jitter = jitter
        self._failures = 0

    @property
    def failures(self) -> int:
        """How many failures there were since the last success."""
        return self._failures

    def failed(self, *, at_least: float = 0.0) -> float:
        """Count a failure and give the seconds to wait; `at_least` is for what only a person can mend."""
        whole = min(self._first * 2.0 ** min(self._failures, _DOUBLINGS), self._cap)
        self._failures += 1
        jitter = self._jitter()
        return min(max(whole * (1.0 + jitter), at_least * (2.0 + jitter)) / 2.0, self._cap)

    def succeeded(self) -> None:
        """Begin again with the first delay."""
        self._failures = 0
