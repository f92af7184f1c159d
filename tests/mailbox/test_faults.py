"""Servers that misbehave: every operation ends within its deadline, and no message is taken for done that is not."""

import time
from collections.abc import Iterator

import pytest

from mailreader.mailbox import FaultCode, Fetched, Mailbox, MailboxFault
from tests.servers.scripted_imap import CLOSE, DRIP, HANG, ScriptedImap, scripted_imap

BODY = r"BODY\.PEEK\[\]"
GOOD = b"".join(b"* %d FETCH (UID %d BODY[] {5}\r\nmail%d)\r\n" % (n, n, n) for n in (1, 2, 3)) + b"{tag} OK done\r\n"


def fetched(server: ScriptedImap, **changes: object) -> dict[int, Fetched]:
    """Connect and fetch the three messages."""
    with Mailbox(server.access(**changes)) as mailbox:
        mailbox.connect()
        mailbox.select()
        return {one.uid: one for batch in mailbox.fetch(mailbox.new_uids(0)) for one in batch}


def bodies(found: dict[int, Fetched]) -> dict[int, bytes | None]:
    """The bytes by UID."""
    return {uid: one.raw for uid, one in found.items()}


def test_sound_server_gives_every_message() -> None:
    """The script itself is sound: what follows differs from it in one thing only."""
    with scripted_imap((BODY, GOOD)) as server:
        assert bodies(fetched(server)) == {1: b"mail1", 2: b"mail2", 3: b"mail3"}


@pytest.mark.parametrize(
    "bad",
    [
        b"* 2 FETCH (UID 2 BODY[] NIL)\r\n",
        b"* 2 FETCH (UID 2 BODY[] {0}\r\n)\r\n",
        b"* 2 FETCH (UID 9 BODY[] {5}\r\nmail2)\r\n",
        b"* 2 FETCH (UID 2 FLAGS ())\r\n",
        b"* 2 FETCH (UID 2 BODY[] 12345)\r\n",
        b"",
    ],
    ids=["NIL", "empty", "wrong UID", "only flags", "number", "silence"],
)
def test_message_without_its_body_is_a_problem_and_not_done(bad: bytes) -> None:
    """The others come; the one is neither fetched nor vanished, for the server still lists it."""
    answer = GOOD.replace(b"* 2 FETCH (UID 2 BODY[] {5}\r\nmail2)\r\n", bad)
    with scripted_imap((BODY, answer)) as server:
        found = fetched(server)
    assert bodies(found) == {1: b"mail1", 2: None, 3: b"mail3"}
    assert found[2].problem
    assert not found[2].vanished


@pytest.mark.parametrize(
    "item",
    [b"FLAGS (", b"NIL 5)", b"(A) 5)", b"INTERNALDATE 5)", b"(" * 5000],
    ids=["open", "no name", "list for a name", "number for a date", "deep"],
)
def test_malformed_item_costs_only_its_own_message(item: bytes) -> None:
    """The batch is cut in halves until the one is found that breaks the protocol."""
    one = b"* {n} FETCH (UID {n} BODY[] {5}\r\nmail{n})\r\n{tag} OK done\r\n"
    single = [(rf"UID FETCH {n} .*{BODY}", one.replace(b"{n}", b"%d" % n)) for n in (1, 3)]
    broken = (BODY, b"* 2 FETCH (UID 2 BODY[] {5}\r\nmail2 " + item + b"\r\n{tag} OK done\r\n")
    with scripted_imap(*single, broken) as server:
        found = fetched(server)
    assert bodies(found) == {1: b"mail1", 2: None, 3: b"mail3"}
    assert found[2].problem


def test_two_bodies_for_one_message_are_none() -> None:
    """Which of the two the customer wrote cannot be told."""
    two = b"* 1 FETCH (UID 1 BODY[] {5}\r\nmail1)\r\n* 1 FETCH (UID 1 BODY[] {5}\r\nMAIL1)\r\n{tag} OK done\r\n"
    with scripted_imap((BODY, two), (r"UID SEARCH", b"* SEARCH 1\r\n{tag} OK done\r\n")) as server:
        found = fetched(server)
    assert bodies(found) == {1: None}
    assert found[1].problem


