"""The way of a message through the running program, on a real mail server and a real relay."""

import time
from email import message_from_bytes, policy

import pytest

from mailreader.intake import Handling
from mailreader.pipeline import GoOn, Pipeline, always
from models.catalogue import OutboxState
from tests.databases import ON_SQLITE
from tests.system.site import CUSTOMER, NO_ACCOUNT, OUR_ADDRESS, REQUEST, Site, letter, wait_until

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers")]


class _TakingAway(Handling):
    """Handles what is stored; then another client takes the first message out of the mailbox."""

    def __init__(self, pipeline: Pipeline, site: Site) -> None:
        super().__init__(pipeline, site.clock, lambda _handled: None)
        self._site = site

    def run(self, go_on: GoOn = always) -> int:
        """Handle, and have the first message taken away."""
        handled = super().run(go_on)
        if handled:
            with self._site.dovecot.client(self._site.user) as client:
                client.delete_messages([min(client.search("ALL"))])
                client.expunge()
        return handled


def test_mail_of_every_outcome_is_filed_and_answered(site: Site) -> None:
    """Accepted, rejected and for a person are answered; a machine is not; each goes into its folder."""
    site.deliver(
        letter(name="right"),
        letter(NO_ACCOUNT, name="wrong"),
        letter(REQUEST, name="request"),
        letter(name="robot", Auto_Submitted="auto-replied"),
    )
    with site.running() as running:
        running.wait_for(4)
        site.sink.wait_for(3)
        filed = {"Processed": 1, "Rejected": 1, "Review": 1, "Ignored": 1}
        wait_until(lambda: site.filed() == filed, "all is filed")
        wait_until(lambda: site.states() == [OutboxState.SENT] * 3, "all is sent")
    assert sorted(map(str, site.outcomes())) == ["accepted", "ignored", "rejected", "review"]


def test_answer_has_the_fields_of_an_automatic_answer(site: Site) -> None:
    """Null return path, to the sender alone, a thread for the customer's program, nothing that makes a loop."""
    site.deliver(letter(name="asked"))
    site.run_once()
    (received,) = site.sink.received
    answer = message_from_bytes(received.content, policy=policy.default)
    assert (received.mail_from, received.rcpt_tos) == ("", (CUSTOMER,))
    assert OUR_ADDRESS in answer["From"]
    assert answer["In-Reply-To"] == answer["References"] == "<asked@mail.example>"
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["X-Auto-Response-Suppress"] == "All"
    assert answer["Subject"] == "Re: показания"
    assert "58291" in answer.get_content()


def test_mail_delivered_while_idle_is_answered_within_two_seconds(site: Site) -> None:
    """The server tells, and nothing waits for the next poll."""
    with site.running():
        for number in range(1, 6):
            begun = time.monotonic()
            site.deliver(letter(name=str(number)))
            site.sink.wait_for(number, 5)
            assert time.monotonic() - begun < 2


@ON_SQLITE  # a hundred messages take their time
def test_mail_that_arrives_during_a_poll_is_answered_within_two_seconds(site: Site) -> None:
    """Whatever the daemon is at when the next message comes: a hundred of them, each while the last is handled."""
    with site.running() as running, site.dovecot.client(site.user) as client:
        for number in range(101):
            begun = time.monotonic()
            client.append("INBOX", letter(name=str(number)), msg_time=site.clock())
            running.wait_for(number + 1, 5)
            assert time.monotonic() - begun < 2
        begun = time.monotonic()
        site.sink.wait_for(101)
        assert time.monotonic() - begun < 2


def test_one_mail_appended_twice_is_one_message_with_one_answer(site: Site) -> None:
    """Both copies are filed, whether they come together or later."""
    site.deliver(letter(), letter())
    site.run_once()
    site.deliver(letter())
    site.run_once()
    assert (len(site.sink.received), site.outcomes(), site.filed()) == (1, ["accepted"], {"Processed": 3})


