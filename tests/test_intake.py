"""The rounds of a mailbox on a server that lies: nothing is lost, nothing is taken twice, nothing holds up the rest."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import OperationalError

from mailreader.intake import Handling, Intake
from mailreader.mailbox import Mailbox, MailboxFault
from mailreader.store import Arrival, SavedArrival, Store
from models.catalogue import Outcome
from tests.servers.scripted_imap import ScriptedImap, scripted_imap
from tests.test_pipeline import Way, opened

SIZES = "RFC822.SIZE"
BODIES = r"UID FETCH .*BODY\.PEEK"
NOTHING_FILED = b"IMAP4rev1 AUTH=PLAIN"
"""A server without MOVE and UIDPLUS leaves mail in place."""


def body(uid: int, raw: bytes = b"A: b\n") -> bytes:
    """The answer that gives one body of five bytes."""
    return b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, uid, len(raw), raw)


NIL = b"* 2 FETCH (UID 2 BODY[] NIL)\r\n"
DONE = b"{tag} OK done\r\n"


@contextmanager
def intake(server: ScriptedImap, way: Way) -> Iterator[Intake]:
    """The intake of a scripted mailbox into a database of its own."""
    folders = dict.fromkeys(Outcome, "Done")
    with Mailbox(server.access(folders=folders)) as mailbox:
        yield Intake(mailbox, way.store, Handling(way.pipeline, way.clock, lambda _handled: None), way.clock)


def uids(way: Way) -> list[str]:
    """The UIDs of what is stored."""
    return [line.line.source.rpartition("=")[2] for line in way.store.messages()]


def test_server_without_uidvalidity_is_not_worked_with(registered_database: str) -> None:
    """Its UIDs could be those of other messages tomorrow: better an alarm than mail that is skipped."""
    select = ("SELECT", b"* 3 EXISTS\r\n* OK [UIDNEXT 4] x\r\n" + DONE)
    with opened(registered_database) as way, scripted_imap(select) as server, intake(server, way) as taken:
        with pytest.raises(MailboxFault, match="UIDVALIDITY") as fault:
            taken.run()
        assert not fault.value.temporary
        assert uids(way) == []


def test_message_that_the_server_fails_to_give_is_taken_up_by_a_person(registered_database: str) -> None:
    """The others are handled in the first round; after the third it is stored without its text, once."""
    bodies = (BODIES, body(1) + NIL + body(3) + DONE)
    with (
        opened(registered_database) as way,
        scripted_imap(bodies, (BODIES, NIL + DONE), capabilities=NOTHING_FILED) as server,
        intake(server, way) as taken,
    ):
        seen = []
        for _ in range(4):
            taken.run()
            seen.append(sorted(uids(way)))
        assert seen == [["1", "3"], ["1", "3"], ["1", "2", "3"], ["1", "2", "3"]]
        assert {line.line.outcome for line in way.store.messages()} == {Outcome.REVIEW}


class FailsOnce(Store):
    """A store that cannot save the second batch at first."""

    batches = 0

    def save_arrivals(self, arrivals: list[Arrival]) -> list[SavedArrival]:  # type: ignore[override]
        """Save, but for the second time that there is something."""
        self.batches += 1
        if self.batches == 2:
            raise OperationalError("", None, Exception("disk full"))
        return super().save_arrivals(arrivals)


def test_batch_that_could_not_be_saved_is_fetched_again_on_the_same_connection(registered_database: str) -> None:
    """Although messages above it, which had vanished, were settled before."""
    sizes = (
        SIZES,
        b'* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE "20-Nov-2026 14:05:00 +0500")\r\n'
        b'* 2 FETCH (UID 2 RFC822.SIZE 5 INTERNALDATE "20-Nov-2026 14:05:00 +0500")\r\n' + DONE,
    )
    listings = ("UID SEARCH UID 1:", b"* SEARCH 1 2 3\r\n" + DONE), ("UID SEARCH", b"* SEARCH 1 2\r\n" + DONE)
    bodies = (BODIES, body(1) + body(2) + DONE)
    with (
        opened(registered_database, FailsOnce) as way,
        scripted_imap(*listings, sizes, bodies, capabilities=NOTHING_FILED) as server,
        intake(server, way) as taken,
    ):
        with pytest.raises(OperationalError):
            taken.run()
        assert uids(way) == []
        taken.run()
        assert sorted(uids(way)) == ["1", "2"]
        assert sum("AUTHENTICATE" in command for command in server.commands) == 1
