"""What must be so, whatever happened: the books of the database, the relay and the mailbox against what was sent."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from sqlmodel import Session, col, select

from mailreader.store import Store
from models.catalogue import OutboxState
from models.history import ReadingState
from models.tables import MessageRow, OutboxRow, ReadingRow
from tests.fuzz.contents import OUTCOMES, Content, Kind
from tests.fuzz.folders import At

MAIN: Final = "Readings"
"""The folder that the program reads."""
OLD: Final = "Old"
"""How the names begin that it gets when it is made anew."""
FILED: Final = {
    Kind.GOOD: "Processed", Kind.REJECTED: "Rejected", Kind.REQUEST: "Review", Kind.ROBOT: "Ignored",
    Kind.UNREADABLE: "Review",
}  # fmt: skip


class Ledger:
    """Every copy that was delivered, where people have put it, and every place at which it was seen.

    `lies` is None for what a person has deleted, and `MAIN` for what the program is to file.
    """

    def __init__(self) -> None:
        """Nothing was delivered yet."""
        self.contents: list[Content] = []
        self.copies: list[Content] = []
        self.lies: list[str | None] = []
        self.seen: dict[At, int] = {}
        self.listed: set[At] = set()

    def see(self, found: Mapping[At, int]) -> None:
        """Note where copies lie, and that none is lost and none is there twice."""
        self.seen |= found
        there = Counter(found.values())
        assert there == Counter(number for number, lies in enumerate(self.lies) if lies is not None)
        for at, number in found.items():
            if at.folder == FILED[self.copies[number].kind] and (self.lies[number] or "").startswith(OLD):
                self.lies[number] = MAIN  # it was filed out of a folder that got another name while it was selected
            assert at.folder in {self.lies[number], self._filed_into(number)}, (at, self.lies[number])

    def _filed_into(self, number: int) -> str | None:
        return FILED[self.copies[number].kind] if self.lies[number] == MAIN else None

    def check(self, store: Store, sent: Iterable[str]) -> None:
        """What holds at any time between two rounds: nothing twice, nothing that is not due."""
        with Session(store._engine) as session:
            rows = session.exec(select(MessageRow)).all()
            replies = session.exec(select(OutboxRow)).all()
            readings = session.exec(select(ReadingRow)).all()
        self._check_messages(rows)
        self._check_replies(rows, replies, Counter(sent))
        self._check_readings(rows, readings)

    def _check_messages(self, rows: Iterable[MessageRow]) -> None:
        """Each place that was listed is known once, each content judged once, as it has to be."""
        places = Counter(_place(row) for row in rows)
        assert set(places.values()) <= {1}
        assert self.listed <= set(places)
        first = Counter(self._content(row) for row in rows if row.duplicate_of is None and not row.vanished)
        assert set(first.values()) <= {1}, first
        by_id = {row.id: row for row in rows}
        for row in rows:
            if row.outcome is not None:
                assert row.outcome is OUTCOMES[self._content(row).kind], row
            if row.duplicate_of is not None:
                assert self._content(row) == self._content(by_id[row.duplicate_of])

    def _content(self, row: MessageRow) -> Content:
        return self.copies[self.seen[_place(row)]]

    def _check_replies(self, rows: Iterable[MessageRow], replies: Iterable[OutboxRow], sent: Counter[str]) -> None:
        """One answer to each message that is answered and decided, sent at most once; none to others."""
        due = {row.id for row in rows if row.outcome is not None and self._content(row).is_answered}
        assert Counter(reply.message_id for reply in replies) == Counter(due)
        assert sent.keys() <= {reply.reply_id for reply in replies}
        for reply in replies:
            most = 1 if reply.state in {OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.SENDING} else 0
            least = 1 if reply.state is OutboxState.SENT else 0
            assert least <= sent[reply.reply_id] <= most, reply

    def _check_readings(self, rows: Iterable[MessageRow], readings: Iterable[ReadingRow]) -> None:
        """One reading of each good letter that is decided; the one received last counts."""
        good = {row.id: row for row in rows if row.outcome is OUTCOMES[Kind.GOOD]}
        assert Counter(reading.message_id for reading in readings) == Counter(good.keys())
        for reading in readings:
            assert reading.stated == self._content(good[reading.message_id]).value
        counts = [reading.message_id for reading in readings if reading.state is ReadingState.CURRENT]
        assert counts == ([max(good.values(), key=_order).id] if good else [])

    def check_settled(self, store: Store, found: Mapping[At, int]) -> None:
        """What holds once nothing disturbs: everything has its outcome, is filed and answered."""
        for at, number in found.items():
            assert at.folder == (self._filed_into(number) or self.lies[number]), (at, self.copies[number])
        with Session(store._engine) as session:
            first = col(MessageRow.duplicate_of).is_(None) & col(MessageRow.vanished).is_(False)
            waiting = session.exec(select(MessageRow).where(first, col(MessageRow.outcome).is_(None))).all()
            states = session.exec(select(OutboxRow.state)).all()
            known = {self._content(row) for row in session.exec(select(MessageRow).where(first))}
        assert not waiting
        assert set(states) <= {OutboxState.SENT, OutboxState.UNKNOWN}
        assert {self.copies[number] for number, lies in enumerate(self.lies) if lies == MAIN} <= known


def _place(row: MessageRow) -> At:
    return At(row.folder, row.uidvalidity, row.uid)


def _order(row: MessageRow) -> tuple[object, int, int]:
    return row.received, row.uid, row.id
