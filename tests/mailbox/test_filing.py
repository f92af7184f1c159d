"""Filing: handled mail goes into its folder, once and with nobody else's mail."""

from collections.abc import Iterator

import pytest

from mailreader.mailbox import FaultCode, Mailbox, MailboxFault
from tests.servers.certificate import Certificate
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.scripted_imap import CLOSE, scripted_imap

MESSAGE = b"Subject: hello\r\n\r\n12345\r\n"


@pytest.fixture(scope="module")
def modest(certificate: Certificate) -> Iterator[Dovecot]:
    """A server without MOVE and IDLE, whose folders all lie beneath INBOX, divided by points."""
    capability = "imap_capability = IMAP4rev1 UIDPLUS NAMESPACE"
    with running_dovecot(certificate, prefix="INBOX.", separator=".", more=capability) as server:
        yield server


@pytest.fixture(scope="module")
def bare(certificate: Certificate) -> Iterator[Dovecot]:
    """A server with neither MOVE nor UIDPLUS nor NAMESPACE."""
    with running_dovecot(certificate, separator=".", more="imap_capability = IMAP4rev1") as server:
        yield server


def selected(server: Dovecot, user: str) -> Mailbox:
    """A mailbox that is connected and selected."""
    mailbox = Mailbox(server.access(user))
    mailbox.connect()
    mailbox.select()
    return mailbox


@pytest.mark.parametrize("folder", ["Processed", "Обработано", "Показания/2026/Қабылданды", 'a "b\\c', "R&D", "100%*"])
def test_missing_folder_is_made_and_subscribed(dovecot: Dovecot, user: str, folder: str) -> None:
    """Any name works: Cyrillic and Kazakh letters, levels, quotes, wildcards, an ampersand."""
    dovecot.deliver(user, MESSAGE, MESSAGE, MESSAGE)
    with selected(dovecot, user) as mailbox:
        assert mailbox.move([1, 2], folder).moved
        assert mailbox.has_folder(folder)
    with dovecot.client(user) as person:
        assert folder in [name for _flags, _mark, name in person.list_sub_folders()]
    assert dovecot.uids(user) == [3]
    assert dovecot.uids(user, folder) == [1, 2]


def test_vanished_messages_are_no_trouble(dovecot: Dovecot, user: str) -> None:
    """What somebody else took away counts as filed; moving twice is moving once."""
    dovecot.deliver(user, MESSAGE, MESSAGE)
    with selected(dovecot, user) as mailbox:
        assert mailbox.move([2, 77], "Processed").moved
        assert mailbox.move([2, 77], "Processed").moved
        assert mailbox.move([], "Processed").moved
    assert dovecot.uids(user, "Processed") == [1]


def test_many_messages_are_moved_in_few_commands(dovecot: Dovecot, user: str) -> None:
    """More messages than one command can name are all moved."""
    with dovecot.client(user) as person:
        person.multiappend("INBOX", [MESSAGE] * 1100)
    with selected(dovecot, user) as mailbox:
        assert mailbox.move(mailbox.new_uids(0), "Processed").moved
    assert dovecot.uids(user) == []
    assert len(dovecot.uids(user, "Processed")) == 1100


def test_without_move_only_our_own_are_expunged(modest: Dovecot, user: str) -> None:
    """COPY and UID EXPUNGE: what a person has marked as deleted stays, and the folder is made beneath INBOX."""
    modest.deliver(user, MESSAGE, MESSAGE, MESSAGE)
    with modest.client(user) as person:
        person.delete_messages([1])
        with selected(modest, user) as mailbox:
            assert not mailbox.has_capability("MOVE")
            assert mailbox.move([2, 99], "Обработано/2026").moved
            assert mailbox.has_folder("Обработано/2026")
    assert modest.uids(user) == [1, 3]
    assert len(modest.uids(user, "INBOX.Обработано.2026")) == 1


def test_with_neither_move_nor_uidplus_mail_stays_and_it_is_said(bare: Dovecot, user: str) -> None:
    """A bare EXPUNGE would remove what others have marked: never."""
    bare.deliver(user, MESSAGE, MESSAGE)
    with selected(bare, user) as mailbox:
        result = mailbox.move([1], "Processed")
    assert not result.moved
    assert result.remark is not None
    assert "left in place" in result.remark
    assert bare.uids(user) == [1, 2]


def test_delimiter_is_the_servers_own_also_without_namespace(bare: Dovecot, user: str) -> None:
    """LIST tells the delimiter where NAMESPACE is missing."""
    with bare.client(user) as person:
        person.create_folder("Review.2026")
    with selected(bare, user) as mailbox:
        assert mailbox.has_folder("Review/2026")


def test_refused_move_into_a_folder_that_is_there_is_a_fault() -> None:
    """Making the folder would not help: the server's words are handed on."""
    there = ("LIST", b'* LIST () "/" Processed\r\n{tag} OK done\r\n')
    with (
        scripted_imap(("UID MOVE", b"{tag} NO [OVERQUOTA] full\r\n"), there) as server,
        Mailbox(server.access()) as box,
    ):
        box.connect()
        box.select()
        with pytest.raises(MailboxFault, match="full") as caught:
            box.move([1], "Processed")
    assert caught.value.code is FaultCode.REFUSED
    assert not [command for command in server.commands if command.startswith("CREATE")]


def test_connection_lost_in_a_move_is_a_temporary_fault() -> None:
    """Whether it happened is for the next try to find out: vanished messages are no trouble."""
    with scripted_imap(("UID MOVE", CLOSE)) as server, Mailbox(server.access()) as mailbox:
        mailbox.connect()
        mailbox.select()
        with pytest.raises(MailboxFault) as caught:
            mailbox.move([1], "Processed")
    assert (caught.value.code, caught.value.temporary) == (FaultCode.CLOSED, True)
