"""A lease is held by one process at a time, and taken over when that one has died."""

from datetime import timedelta

import pytest

from mailreader.lease import LASTS, Lease, is_gone, this_process
from mailreader.store import Store
from tests.store.samples import NOW

NAME = "mailbox main"
ELSEWHERE = "another-machine/1/pid:[1]/17/4711"


def lives(_holder: str) -> bool:
    """Take nobody for gone."""
    return False


def hold(store: Store, holder: str, seconds: float = 0.0) -> str | None:
    """Try to take the lease some seconds later."""
    now = NOW + timedelta(seconds=seconds)
    return store.hold_lease(NAME, holder, now, now + LASTS, lives)


def test_lease_is_held_by_one_until_it_runs_out(store: Store) -> None:
    """Who has it makes it last; another gets it when that is over."""
    assert hold(store, "one") is None
    assert hold(store, "other", 29) == "one"
    assert hold(store, "one", 29) is None
    assert hold(store, "other", 58) == "one"
    assert hold(store, "other", 60) is None
    assert hold(store, "one", 61) == "other"


def test_lease_that_is_given_up_is_anybodys(store: Store) -> None:
    """Only by whom it belongs to."""
    hold(store, "one")
    store.give_up_lease(NAME, "other")
    assert hold(store, "other") == "one"
    store.give_up_lease(NAME, "one")
    assert hold(store, "other") is None


def test_lease_of_a_process_that_is_gone_is_not_waited_for(store: Store) -> None:
    """A service that was killed starts again at once."""
    hold(store, "dead")
    assert store.hold_lease(NAME, "one", NOW, NOW + LASTS, lambda holder: holder == "dead") is None


def test_lease_is_renewed_in_time_and_not_with_every_step(store: Store) -> None:
    """The database is asked when half of it is over; after a jump of the clock, too."""
    instants = [NOW]
    lease = Lease(store, NAME, lambda: instants[-1])
    assert lease.hold() is None
    for seconds, other in ((10, 31), (20, 49), (-3600, -3590)):
        instants.append(NOW + timedelta(seconds=seconds))
        lease.renew()
        assert hold(store, ELSEWHERE, other) == (None if seconds == 10 else this_process())
        store.give_up_lease(NAME, ELSEWHERE)
    lease.give_up()
    assert hold(store, ELSEWHERE, -3590) is None


def test_lease_of_another_machine_is_waited_for(store: Store) -> None:
    """Whether a process there lives cannot be told."""
    hold(store, ELSEWHERE)
    assert Lease(store, NAME, lambda: NOW).hold() == ELSEWHERE


@pytest.mark.parametrize(
    ("changed", "gone"),
    [
        (lambda name: name, False),
        (lambda name: f"{name}0", True),
        (lambda name: f"x{name}", False),
        (lambda _: "", False),
    ],
    ids=["itself", "its-number-was-given-again", "another-machine", "nothing"],
)
def test_process_is_known_by_more_than_its_number(changed: object, gone: bool) -> None:  # noqa: FBT001
    """A number is given again to later processes."""
    assert callable(changed)
    assert is_gone(changed(this_process())) is gone
