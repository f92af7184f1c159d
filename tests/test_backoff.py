"""Delays after failures grow, are bounded, and begin anew after a success."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mailreader.backoff import Backoff

JITTERS = st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=80)


@given(JITTERS, st.floats(0.01, 10), st.floats(10, 1000))
def test_delays_are_positive_and_capped(jitters: list[float], first: float, cap: float) -> None:
    """However often it fails, the wait is never nothing and never above the cap."""
    backoff = Backoff(first=first, cap=cap, jitter=iter(jitters).__next__)
    assert all(0 < backoff.failed() <= cap for _ in jitters)


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=8))
def test_delays_do_not_shrink_before_the_cap(jitters: list[float]) -> None:
    """Jitter never turns a later wait into a shorter one."""
    backoff = Backoff(first=1, cap=1000, jitter=iter(jitters).__next__)
    assert all(before <= after for before, after in pairwise([backoff.failed() for _ in jitters]))


def test_two_clients_do_not_return_in_step() -> None:
    """The jitter spreads the same row of failures over half of the delay."""
    assert Backoff(first=8, jitter=lambda: 0.0).failed() == 4
    assert Backoff(first=8, jitter=lambda: 0.5).failed() == 6


def test_success_begins_anew() -> None:
    """After a success the first failure waits as the very first one did."""
    backoff = Backoff(first=2, jitter=lambda: 0.0)
    assert [backoff.failed() for _ in range(3)] == [1, 2, 4]
    assert backoff.failures == 3
    backoff.succeeded()
    assert (backoff.failed(), backoff.failures) == (1, 1)


def test_what_only_a_person_can_mend_waits_longer_from_the_start() -> None:
    """A refused login is not tried every other second."""
    assert Backoff(first=2, cap=300, jitter=lambda: 0.0).failed(at_least=120) == 120
    assert Backoff(first=2, cap=300, jitter=lambda: 0.5).failed(at_least=120) == 150
    assert Backoff(first=2, cap=100).failed(at_least=120) == 100


def test_ten_thousand_failures_do_not_overflow() -> None:
    """A server that is gone for a month is still waited for."""
    backoff = Backoff(cap=300, jitter=lambda: 0.0)
    assert [backoff.failed() for _ in range(10_000)][-1] == 150