def test_refusal_because_one_is_gone_costs_only_that_one() -> None:
    """A tagged NO to a batch may mean no more than an expunged message (RFC 5530, EXPUNGEISSUED)."""
    one = b"* {n} FETCH (UID {n} BODY[] {5}\r\nmail{n})\r\n{tag} OK done\r\n"
    single = [(rf"UID FETCH {n} .*{BODY}", one.replace(b"{n}", b"%d" % n)) for n in (1, 3)]
    there = (
        (r"UID SEARCH UID 1:", b"* SEARCH 1 2 3\r\n{tag} OK x\r\n"),
        (r"UID SEARCH UID 2", b"* SEARCH\r\n{tag} OK x\r\n"),
    )
    with scripted_imap(*single, *there, (BODY, b"{tag} NO [EXPUNGEISSUED] gone\r\n")) as server:
        found = fetched(server)
    assert found[2] == Fetched(2, vanished=True)
    assert bodies(found) == {1: b"mail1", 2: None, 3: b"mail3"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"* 1 FETCH (UID 1 BODY[] {500}\r\ncut" + CLOSE, FaultCode.CLOSED),
        (b"* BYE out of memory\r\n" + CLOSE, FaultCode.CLOSED),
        (b"nonsense\r\n" + CLOSE, FaultCode.CLOSED),
        (b"* 1 FETCH (UID 1 BODY[] {5000000000}\r\nx" + HANG, FaultCode.CLOSED),
        (b"* 1 FETCH (UID 1 BODY[] {500}\r\ncut" + HANG, FaultCode.TIMEOUT),
        (b"* 1 FETCH (UID 1 BODY[] {500000}\r\n" + DRIP, FaultCode.TIMEOUT),
        (b"* OK " + DRIP, FaultCode.TIMEOUT),
        (b"{tag} NO [UNAVAILABLE] disk\r\n", FaultCode.REFUSED),
    ],
    ids=["cut", "bye", "nonsense", "5 GB", "hang", "drip in literal", "drip in line", "unavailable"],
)
def test_broken_answer_is_a_temporary_fault_within_the_deadline(answer: bytes, code: FaultCode) -> None:
    """Nothing is taken for fetched, and the connection is given up."""
    with scripted_imap((BODY, answer)) as server, Mailbox(server.access(timeout_seconds=0.4)) as mailbox:
        mailbox.connect()
        mailbox.select()
        begun = time.monotonic()
        with pytest.raises(MailboxFault) as caught:
            list(mailbox.fetch([1, 2, 3]))
        assert time.monotonic() - begun < 3
        assert (caught.value.code, caught.value.temporary) == (code, True)
        assert not mailbox.is_connected
        with pytest.raises(MailboxFault, match="not connected"):
            mailbox.select()


@pytest.mark.parametrize("greeting", [b"* BYE go away\r\n", b"220 this is SMTP\r\n", HANG, DRIP, CLOSE])
def test_greeting_that_is_none_is_a_fault(greeting: bytes) -> None:
    """A server that does not greet as IMAP does is told within the deadline."""
    with scripted_imap(greeting=greeting) as server, Mailbox(server.access(timeout_seconds=0.4)) as mailbox:
        begun = time.monotonic()
        with pytest.raises(MailboxFault) as caught:
            mailbox.connect()
        assert time.monotonic() - begun < 3
        assert caught.value.temporary


def test_message_that_ends_the_connection_does_not_block_the_others() -> None:
    """After one loss each is asked for alone; after three over the same one, it is given back with a problem."""
    one = b"* {n} FETCH (UID {n} BODY[] {5}\r\nmail{n})\r\n{tag} OK done\r\n"
    single = [(rf"UID FETCH {n} .*{BODY}", one.replace(b"{n}", b"%d" % n)) for n in (1, 3)]
    found: dict[int, Fetched] = {}
    with scripted_imap(*single, (BODY, b"* BYE crashed\r\n" + CLOSE)) as server, Mailbox(server.access()) as mailbox:
        for _ in range(4):
            mailbox.connect()
            mailbox.select()
            for one_batch in faultless(mailbox, [uid for uid in (1, 2, 3) if uid not in found]):
                found |= {message.uid: message for message in one_batch}
    assert bodies(found) == {1: b"mail1", 2: None, 3: b"mail3"}
    assert found[2].problem
    assert not found[2].vanished


