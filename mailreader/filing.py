"""Filing: what has its outcome is moved out of the way, into that outcome's folder (DESIGN, 6).

Nothing is moved before its outcome is committed. A folder that cannot be filed into waits by itself: it keeps neither
new mail nor the other folders waiting.
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

log = structlog.get_logger()


class Filing:
    """Files the mail of one mailbox."""

    def __init__(self, mailbox: Mailbox, store: Store, clock: Callable[[], datetime]) -> None:
        """Take the mailbox, which is connected when there is something to file."""
        self._mailbox = mailbox
        self._store = store
        self._clock = clock
        self._left = 0
        self._postponed: dict[str, float] = {}
        self._backoffs: dict[str, Backoff] = defaultdict(Backoff)

    def run(self, selected: Selected) -> int:
        """Move handled mail of the selected folder; returns how many need no more filing.

        MailboxFault where the server cannot; what was not moved is tried again, that folder after a pause.
        """
        due = self._store.to_file(self._mailbox.access.name, _AT_ONCE + self._left)
        by_target: dict[str | None, list[ToFile]] = defaultdict(list)
        for mail in due:
            by_target[self._target(mail, selected)].append(mail)
        filed = 0
        for target in sorted(by_target, key=self._failures):
            mails = by_target[target]
            places = dict.fromkeys(mails) if target is None else self._move(mails, target)
            if places is not None:
                self._store.mark_filed(places, self._clock())
                filed += len(mails)
        self._left = len(due) - filed
        return filed

    def run_again(self) -> int:
        """Move mail that has another outcome since it was filed; returns how many messages need no more filing.

        To be called where nothing is being fetched: other folders are selected for it.
        """
        due = self._store.to_file(self._mailbox.access.name, _AT_ONCE, again=True)
        moves: dict[tuple[str, str], list[ToFile]] = defaultdict(list)
        for mail in due:
            source = mail.at[0] if mail.at else ""
            moves[source, self._mailbox.access.folders[mail.outcome]].append(mail)
        filed = 0
        for (source, target), mails in sorted(moves.items(), key=lambda move: self._failures(move[0][1])):
            places = _where_they_lie(mails) if _is_same(source, target) else self._move(mails, target, source)
            if places is not None:
                self._store.mark_filed(places, self._clock())
                filed += len(mails)
        return filed

    def _target(self, mail: ToFile, selected: Selected) -> str | None:
        """The folder that a message goes to; None where it has no further to go.

        It lies there already, or under a new UIDVALIDITY it has another UID, and is a message that was seen again.
        """
        access = self._mailbox.access
        target = access.folders[mail.outcome]
        lies_here = (mail.folder, mail.uidvalidity) == (access.folder, selected.uidvalidity)
        return target if lies_here and not _is_same(target, access.folder) else None

    def _move(self, mails: Sequence[ToFile], target: str, source: str | None = None) -> _Places | None:
        """Move messages, from another folder where one is named; None where they have to stay for now."""
        if time.monotonic() < self._postponed.get(target, 0.0):
            return None
        try:
            if source is None:
                result = self._mailbox.move([mail.uid for mail in mails], target)
                places = [result.places.get(mail.uid) for mail in mails]
            else:
                result = self._mailbox.refile([_as_filed(mail) for mail in mails], source, target)
                places = [result.places.get(number) for number in range(len(mails))]
        except MailboxFault:
            self._postpone(target)
            raise
        if result.moved:
            self._backoffs.pop(target, None)
            return {mail: _at(target, place) for mail, place in zip(mails, places, strict=True)}
        seconds = self._postpone(target)
        name = self._mailbox.access.name
        log.warning("mail_not_filed", mailbox=name, folder=target, remark=result.remark, seconds=round(seconds, 1))
        return None

    def _failures(self, target: str | None) -> int:
        """How often a folder failed: what works goes first, for a fault ends the round."""
        return self._backoffs[target].failures if target is not None and target in self._backoffs else 0

    def _postpone(self, target: str) -> float:
        seconds = self._backoffs[target].failed()
        self._postponed[target] = time.monotonic() + seconds
        return seconds


def _as_filed(mail: ToFile) -> Filed:
    """What the mailbox needs to know of a message to find it where it was filed."""
    _, uidvalidity, uid = mail.at or ("", None, None)
    place = None if uidvalidity is None or uid is None else Place(uidvalidity, uid)
    return Filed(place, mail.message_id, mail.size)


def _where_they_lie(mails: Sequence[ToFile]) -> _Places:
    return {mail: mail.at for mail in mails}


def _at(folder: str, place: Place | None) -> FiledAt:
    return (folder, None, None) if place is None else (folder, place.uidvalidity, place.uid)


def _is_same(one: str, other: str) -> bool:
    """Whether two names are one folder; INBOX is so in any case (RFC 9051, 5.1)."""
    return one == other or one.upper() == other.upper() == "INBOX"
