"""What an answer to our own answer continues: the message that ours answered, read again (rules, section 5)."""

from dataclasses import replace
from typing import Final

from mailreader.readers import Readers, WasRead
from mailreader.store import Store
from models.letter import Letter
from models.statement import Statement

_LONGEST: Final = 5


class Antecedents:
    """Finds and reads earlier messages; its reading process is its own, for the others are busy meanwhile."""

    def __init__(self, store: Store, readers: Readers) -> None:
        """Take readers that nobody else uses."""
        self._store = store
        self._readers = readers

    def continued(self, statement: Statement, letter: Letter, links: int = _LONGEST) -> Statement:
        """The statement with what it continues, message by message, `links` at the most.

        Only what the same address wrote: whoever names an answer to somebody else (its Message-ID can be guessed from
        one's own) must not be told what that one said (rules, section 6, the last sentence).
        """
        replies = {*letter.in_reply_to, *letter.references}
        mail = self._store.answered(replies) if replies and links else None
        if mail is None or mail.raw is None:
            return statement
        result = next(iter(self._readers.read([mail.raw])))
        if not isinstance(result, WasRead) or result.mail.statement is None:
            return statement
        if letter.sender is None or result.mail.letter.sender != letter.sender:
            return statement
        earlier = self.continued(result.mail.statement, result.mail.letter, links - 1)
        return replace(statement, earlier=earlier)
