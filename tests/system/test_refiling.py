"""Mail whose outcome changes after it was filed goes on into the folder of its new outcome, on a real mail server."""

from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, update

from mailreader.backoff import Backoff
from mailreader.intake import Handling
from mailreader.mailbox import FaultCode, Mailbox, MailboxFault, MoveResult
from mailreader.store.engine import writing
from mailreader.store.filing import file_again
from models.acts import Acceptance, By
from models.catalogue import Outcome
from models.tables import MessageRow
from tests.system.site import NO_ACCOUNT, Site, letter, wait_until

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers")]


def change_outcome(site: Site, number: int, outcome: Outcome) -> None:
    """Give a message another outcome, as an operator's act does."""
    with site.store() as store, writing(store._engine) as session:
        session.get_one(MessageRow, number).outcome = outcome
        file_again(session, number)


def forget_places(site: Site) -> None:
    """Forget what the server told of where it put mail, as one without UIDPLUS leaves it."""
    with site.store() as store, writing(store._engine) as session:
        session.connection().execute(
            update(MessageRow).values(at_uid=None, at_uidvalidity=None).where(col(MessageRow.id) > 0)
        )


def test_mail_with_a_new_outcome_is_moved_on(site: Site) -> None:
    """Rejected first, then accepted: it lies in the folder of what became of it last, however often."""
    site.deliver(letter(NO_ACCOUNT, name="1"), letter(NO_ACCOUNT, name="2"))
    site.run_once()
    change_outcome(site, 1, Outcome.ACCEPTED)
    site.run_once()
    assert site.filed() == {"Processed": 1, "Rejected": 1}
    change_outcome(site, 1, Outcome.REVIEW)
    site.run_once()
    assert site.filed() == {"Review": 1, "Rejected": 1}


def test_second_delivery_is_moved_on_with_the_first(site: Site) -> None:
    """Both copies lie together."""
    site.deliver(letter(NO_ACCOUNT), letter(NO_ACCOUNT))
    site.run_once()
    change_outcome(site, 1, Outcome.ACCEPTED)
    site.run_once()
    assert site.filed() == {"Processed": 2}


def test_mail_of_a_server_that_tells_no_places_is_found_by_what_it_is(site: Site) -> None:
    """By Message-ID and size, among others in the same folder."""
    site.deliver(letter(NO_ACCOUNT, name="1"), letter(NO_ACCOUNT, name="2"))
    site.run_once()
    forget_places(site)
    change_outcome(site, 2, Outcome.ACCEPTED)
    site.run_once()
    assert site.filed() == {"Processed": 1, "Rejected": 1}
    with site.dovecot.client(site.user, "Processed") as client:
        (header,) = client.fetch(client.search("ALL"), ["BODY[HEADER.FIELDS (MESSAGE-ID)]"]).values()
    assert b"<2@mail.example>" in header[b"BODY[HEADER.FIELDS (MESSAGE-ID)]"]


def test_mail_that_a_person_took_out_of_the_folder_is_left_alone(site: Site) -> None:
    """It is not searched for, and the next round has nothing left to do."""
    site.deliver(letter(NO_ACCOUNT))
    site.run_once()
    with site.dovecot.client(site.user, "Rejected") as client:
        client.create_folder("Private")
        client.move(client.search("ALL"), "Private")
    change_outcome(site, 1, Outcome.ACCEPTED)
    site.run_once()
    assert site.filed() == {"Private": 1}
    with site.store() as store:
        assert store.to_file("main", 10, again=True) == []


