"""A backup that was taken while the daemon worked is restored after it had worked on; then the mailbox is rescanned."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from mailreader.lease import LASTS
from mailreader.mailbox import MailboxFault
from mailreader.rescan import Rescanned
from mailreader.store import back_up
from models.acts import By
from models.catalogue import OutboxState
from tests.databases import ON_SQLITE, Databases
from tests.system.site import NO_ACCOUNT, STARTED, Site, letter, wait_until
from tests.system.steps import LONGER_THAN_A_CLAIM

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers")]

LATER = "Лицевой счет 0863576. Свет 58301, горячая вода 1258."


@contextmanager
def restored(site: Site, backup: Path, databases: Databases) -> Iterator[None]:
    """Have the site work with what a backup holds, in a database of its own, as the manual says."""
    with databases.empty() as other:
        address = make_url(other)
        if databases.kind == "sqlite":
            shutil.copyfile(backup, address.database or "")
        else:
            target = address.set(drivername="postgresql").render_as_string(hide_password=False)
            command = ["pg_restore", "--no-owner", "--exit-on-error", "--dbname", target, str(backup)]
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        site.database, lost = other, site.database
        yield
        site.database = lost


def handle(site: Site, *letters: bytes, answers: int) -> None:
    """Have the daemon handle mail until so many answers are out in all, and nothing is left in the folder."""
    with site.running():
        site.deliver(*letters)
        site.sink.wait_for(answers)
        wait_until(lambda: "INBOX" not in site.filed(), "all is filed")
        wait_until(lambda: set(site.states()) == {OutboxState.SENT}, "all is noted as sent")


def rescan(site: Site) -> Rescanned:
    """Do what `mailreader rescan` does."""
    with site.store() as store:
        return site.app.rescan(store)["main"]


def held(site: Site) -> list[tuple[str | None, str]]:
    """Why answers are held, and whose they are."""
    with site.store() as store:
        return [(line.held_because, line.in_reply_to or "") for line in store.outbox(OutboxState.HELD)]


def current(site: Site) -> list[str]:
    """The values that count."""
    with site.store() as store:
        return sorted(line.value for line in store.readings())


@pytest.fixture
def backup(site: Site) -> Path:
    """A backup that was taken while the daemon handled mail: two letters at the most are in it."""
    with site.running():
        site.deliver(letter(name="1"), letter(NO_ACCOUNT, name="2"))
        site.sink.wait_for(1)
        back_up(site.database, site.folder / "backup", lambda _done, _pages: None)
        site.sink.wait_for(2)
        wait_until(lambda: site.filed() == {"Processed": 1, "Rejected": 1}, "all is filed")
    return site.folder / "backup"


def test_mail_of_after_the_backup_is_recorded_once_and_answered_by_nobody_again(
    site: Site, backup: Path, databases: Databases
) -> None:
    """The whole story: handled, backed up, handled on, lost, restored, looked through twice, started again."""
    handle(site, letter(LATER, name="3"), letter(LATER, name="3"), letter(NO_ACCOUNT, name="4"), answers=4)
    lies = site.filed()
    assert lies == {"Processed": 3, "Rejected": 2}
    with restored(site, backup, databases):
        rescan(site)
        assert sorted(map(str, site.outcomes())) == ["accepted"] * 2 + ["rejected"] * 2
        assert (site.recorded(), current(site)) == (4, ["1258", "58301"])
        recorded, kept = site.recorded(), held(site)
        assert {"<3@mail.example>", "<4@mail.example>"} <= {whose for because, whose in kept if because == "rescanned"}
        again = rescan(site)
        assert (again.seen, again.new, again.found) == (5, 0, 0)
        assert (site.recorded(), held(site)) == (recorded, kept)
        site.clock.ahead += LONGER_THAN_A_CLAIM
        handle_rest(site)
        assert (site.filed(), site.recorded(), len(site.sink.received)) == (lies, recorded, 4)
        handle_new_letter(site)


def handle_rest(site: Site) -> None:
    """Start the daemon, which finds nothing to do but to settle what was taken in."""
    for _ in range(2):
        site.run_once()


def handle_new_letter(site: Site) -> None:
    """What comes now is handled and answered as ever."""
    site.deliver(letter(name="5"))
    site.run_once()
    assert (len(site.sink.received), site.filed()["Processed"]) == (5, 4)


def test_held_answer_goes_out_by_hand(site: Site, backup: Path, databases: Databases) -> None:
    """Where a customer says that none came."""
    handle(site, letter(LATER, name="3"), answers=3)
    with restored(site, backup, databases):
        rescan(site)
        with site.store() as store:
            [line] = [line for line in store.outbox(OutboxState.HELD) if line.in_reply_to == "<3@mail.example>"]
            store.retry_reply(line.id, By("anna", site.clock()))
        site.run_once()
        assert len(site.sink.received) == 4
        ids = [one.content.partition(b"Message-ID: ")[2].partition(b">")[0] for one in site.sink.received]
        assert len(set(ids)) == 4


def test_mail_that_was_half_handled_at_the_backup_is_answered_by_nobody_again(
    site: Site, databases: Databases, tmp_path: Path
) -> None:
    """The database has an answer to one message that waits, and no outcome of the other; both were answered since."""
    site.deliver(letter(name="decided"), letter(NO_ACCOUNT, name="stored"))

    def take_backup(_handled: object) -> None:
        if not (tmp_path / "backup").exists():
            back_up(site.database, tmp_path / "backup", lambda _done, _pages: None)

    with site.store() as store:
        site.app.run_once(store, take_backup)
    assert (len(site.sink.received), site.filed()) == (2, {"Processed": 1, "Rejected": 1})
    with restored(site, tmp_path / "backup", databases):
        assert (site.outcomes(), site.states()) == (["accepted", None], [OutboxState.WAITING])
        assert rescan(site).found == 2
        handle_rest(site)
        assert (site.outcomes(), site.recorded()) == (["accepted", "rejected"], 2)
        assert held(site) == [("rescanned", "<decided@mail.example>"), ("rescanned", "<stored@mail.example>")]
        assert (len(site.sink.received), site.filed()) == (2, {"Processed": 1, "Rejected": 1})


def test_answer_that_waited_at_the_backup_does_not_go_out_twice(site: Site, databases: Databases) -> None:
    """Its mail was filed by then, and it was sent since; what still lies in the folder that is read is answered."""
    site.changes["answers"] = {"enabled": False}
    site.deliver(letter(name="1"))
    site.run_once()
    back_up(site.database, site.folder / "backup", lambda _done, _pages: None)
    site.changes.clear()
    site.run_once()
    assert len(site.sink.received) == 1
    site.deliver(letter(name="2"))
    with restored(site, site.folder / "backup", databases):
        rescan(site)
        rescan(site)
        handle_rest(site)
        assert (held(site), len(site.sink.received)) == ([("rescanned", "<1@mail.example>")], 2)


def test_mail_that_an_operator_moved_after_the_backup_is_his_again(site: Site, databases: Databases) -> None:
    """His act is lost with the database: the item is open, and its mail lies with the others of its outcome."""
    site.deliver(letter(NO_ACCOUNT, name="1"))
    site.run_once()
    back_up(site.database, site.folder / "backup", lambda _done, _pages: None)
    with site.dovecot.client(site.user, "Rejected") as client:
        client.create_folder("Review")
        client.move(client.search("ALL"), "Review")
    with restored(site, site.folder / "backup", databases):
        found = rescan(site)
        assert (found.seen, found.new, found.found) == (1, 0, 1)
        handle_rest(site)
        assert (site.filed(), site.states()) == ({"Rejected": 1}, [OutboxState.SENT])


@ON_SQLITE  # what is compared is an instant
def test_mail_that_people_filed_before_the_daemon_came_is_left_alone(site: Site) -> None:
    """Unless it is asked for."""
    site.run_once()
    with site.dovecot.client(site.user) as client:
        client.create_folder("Processed")
        client.append("Processed", letter(name="old"), msg_time=STARTED - timedelta(days=1))
    assert (rescan(site).earlier, site.outcomes()) == (1, [])
    with site.store() as store:
        assert site.app.rescan(store, since=STARTED - timedelta(days=2))["main"].new == 1
    assert (site.outcomes(), held(site)) == (["accepted"], [("rescanned", "<old@mail.example>")])


@ON_SQLITE  # the lease is the same on both
def test_mailbox_that_a_daemon_works_with_is_not_rescanned(site: Site) -> None:
    """What it has just moved would be taken for mail of after a backup."""
    with site.store() as store:
        now = site.clock()
        store.hold_lease("mailbox main", "another process", now, now + LASTS, lambda _process: False)
        with pytest.raises(MailboxFault, match="stop it first"):
            site.app.rescan(store)
