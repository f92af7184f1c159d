"""Shadow mode on a real mail server: a trial changes nothing in the mailbox, and nobody hears of it."""

from typing import Any

import pytest
from imapclient import IMAPClient

from config.settings import Settings
from mailreader.app import App
from mailreader.store import upgrade
from models.catalogue import OutboxState
from tests.servers.dovecot import PASSWORD
from tests.system.site import NO_ACCOUNT, Site, letter, wait_until

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers")]


def mailbox_as_it_is(site: Site) -> dict[str, dict[int, Any]]:
    """Every folder with the UID, flags and date of each of its messages; looking changes nothing, "recent" stays."""
    with IMAPClient("127.0.0.1", site.dovecot.port, ssl=False, timeout=10) as client:
        client.login(site.user, PASSWORD)
        found: dict[str, dict[int, Any]] = {}
        for _flags, _delimiter, name in client.list_folders():
            validity = client.select_folder(name, readonly=True)[b"UIDVALIDITY"]
            facts = client.fetch(client.search("ALL"), ["FLAGS", "INTERNALDATE"])
            found[name] = {uid: (validity, items[b"FLAGS"], items[b"INTERNALDATE"]) for uid, items in facts.items()}
        return found


@pytest.fixture
def trial(site: Site) -> Site:
    """The same site on trial, with the register in the trial's own tables, and no relay."""
    site.mode = "shadow"
    upgrade(site.app.settings.address())
    site.prepare()
    return site


def put_mail_of_every_kind(site: Site) -> None:
    """Mail that would be accepted, rejected and ignored, some of it read and flagged by a clerk."""
    site.deliver(letter(name="right"), letter(NO_ACCOUNT, name="wrong"), letter(name="robot", Precedence="bulk"))
    with site.dovecot.client(site.user) as client:
        client.add_flags([1], ["\\Seen", "\\Flagged"])
    site.deliver(letter(name="fresh"))


@pytest.mark.parametrize("how", ["once", "daemon"])
def test_trial_leaves_the_mailbox_as_it_was_and_sends_nothing(trial: Site, how: str) -> None:
    """The same folders, messages, UIDs and flags, and not one connection to the relay."""
    put_mail_of_every_kind(trial)
    before = mailbox_as_it_is(trial)
    if how == "once":
        trial.run_once()
    else:
        with trial.running() as running:
            running.wait_for(4)
    assert trial.outcomes() == ["accepted", "rejected", "ignored", "accepted"]
    assert mailbox_as_it_is(trial) == before
    assert list(before) == ["INBOX"]
    assert (trial.states(), trial.sink.connections) == ([], 0)


def test_trial_needs_no_relay(trial: Site) -> None:
    """There is nothing to be sent."""
    trial.deliver(letter())
    without = {name: table for name, table in trial.table.items() if name != "smtp"}
    with trial.store() as store:
        assert App(Settings(**without), trial.clock).run_once(store)
    assert trial.outcomes() == ["accepted"]


def test_trial_looks_again_only_at_what_is_new(trial: Site) -> None:
    """What stays in the folder is read once."""
    trial.deliver(letter(name="1"))
    with trial.running() as running:
        running.wait_for(1)
        trial.deliver(letter(name="2"))
        running.wait_for(2)
    trial.run_once()
    assert trial.outcomes() == ["accepted", "accepted"]


def test_after_a_trial_mail_is_handled_for_real(trial: Site) -> None:
    """The live tables know nothing of it: new mail is recorded, answered and filed, and older mail is not answered."""
    trial.changes["answers"] = {"backlog": False}
    trial.dovecot.deliver(trial.user, letter(name="old"), received=trial.clock().replace(hour=4))
    trial.run_once()
    trial.mode = "live"
    assert (trial.outcomes(), trial.recorded()) == ([], 0)
    trial.run_once()
    assert (trial.outcomes(), trial.states(), trial.filed()) == (["accepted"], [], {"Processed": 1})
    trial.deliver(letter(name="new"))
    trial.run_once()
    assert (trial.outcomes(), trial.states()) == (["accepted", "accepted"], [OutboxState.SENT])
    wait_until(lambda: trial.filed() == {"Processed": 2}, "all is filed")


def test_mail_that_a_clerk_takes_away_ends_nothing(trial: Site) -> None:
    """Clerks go on working in the mailbox meanwhile."""
    with trial.running() as running:
        trial.deliver(letter(name="1"))
        running.wait_for(1)
        with trial.dovecot.client(trial.user) as client:
            client.create_folder("Done")
            client.move([1], "Done")
        trial.deliver(letter(name="2"))
        running.wait_for(2)
    assert trial.filed() == {"INBOX": 1, "Done": 1}
