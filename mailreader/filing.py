"""Filing: what has its outcome is moved out of the way, into that outcome's folder (DESIGN, 6).

Nothing is moved before its outcome is committed. A way between two folders that fails waits by itself: it keeps neither
new mail nor the other ways waiting.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog

from mailreader.backoff import Backoff
from mailreader.mailbox import Filed, Mailbox, MailboxFault, Place, Selected
from mailreader.store import FiledAt, Store, ToFile

_AT_ONCE: Final = 500
_Places = Mapping[ToFile, FiledAt | None]
"""Where messages lie now."""
_Way = tuple[str | None, str]
"""From a folder, None being the selected one, into another: what fails, and waits, is the one way alone."""

log = structlog.get_logger()


class Filing:
    """Files the mail of one mailbox."""

    def __init__(self, mailbox: Mailbox, store: Store, clock: Callable[[], datetime]) -> None:
        """Take the mailbox, which is connected when there is something to file."""
        self._mailbox = mailbox
        self._store = store
        self._clock = clock
        self._stuck = {False: 0, True: 0}
        self._postponed: dict[_Way, float] = {}
        self._backoffs: dict[_Way, Backoff] = defaultdict(Backoff)

    def run(self, selected: Selected) -> int:
        """Move handled mail of the selected folder; returns how many were filed, or need no filing.

        MailboxFault where the server cannot; what was not moved is tried again, on that way after a pause.
        """
        return self._round(lambda mail: self._way(mail, selected), again=False)

    def run_again(self) -> int:
        """Move mail that has another outcome since it was filed; returns and raises as `run` does.

        To be called where nothing is being fetched: other folders are selected for it.
        """
        return self._round(self._way_on, again=True)

    def _round(self, way_of: Callable[[ToFile], _Way | None], *, again: bool) -> int:
        """Move what is due, way by way; what is known to be stuck takes no other mail's place among it."""
        due = self._store.to_file(self._mailbox.access.name, _AT_ONCE + self._stuck[again], again=again)
        by_way: dict[_Way | None, list[ToFile]] = defaultdict(list)
        for mail in due:
            by_way[way_of(mail)].append(mail)
        filed = 0
        try:
            for way in sorted(by_way, key=self._failures):
                filed += self._file(by_way[way], way)
        finally:
            self._stuck[again] = sum(len(mails) for way, mails in by_way.items() if self._failures(way))
        return filed

    def _file(self, mails: Sequence[ToFile], way: _Way | None) -> int:
        """Move messages and note it; returns how many, 0 where they have to stay for now."""
        places = {mail: mail.at for mail in mails} if way is None else self._move(mails, way)
        if places is None:
            return 0
        self._store.mark_filed(places, self._clock())
        return len(mails)

    def _way(self, mail: ToFile, selected: Selected) -> _Way | None:
        """The way of a message out of the selected folder; None where it has no further to go.

        It lies there already, or under a new UIDVALIDITY it has another UID, and is a message that was seen again.
        """
        access = self._mailbox.access
        target = access.folders[mail.outcome]
        lies_here = (mail.folder, mail.uidvalidity) == (access.folder, selected.uidvalidity)
        return (None, target) if lies_here and not _is_same(target, access.folder) else None

    def _way_on(self, mail: ToFile) -> _Way | None:
        """The way of a message out of the folder that it was filed into; None where that is the right one again."""
        source = mail.at[0] if mail.at else ""
        target = self._mailbox.access.folders[mail.outcome]
        return None if _is_same(source, target) else (source, target)

    def _move(self, mails: Sequence[ToFile], way: _Way) -> _Places | None:
        """Move messages; None where they have to stay for now."""
        if time.monotonic() < self._postponed.get(way, 0.0):
            return None
        source, target = way
        try:
            if source is None:
                result = self._mailbox.move([mail.uid for mail in mails], target)
                places = [result.places.get(mail.uid) for mail in mails]
            else:
                result = self._mailbox.refile([_as_filed(mail) for mail in mails], source, target)
                places = [result.places.get(number) for number in range(len(mails))]
        except MailboxFault:
            self._postpone(way)
            raise
        if result.moved:
            self._backoffs.pop(way, None)
            return {mail: _at(target, place) for mail, place in zip(mails, places, strict=True)}
        seconds = self._postpone(way)
        name = self._mailbox.access.name
        log.warning("mail_not_filed", mailbox=name, folder=target, remark=result.remark, seconds=round(seconds, 1))
        return None

    def _failures(self, way: _Way | None) -> int:
        """How often a way failed: what works goes first, for a fault ends the round."""
        return self._backoffs[way].failures if way is not None and way in self._backoffs else 0

    def _postpone(self, way: _Way) -> float:
        seconds = self._backoffs[way].failed()
        self._postponed[way] = time.monotonic() + seconds
        return seconds


def _as_filed(mail: ToFile) -> Filed:
    """What the mailbox needs to know of a message to find it where it was filed."""
    _, uidvalidity, uid = mail.at or ("", None, None)
    place = None if uidvalidity is None or uid is None else Place(uidvalidity, uid)
    return Filed(place, mail.message_id, mail.size)


def _at(folder: str, place: Place | None) -> FiledAt:
    return (folder, None, None) if place is None else (folder, place.uidvalidity, place.uid)


def _is_same(one: str, other: str) -> bool:
    """Whether two names are one folder; INBOX is so in any case (RFC 9051, 5.1)."""
    return one == other or one.upper() == other.upper() == "INBOX"
