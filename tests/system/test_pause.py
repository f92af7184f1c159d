"""A mailbox that somebody has paused is left alone; everything else goes on."""

from collections.abc import MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from models.catalogue import OutboxState
from tests.system.site import NO_ACCOUNT, Site, letter, wait_until

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers")]


def pause(site: Site, mailbox: str = "main") -> None:
    """Do what `mailreader pause` does."""
    with site.store() as store:
        assert store.pause(mailbox, "anna", site.clock()) is None


def resume(site: Site, mailbox: str = "main") -> None:
    """Do what `mailreader resume` does."""
    with site.store() as store:
        assert store.resume(mailbox, "boris", site.clock()) is not None


def events_of(log: list[MutableMapping[str, Any]]) -> list[str]:
    """The events about pauses, as they came."""
    return [entry["event"] for entry in log if entry["event"] in {"mailbox_paused", "mailbox_resumed"}]


def test_paused_mailbox_is_left_alone_until_it_is_resumed(site: Site) -> None:
    """The daemon takes notice within a poll, both times, and says each once; another mailbox goes on meanwhile."""
    site.changes["mailbox"] = {"poll_seconds": 0.3}
    second = f"{site.user}-second"
    site.others["second"] = {"username": second}
    with capture_logs() as log, site.running() as running:
        site.deliver(letter(name="1"))
        running.wait_for(1)
        wait_until(lambda: site.filed() == {"Processed": 1}, "it is filed")
        pause(site)
        wait_until(lambda: events_of(log) == ["mailbox_paused"], "the pause is noticed")
        site.deliver(letter(name="2"))
        site.dovecot.deliver(second, letter(NO_ACCOUNT, name="3"), received=site.clock())
        running.wait_for(2)
        site.sink.wait_for(2)
        assert (site.outcomes(), site.filed()) == (["accepted", "rejected"], {"INBOX": 1, "Processed": 1})
        resume(site)
        running.wait_for(3)
        wait_until(lambda: site.filed() == {"Processed": 2}, "all is filed")
    assert events_of(log) == ["mailbox_paused", "mailbox_resumed"]


def test_pause_outlives_a_new_start(site: Site) -> None:
    """It stands in the database."""
    pause(site)
    site.deliver(letter())
    site.run_once()
    with capture_logs() as log, site.running():
        wait_until(lambda: events_of(log) == ["mailbox_paused"], "the pause is noticed")
    assert (site.outcomes(), site.filed()) == ([], {"INBOX": 1})
    resume(site)
    site.run_once()
    assert (site.outcomes(), site.filed()) == (["accepted"], {"Processed": 1})


def test_answers_that_wait_are_sent_during_a_pause(site: Site) -> None:
    """The outbox belongs to no mailbox."""
    site.changes["answers"] = {"enabled": False}
    site.deliver(letter())
    site.run_once()
    site.changes.clear()
    pause(site)
    site.run_once()
    assert site.states() == [OutboxState.SENT]
