"""The way of mail in files: stored in batches in the order received, handled by the pipeline, told line by line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from zlib import crc32

from mailreader.cli.mail_files import FoundMail, UnreadableFile, batches, read_found
from mailreader.store import FILE_MAILBOX, Arrival, SavedArrival, Store
from models.lines import MessageLine, Selection
from parsers.mail import parse_envelope

if TYPE_CHECKING:
    from mailreader.app import Clock
    from mailreader.pipeline import Pipeline

_ROUNDS: Final = 3
_INTERRUPTED: Final = "an earlier run was stopped while it handled this message"


@dataclass(frozen=True, slots=True)
class Ingest:
    """Handles mail in files; a batch has no more messages and (but for one message) bytes than these."""

    store: Store
    pipeline: "Pipeline"
    clock: "Clock"
    batch_messages: int
    batch_bytes: int
    oversize_bytes: int

    def run(self, mails: Iterable[FoundMail]) -> Iterator[MessageLine | UnreadableFile]:
        """Yield the line of each message in the order given; what was handled before keeps its verdict."""
        for batch in batches(mails, self.batch_messages, self.batch_bytes):
            found = [read_found(mail, self.oversize_bytes) for mail in batch]
            yield from (one for one in found if isinstance(one, UnreadableFile))
            yield from self._handle([_arrival(*one) for one in found if not isinstance(one, UnreadableFile)])

    def _handle(self, arrivals: Sequence[Arrival]) -> list[MessageLine]:
        saved = self.store.save_arrivals(arrivals)
        before = self._lines([one for one in saved if one.known])
        decided = {number for number, line in before.items() if line.outcome is not None}
        lines = self._work_off(saved)
        seen = [one.duplicate_of is not None or one.id in decided for one in saved]
        return [replace(lines[one.id], duplicate=again) for one, again in zip(saved, seen, strict=True)]

    def _work_off(self, saved: Sequence[SavedArrival]) -> dict[int, MessageLine]:
        """Handle what has no outcome; what another run had claimed when it was stopped is taken from it."""
        waiting = [one for one in saved if not one.known and one.duplicate_of is None]
        for _ in range(_ROUNDS):
            if waiting:
                for _ in self.pipeline.handle_all(self.batch_messages, self.clock):
                    pass
            lines = self._lines(saved)
            waiting = [one for one in saved if lines[one.id].outcome is None]
            if not waiting:
                break
            for one in waiting:
                self.store.release(one.duplicate_of or one.id, _INTERRUPTED, counts=False)
        return lines

    def _lines(self, saved: Sequence[SavedArrival]) -> dict[int, MessageLine]:
        wanted = Selection(ids=tuple({one.id for one in saved}))
        return {stored.id: stored.line for stored in self.store.messages(wanted)}


def _arrival(mail: FoundMail, raw: bytes) -> Arrival:
    envelope = parse_envelope(raw)
    return Arrival(
        mailbox=FILE_MAILBOX,
        folder=mail.source,
        uidvalidity=crc32(raw),
        uid=mail.position,
        received=mail.received,
        size=mail.size,
        raw=raw,
        message_id=envelope.message_id,
        body_digest=envelope.body_digest,
    )
