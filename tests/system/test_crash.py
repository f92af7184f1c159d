"""kill -9 between any two steps: nothing is lost, nothing is recorded, filed or answered twice."""

import signal

import pytest

from models.catalogue import OutboxState
from tests.databases import ON_SQLITE
from tests.system.process import children_of, is_running, process
from tests.system.site import DEADLINE, NO_ACCOUNT, Site, letter, wait_until
from tests.system.steps import LONGER_THAN_A_CLAIM

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers")]

UNSENT = [
    "before Store.save_arrivals",
    "after Store.save_arrivals",
    "after Store.pending",
    "before Store.decide",
    "after Store.decide",
    "after Store.claim_reply",
    "before Store.mark_sending",
]
FILING = ["before Mailbox.move", "after Mailbox.move", "before Store.mark_filed", "after Store.mark_filed"]


def kill_at(site: Site, point: str) -> None:
    """Run the daemon until it is killed at a point of its way."""
    with process(site, point) as started:
        assert started.wait(DEADLINE) == -signal.SIGKILL


def assert_each_was_done_once(site: Site) -> None:
    """One outcome and one answer a message, each reading recorded once, all filed."""
    assert site.outcomes() == ["accepted", "rejected"]
    assert site.recorded() == 2
    assert site.states() == [OutboxState.SENT] * 2
    assert len(site.sink.received) == 2
    assert site.filed() == {"Processed": 1, "Rejected": 1}


@pytest.mark.parametrize("point", UNSENT)
def test_death_before_the_reply_is_sent_costs_nothing(site: Site, point: str) -> None:
    """The next start goes on where this one ended: one outcome, each reading once, one answer, all filed."""
    site.deliver(letter(name="right"), letter(NO_ACCOUNT, name="wrong"))
    kill_at(site, point)
    site.clock.ahead = LONGER_THAN_A_CLAIM
    site.run_once()
    assert_each_was_done_once(site)


@ON_SQLITE  # the points are the mailbox's
@pytest.mark.parametrize("point", FILING)
def test_death_while_mail_is_filed_costs_nothing(site: Site, point: str) -> None:
    """The same; the answers wait meanwhile, so that the death hits the filing alone."""
    site.changes["answers"] = {"enabled": False}
    site.deliver(letter(name="right"), letter(NO_ACCOUNT, name="wrong"))
    kill_at(site, point)
    site.changes.clear()
    site.run_once()
    assert_each_was_done_once(site)


@pytest.mark.parametrize(("point", "received"), [("after Store.mark_sending", 0), ("before Store.mark_sent", 1)])
def test_death_around_the_final_dot_leaves_the_reply_unknown(site: Site, point: str, received: int) -> None:
    """Nobody can know whether it went out: it is shown to operators and never sent again by itself."""
    site.deliver(letter())
    kill_at(site, point)
    site.clock.ahead = LONGER_THAN_A_CLAIM
    site.run_once()
    assert site.states() == [OutboxState.UNKNOWN]
    assert len(site.sink.received) == received
    assert (site.outcomes(), site.filed()) == (["accepted"], {"Processed": 1})


@ON_SQLITE
def test_killed_while_idle_it_goes_on_after_a_new_start(site: Site) -> None:
    """Its children go with it, and mail that came meanwhile is handled."""
    site.deliver(letter(name="1"))
    with process(site) as started:
        site.sink.wait_for(1)
        children = children_of(started.pid)
        started.kill()
        started.wait(DEADLINE)
        assert children
        wait_until(lambda: not any(is_running(child) for child in children), "the children are gone")
    site.deliver(letter(name="2"))
    with process(site):
        site.sink.wait_for(2)
        wait_until(lambda: site.filed() == {"Processed": 2}, "all is filed")


@ON_SQLITE
def test_sigterm_ends_the_daemon_within_seconds(site: Site) -> None:
    """While it idles: exit status 0, nothing left behind."""
    site.deliver(letter())
    with process(site) as started:
        site.sink.wait_for(1)
        wait_until(lambda: site.states() == [OutboxState.SENT], "the answer is sent")
        children = children_of(started.pid)
        started.terminate()
        assert started.wait(5) == 0
        assert not any(is_running(child) for child in children)


def test_stop_during_a_backlog_leaves_the_rest_for_the_next_start(site: Site) -> None:
    """At once, without waiting for claims to run out, and without a try counted."""
    site.changes["answers"] = {"enabled": False}
    site.deliver(*(letter(name=str(number)) for number in range(100)))
    with site.store() as store, site.app.daemon(store, lambda _handled: daemon.stop()) as daemon:
        daemon.run()
        assert None in site.outcomes()
        assert {line.tries for line in store.messages()} == {0}
    site.run_once()
    assert site.outcomes() == ["accepted"] * 100