def test_same_message_id_with_another_body_is_another_message(site: Site) -> None:
    """Broken programs repeat their Message-IDs; the customer did write twice."""
    site.deliver(letter(), letter("Лицевой счет 0863576. Свет 58300."))
    site.run_once()
    assert (len(site.sink.received), site.outcomes()) == (2, ["accepted", "accepted"])


def test_new_uidvalidity_makes_no_doubles(site: Site) -> None:
    """A folder that was made anew holds old mail under new UIDs, and new mail under UIDs that were seen before."""
    site.changes["mailbox"] = {"folder": "Customers"}
    with site.dovecot.client(site.user) as client:
        client.create_folder("Customers")
        client.append("Customers", letter(name="old"), msg_time=site.clock())
    site.run_once()
    with site.dovecot.client(site.user) as client:
        client.delete_folder("Customers")
        client.create_folder("Customers")
        client.append("Customers", letter(name="new"), msg_time=site.clock())
        client.append("Customers", letter(name="old"), msg_time=site.clock())
    site.run_once()
    assert (len(site.sink.received), site.outcomes()) == (2, ["accepted", "accepted"])
    assert site.filed() == {"Processed": 3}


def test_mail_that_another_client_takes_before_it_is_filed_is_no_fault(site: Site) -> None:
    """It keeps its outcome and its answer; what came with it is filed."""
    site.deliver(letter(name="taken"), letter(name="left"))
    with site.store() as store, site.app.pipeline(store) as pipeline:
        (task,) = site.app._tasks(store, _TakingAway(pipeline, site))
        with task.intake.mailbox:
            task.intake.run()
    assert (site.outcomes(), site.filed()) == (["accepted", "accepted"], {"Processed": 1})


def test_target_that_is_the_folder_itself_leaves_mail_in_place(site: Site) -> None:
    """Mail is not moved around in a circle."""
    site.changes["mailbox"] = {"folders": {"accepted": "Inbox"}}
    site.deliver(letter())
    site.run_once()
    site.run_once()
    assert (site.filed(), len(site.sink.received)) == ({"INBOX": 1}, 1)


def test_folder_that_cannot_be_filed_into_keeps_nothing_else_waiting(site: Site) -> None:
    """Mail is handled, answered and filed where it can be, round after round."""
    site.changes["mailbox"] = {"folders": {"accepted": "Processed/" + "x" * 300}}
    with site.running() as running:
        site.deliver(letter(name="1"), letter(NO_ACCOUNT, name="2"))
        running.wait_for(2)
        wait_until(lambda: site.filed() == {"INBOX": 1, "Rejected": 1}, "the other folder is filed into")
        site.deliver(letter(NO_ACCOUNT, name="3"))
        running.wait_for(3)
        site.sink.wait_for(3)
        wait_until(lambda: site.filed() == {"INBOX": 1, "Rejected": 2}, "later mail is filed")


def test_answers_that_are_switched_off_are_composed_and_kept(site: Site) -> None:
    """Nothing is sent, by the daemon or by a single run, until they are switched on."""
    site.changes["answers"] = {"enabled": False}
    site.deliver(letter())
    with site.running() as running:
        running.wait_for(1)
        wait_until(lambda: site.filed() == {"Processed": 1}, "it is filed")
    site.run_once()
    assert (site.sink.connections, site.states()) == (0, [OutboxState.WAITING])
    site.changes.clear()
    site.run_once()
    assert site.states() == [OutboxState.SENT]


def test_mail_from_before_the_mailbox_was_attached_is_recorded_and_not_answered(site: Site) -> None:
    """A first start does not write to everybody who ever wrote; what comes after it is answered."""
    site.changes["answers"] = {"backlog": False}
    site.dovecot.deliver(site.user, letter(name="old"), received=site.clock().replace(hour=4))
    site.run_once()
    assert (site.outcomes(), site.states()) == (["accepted"], [])
    site.deliver(letter(name="new"))
    site.run_once()
    assert (site.outcomes(), site.states()) == (["accepted", "accepted"], [OutboxState.SENT])
