"""What is read in a mail and why, without a database: the reading, and the verdict by a register from a file."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mailreader.automatic import AutomaticRules
from mailreader.candidates import Sense, senses_of
from mailreader.case import Case
from mailreader.cli.mail_files import FoundMail, UnreadableFile, batches, read_found
from mailreader.judging import Judge
from mailreader.readers import Readers, ReadingFailed
from mailreader.sections import Section, find_mentions
from models.catalogue import UNDECIDED
from models.history import History
from models.lines import MessageLine
from models.register import Account, RegisterExcerpt, bare_key, identifier_key
from models.verdict import JudgedReading, Verdict

_MOST_MAILS: Final = 1000
_MOST_BYTES: Final = 64_000_000


@dataclass(frozen=True, slots=True)
class Explained:
    """One mail: where it was found, what was read, and the verdict; None where only a register could give one.

    `failure` says why it could not be read. `senses` are what the register made of the numbers, one each, in the order
    of the statement; `sections` its parts by account, none without a register.
    """

    mail: FoundMail
    case: Case
    verdict: Verdict | None
    failure: str | None
    senses: tuple[Sense, ...] = ()
    sections: tuple[Section, ...] = ()

    def reading_of(self, sense: Sense) -> JudgedReading | None:
        """The reading that a number was judged as."""
        readings = self.verdict.readings if self.verdict else ()
        return next((reading for reading in readings if reading.span == sense.number.span), None)

    def not_recorded(self, sense: Sense) -> tuple[str, ...]:
        """Why a number that was told as a value was not recorded: codes; none for what is recorded or no value."""
        reading = self.reading_of(sense)
        if reading is not None:
            return (reading.reason,) if reading.reason else ()
        if sense.dropped:
            return (sense.dropped,)
        if self.verdict is None or not sense.is_value:
            return ()
        return self.verdict.reasons or tuple(filter(None, [self.verdict.ignored_because]))

    def line(self) -> MessageLine:
        """The line of `ingest --json`; without a verdict, what the text alone tells."""
        letter, statement = self.case.letter, self.case.statement
        verdict = self.verdict
        line = MessageLine.of(
            verdict,
            None,
            source=self.mail.source,
            message_id=letter.message_id if letter else None,
            received=self.mail.received,
            sender=self.case.sender,
        )
        if verdict is not None or statement is None:
            return line
        return replace(line, language=statement.language or UNDECIDED, request=statement.request)


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains mail; `accounts` reads the register again at every call, None where there is none.

    Of the register only the accounts that a batch of mail names are kept.
    """

    readers: Readers
    rules: AutomaticRules
    judge: Judge
    accounts: Callable[[], Iterable[Account]] | None
    oversize_bytes: int

    def run(self, mails: Iterable[FoundMail]) -> Iterator[Explained | UnreadableFile]:
        """Yield what is said of each mail, in the order given; each is judged by itself."""
        for batch in batches(mails, _MOST_MAILS, _MOST_BYTES):
            found = [read_found(mail, self.oversize_bytes) for mail in batch]
            yield from (one for one in found if isinstance(one, UnreadableFile))
            yield from self._explain([one for one in found if not isinstance(one, UnreadableFile)])

    def _explain(self, found: Sequence[tuple[FoundMail, bytes]]) -> Iterator[Explained]:
        results = list(self.readers.read([raw for _, raw in found]))
        cases = [Case.of(result, mail.received, self.rules) for (mail, _), result in zip(found, results, strict=True)]
        excerpts = None if self.accounts is None else Excerpts.of(self.accounts(), cases)
        for (mail, _), case, result in zip(found, cases, results, strict=True):
            failure = result.error if isinstance(result, ReadingFailed) else None
            if excerpts is None:
                yield Explained(mail, case, case.settled(), failure, _senses_of_text(case))
                continue
            register = excerpts.of_case(case)
            verdict = case.verdict(self.judge, register, History())
            yield Explained(mail, case, verdict, failure, *self._matched(case, register))

    def _matched(self, case: Case, register: RegisterExcerpt) -> tuple[tuple[Sense, ...], tuple[Section, ...]]:
        """What the register made of the numbers, and which accounts they are for."""
        statement = case.statement
        if statement is None:
            return (), ()
        policy, today = self.judge.policy, self.judge.today(case.received)
        mentions = find_mentions(statement, register, case.sender, policy, today)
        submission = self.judge.match(statement, case.received, case.sender, register)
        return senses_of(statement, submission, mentions, policy, today), submission.sections


def _senses_of_text(case: Case) -> tuple[Sense, ...]:
    """The numbers as the text alone explains them."""
    return tuple(map(Sense, case.statement.numbers)) if case.statement else ()


@dataclass(frozen=True, slots=True)
class Excerpts:
    """The accounts that some mail names, by all that can name one: number, number without zeros, serial, address."""

    by_name: Mapping[str, Sequence[Account]]

    @classmethod
    def of(cls, accounts: Iterable[Account], cases: Iterable[Case]) -> "Excerpts":
        """Keep of the accounts those that one of the cases can mean."""
        wanted = {name for case in cases for name in _names_in(case)}
        by_name: dict[str, list[Account]] = defaultdict(list)
        for account in accounts:
            for name in _names_of(account) & wanted:
                by_name[name].append(account)
        return cls(by_name)

    def of_case(self, case: Case) -> RegisterExcerpt:
        """The accounts that one case can mean."""
        return RegisterExcerpt.of(account for name in _names_in(case) for account in self.by_name.get(name, ()))


def _names_in(case: Case) -> set[str]:
    keys = {f"{kind}:{key}" for kind in ("key", "serial") for key in case.identifiers}
    bare = {f"bare:{key.lstrip('0')}" for key in case.identifiers if key.strip("0")}
    return keys | bare | ({f"mail:{case.sender.lower()}"} if case.sender else set())


def _names_of(account: Account) -> set[str]:
    serials = {f"serial:{identifier_key(register.serial)}" for register in account.registers}
    numbers = {f"key:{identifier_key(account.number)}", f"bare:{bare_key(account.number)}"}
    return serials | numbers | {f"mail:{address}" for address in account.emails}