def faultless(mailbox: Mailbox, uids: list[int]) -> Iterator[tuple[Fetched, ...]]:
    """The batches that come before a fault."""
    try:
        yield from mailbox.fetch(uids)
    except MailboxFault:
        return


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"* 3 EXISTS\r\n* OK [UIDNEXT 4] x\r\n{tag} OK [READ-WRITE] done\r\n", (0, 4)),
        (b"* 3 EXISTS\r\n* OK [UIDVALIDITY 0] x\r\n{tag} OK done\r\n", (0, 0)),
        (b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n{tag} OK done\r\n", (7, 0)),
    ],
    ids=["missing", "zero", "no UIDNEXT"],
)
def test_missing_uidvalidity_or_uidnext_does_not_stop_the_intake(answer: bytes, expected: tuple[int, int]) -> None:
    """Zero stands for what the server does not give; the messages are listed all the same."""
    with scripted_imap(("SELECT", answer)) as server, Mailbox(server.access()) as mailbox:
        mailbox.connect()
        selected = mailbox.select()
        assert (selected.uidvalidity, selected.uidnext) == expected
        assert mailbox.new_uids(1) == [2, 3]


@pytest.mark.parametrize(
    "answer",
    [b"{tag} NO no such folder\r\n", b"{tag} OK [READ-ONLY] done\r\n", b"{tag} BAD what\r\n"],
    ids=["missing", "read-only", "bad"],
)
def test_folder_that_cannot_be_used_is_for_a_person_to_mend(answer: bytes) -> None:
    """The sentence names the folder."""
    with scripted_imap(("SELECT", answer)) as server, Mailbox(server.access()) as mailbox:
        mailbox.connect()
        with pytest.raises(MailboxFault, match="INBOX") as caught:
            mailbox.select()
    assert (caught.value.code, caught.value.temporary) == (FaultCode.FOLDER, False)


def test_folder_that_is_unavailable_is_only_waited_for() -> None:
    """The server says itself that it will be there again."""
    answer = ("SELECT", b"{tag} NO [UNAVAILABLE] later\r\n")
    with scripted_imap(answer) as server, Mailbox(server.access()) as mailbox:
        mailbox.connect()
        with pytest.raises(MailboxFault) as caught:
            mailbox.select()
    assert (caught.value.code, caught.value.temporary) == (FaultCode.REFUSED, True)


def test_instant_that_cannot_be_read_is_none_and_the_mail_comes() -> None:
    """Whoever judges the mail then goes by its header."""
    sizes = b'* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE "yesterday")\r\n{tag} OK done\r\n'
    listed = b"* SEARCH 1\r\n{tag} OK done\r\n"
    body = b"* 1 FETCH (UID 1 BODY[] {5}\r\nmail1)\r\n{tag} OK done\r\n"
    with scripted_imap((r"RFC822\.SIZE", sizes), ("UID SEARCH", listed), (BODY, body)) as server:
        found = fetched(server)
    assert (found[1].received, found[1].raw) == (None, b"mail1")


def test_structure_that_cannot_be_read_leaves_the_beginning_of_the_text() -> None:
    """An oversize message whose parts the server cannot tell still gives header and text."""
    sizes = b"* 1 FETCH (UID 1 RFC822.SIZE 900)\r\n{tag} OK done\r\n"
    script = (
        (r"RFC822\.SIZE", sizes),
        ("UID SEARCH", b"* SEARCH 1\r\n{tag} OK done\r\n"),
        ("BODYSTRUCTURE", b"* 1 FETCH (UID 1 BODYSTRUCTURE ((\r\n{tag} OK done\r\n"),
        ("HEADER", b"* 1 FETCH (UID 1 BODY[HEADER]<0> {8}\r\nA: b\r\n\r\n)\r\n{tag} OK done\r\n"),
        ("TEXT", b"* 1 FETCH (UID 1 BODY[TEXT]<0> {6}\r\n12345\n)\r\n{tag} OK done\r\n"),
    )
    with scripted_imap(*script) as server:
        found = fetched(server, oversize_bytes=100)
    assert found[1].raw == b"A: b\r\n\r\n12345\n"
    assert found[1].oversize
