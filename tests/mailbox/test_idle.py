"""IDLE wakes on new mail, ends on `stop`, and never sits at a dead connection."""

import threading
import time

import pytest

from mailreader.mailbox import FaultCode, Mailbox, MailboxFault, Tls
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_imap import CLOSE, HANG, scripted_imap

MESSAGE = b"Subject: hello\r\n\r\n12345\r\n"
CAPABILITIES = b"IMAP4rev1 AUTH=PLAIN IDLE"


class Stop(threading.Event):
    """A stop that runs something when it is first looked at: the wait has then begun."""

    def __init__(self, first: threading.Thread) -> None:
        super().__init__()
        self._first: threading.Thread | None = first

    def is_set(self) -> bool:
        """Look, and let the other thread go at the first look."""
        if self._first is not None:
            first, self._first = self._first, None
            first.start()
        return super().is_set()


@pytest.mark.parametrize("tls", Tls)
def test_mail_that_arrives_while_idle_wakes_at_once(dovecot: Dovecot, user: str, tls: Tls) -> None:
    """Far within the two seconds that customers may wait, under TLS too."""
    port = dovecot.tls_port if tls is Tls.IMPLICIT else dovecot.port
    with Mailbox(dovecot.access(user, tls=tls, port=port, cafile=dovecot.certificate.chain)) as mailbox:
        mailbox.connect()
        mailbox.select()
        delivery = threading.Thread(target=dovecot.deliver, args=(user, MESSAGE))
        begun = time.monotonic()
        assert mailbox.idle(Stop(delivery), 20)
        assert time.monotonic() - begun < 2
        delivery.join()
        mailbox.select()
        assert mailbox.new_uids(0) == [1]


def test_mail_that_arrived_before_idle_wakes_at_once(dovecot: Dovecot, user: str) -> None:
    """Between the last scan and IDLE nothing is lost: the server tells with its go-ahead."""
    with Mailbox(dovecot.access(user)) as mailbox:
        mailbox.connect()
        mailbox.select()
        dovecot.deliver(user, MESSAGE)
        begun = time.monotonic()
        assert mailbox.idle(threading.Event(), 20)
        assert time.monotonic() - begun < 2


def test_news_in_one_packet_with_the_go_ahead_is_heard() -> None:
    """What already lies in our own buffer is not waited for on the socket."""
    together = b"+ idling\r\n* 4 EXISTS\r\n"
    with scripted_imap(("^IDLE", together), capabilities=CAPABILITIES) as server, Mailbox(server.access()) as mailbox:
        mailbox.connect()
        mailbox.select()
        begun = time.monotonic()
        assert mailbox.idle(threading.Event(), 20)
        assert time.monotonic() - begun < 2


def test_mail_told_of_in_the_answer_to_the_listing_needs_no_idle() -> None:
    """The server tells it once: IDLE would wait for the next mail while this one lies there."""
    listing = ("UID SEARCH", b"* SEARCH 1 2 3\r\n* 4 EXISTS\r\n{tag} OK done\r\n")
    idling = ("^IDLE", b"+ idling\r\n" + HANG)
    with scripted_imap(listing, idling, capabilities=CAPABILITIES) as server, Mailbox(server.access()) as mailbox:
        mailbox.connect()
        mailbox.select()
        assert mailbox.new_uids(0) == [1, 2, 3]
        assert mailbox.idle(threading.Event(), 20)
        assert "IDLE" not in server.commands


def test_stop_ends_the_wait_and_the_connection_stays_good(dovecot: Dovecot, user: str) -> None:
    """After DONE the next command works."""
    with Mailbox(dovecot.access(user)) as mailbox:
        mailbox.connect()
        mailbox.select()
        stop = threading.Event()
        stop.set()
        assert not mailbox.idle(stop, 20)
        assert mailbox.new_uids(0) == []


def test_time_that_is_over_asks_for_a_scan(dovecot: Dovecot, user: str) -> None:
    """A scan is due after every IDLE, news or not."""
    with Mailbox(dovecot.access(user)) as mailbox:
        mailbox.connect()
        mailbox.select()
        assert mailbox.idle(threading.Event(), 0.1)


@pytest.mark.parametrize("last_words", [b"+ idling\r\n" + CLOSE, b"+ idling\r\n* BYE bored\r\n" + CLOSE, CLOSE])
def test_closed_connection_is_a_fault_and_no_hot_loop(last_words: bytes) -> None:
    """An empty answer at once is the end of the connection, not news."""
    with scripted_imap(("^IDLE", last_words), capabilities=CAPABILITIES) as server, Mailbox(server.access()) as mailbox:
        mailbox.connect()
        mailbox.select()
        with pytest.raises(MailboxFault) as caught:
            mailbox.idle(threading.Event(), 20)
    assert (caught.value.code, caught.value.temporary) == (FaultCode.CLOSED, True)


def test_done_without_answer_is_a_fault_within_the_deadline() -> None:
    """A network that was cut during IDLE is found out at DONE."""
    silent = ("^IDLE", b"+ idling\r\n" + HANG)
    with (
        scripted_imap(silent, capabilities=CAPABILITIES) as server,
        Mailbox(server.access(timeout_seconds=0.3)) as mailbox,
    ):
        mailbox.connect()
        mailbox.select()
        with pytest.raises(MailboxFault) as caught:
            mailbox.idle(threading.Event(), 0.1)
    assert caught.value.code is FaultCode.TIMEOUT


def test_server_without_idle_waits_for_stop_alone() -> None:
    """The poll does the work then."""
    stop = threading.Event()
    with scripted_imap(capabilities=b"IMAP4rev1 AUTH=PLAIN") as server, Mailbox(server.access()) as mailbox:
        mailbox.connect()
        mailbox.select()
        assert mailbox.idle(stop, 0.01)
        stop.set()
        assert not mailbox.idle(stop, 20)
    assert not [command for command in server.commands if "IDLE" in command]