@pytest.mark.parametrize("act", ["move", "refile"])
def test_mail_whose_outcome_changes_while_it_is_moved_is_moved_on(
    site: Site, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """On its first way and on a later one: it lies in the folder of its last outcome, with its second delivery."""
    site.deliver(letter(NO_ACCOUNT), letter(NO_ACCOUNT))
    if act == "refile":
        site.run_once()
        change_outcome(site, 1, Outcome.ACCEPTED)
    original = getattr(Mailbox, act)

    def interrupted(self: Mailbox, *arguments: Any) -> MoveResult:  # noqa: ANN401 -- whatever the method takes
        result: MoveResult = original(self, *arguments)
        change_outcome(site, 1, Outcome.REVIEW)
        return result

    with monkeypatch.context() as patched:
        patched.setattr(Mailbox, act, interrupted)
        site.run_once()
    site.run_once()
    assert site.filed() == {"Review": 2}
    with site.store() as store:
        assert store.to_file("main", 10, again=True) == []


UNUSABLE = "Processed/" + "x" * 300
"""A folder that the server cannot make."""


def rounds(site: Site, count: int) -> None:
    """Let one program look at its mailbox so many times; a fault ends a round, and the next one goes on."""
    with site.store() as store, site.app.pipeline(store) as pipeline:
        (task,) = site.app._tasks(store, Handling(pipeline, site.clock, lambda _handled: None))
        with task.intake.mailbox:
            for _ in range(count):
                with suppress(MailboxFault):
                    task.intake.run()


def test_folder_that_cannot_be_filed_into_again_starves_no_other(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much mail waits for it, and although it comes first."""
    monkeypatch.setattr("mailreader.filing._AT_ONCE", 2)
    site.changes["mailbox"] = {"folders": {"accepted": UNUSABLE}}
    site.deliver(*(letter(NO_ACCOUNT, name=str(number)) for number in range(1, 6)))
    rounds(site, 3)
    assert site.filed() == {"Rejected": 5}
    for number in (1, 2, 3):
        change_outcome(site, number, Outcome.ACCEPTED)
    for number in (4, 5):
        change_outcome(site, number, Outcome.REVIEW)
    rounds(site, 6)
    assert site.filed() == {"Rejected": 3, "Review": 2}


def test_folder_that_cannot_be_taken_from_keeps_no_new_mail_waiting(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pause is of the way between two folders: the target takes what comes from elsewhere."""

    def unreadable(_self: Mailbox, _mails: object, source: str, _target: str) -> MoveResult:
        raise MailboxFault(f"{source} is not readable", code=FaultCode.PROTOCOL, temporary=True)

    monkeypatch.setattr(Mailbox, "refile", unreadable)
    monkeypatch.setattr("mailreader.filing.Backoff", partial(Backoff, first=300.0))
    site.deliver(letter(NO_ACCOUNT, name="1"))
    with site.store() as store, site.app.pipeline(store) as pipeline:
        (task,) = site.app._tasks(store, Handling(pipeline, site.clock, lambda _handled: None))
        with task.intake.mailbox:
            task.intake.run()
            change_outcome(site, 1, Outcome.ACCEPTED)
            with pytest.raises(MailboxFault):
                task.intake.run()
            site.deliver(letter(name="2"))
            task.intake.run()
    assert site.filed() == {"Rejected": 1, "Processed": 1}


def test_new_mail_is_seen_while_other_folders_are_selected(site: Site) -> None:
    """A daemon that moves mail on still hears of what comes meanwhile."""
    with site.running() as running:
        site.deliver(letter(NO_ACCOUNT))
        running.wait_for(1)
        for number in range(2, 6):
            change_outcome(site, 1, Outcome.ACCEPTED if number % 2 else Outcome.REVIEW)
            site.deliver(letter(name=str(number)))
            running.wait_for(number, 5)


def test_accepted_item_is_filed_confirmed_and_known_by_the_next_round(site: Site) -> None:
    """An operator's act at the shell is all it takes: the daemon moves the mail and sends the answer."""
    site.deliver(letter("Лицевой счет 0863576. Свет 98291."))
    with site.running() as running:
        running.wait_for(1)
        site.sink.wait_for(1)
        with site.store() as store, site.app.desk(store) as desk:
            desk.accept(1, Acceptance(), By("aigul", site.clock()))
        site.deliver(letter(name="wakes"))
        site.sink.wait_for(3)
        wait_until(lambda: site.filed() == {"Processed": 2}, "it lies with what was accepted")
    assert site.recorded() == 3
