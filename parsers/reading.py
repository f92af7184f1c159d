"""The whole reading of one mail, from its bytes to what was said: pure, and made to run in a child process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.letter import Letter
from models.lexicon import LanguageWords
from models.statement import Statement
from parsers.lexicon import Lexicon
from parsers.mail import UNREADABLE, parse_mail
from parsers.marks import QuoteMarks
from parsers.newest import parse_newest
from parsers.statement import read_statement


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail as it was read; `statement` is None where no text could be got out of it."""

    letter: Letter
    statement: Statement | None


class Reader:
    """Reads mail with the words of the languages, which are compiled once."""

    def __init__(
        self, languages: Sequence[LanguageWords], marks: Iterable[Mapping[str, Any]], *, keep_tokens: bool = False
    ) -> None:
        """Compile the words and the marks of quotes and signatures; `keep_tokens`: statements hold their tokens."""
        self.lexicon = Lexicon(languages)
        self._keep_tokens = keep_tokens
        self._marks = QuoteMarks.build(list(marks))

    def read(self, raw: bytes) -> ReadMail:
        """Read one mail; bytes that are no mail give a letter without text, never an exception of their own."""
        letter = parse_mail(raw)
        if UNREADABLE in letter.defects:
            return ReadMail(letter, None)
        statement = self.statement(letter)
        if not statement.text.strip() and not letter.attachments:
            return ReadMail(letter, None)
        return ReadMail(letter, statement)

    def statement(self, letter: Letter) -> Statement:
        """What the newest part of a letter says."""
        newest = parse_newest(letter, self._marks)
        return read_statement(letter, newest, self.lexicon, keep_tokens=self._keep_tokens)
