"""How an explanation is shown: the text with its numbers marked, why each is what it is, the verdict; or as JSON."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from mailreader.candidates import Candidate, Sense
from mailreader.cli.because import DROPPED, LOCATED, register_words, why_account, why_candidate, why_role, why_section
from mailreader.cli.explaining import Explained
from mailreader.cli.explanation_json import explanation_object
from mailreader.cli.lines import message_object
from mailreader.cli.messages import say_readings
from mailreader.cli.tables import cell_text, console, is_fancy, local, printable, say, say_facts, say_table
from models.statement import Number, Role, Statement
from models.verdict import Finding, Verdict

_COLOURS: Final = MappingProxyType(
    {
        Role.VALUE: "bold green",
        Role.ACCOUNT: "bold cyan",
        Role.SERIAL: "bold magenta",
        Role.BARE: "bold yellow",
        Role.STRAY: "yellow",
    }
)
_EXPLAINED_AWAY: Final = "dim underline"
_ASIDE: Final = "dim"
_WIDEST: Final = 16
"""The width of the column of numbers; one in words may stand over."""


def explained_object(explained: Explained, zone: ZoneInfo) -> dict[str, Any]:
    """The line of `explain --json`: that of `ingest --json` without `reply`, with `explanation`."""
    line = message_object(explained.line(), zone)
    del line["reply"]
    return line | {"explanation": explanation_object(explained)}


def say_explained(explained: Explained, zone: ZoneInfo, *, tokens: bool = False) -> None:
    """Write the explanation for people; with `tokens` also what each word was taken for."""
    line, letter, statement = explained.line(), explained.case.letter, explained.case.statement
    subject = letter.subject if letter else None
    facts = (("mail", line.source), ("sender", line.sender), ("received", local(line.received, zone)))
    say_facts(
        [*facts, ("subject", subject), ("attachments", [one.name for one in letter.attachments] if letter else ())]
    )
    if statement is not None:
        say()
        _say_text(statement)
        say()
        if tokens:
            _say_tokens(statement)
            say()
        _say_senses(explained, statement)
    say()
    _say_verdict(explained)


def _say_text(statement: Statement) -> None:
    """The text that was read, its numbers in colour on a terminal, in brackets elsewhere."""
    shown = printable(statement.text, keep="\n\t")
    if is_fancy():
        from rich.text import Text

        text = Text(shown)
        for number in statement.numbers:
            text.stylize(_COLOURS.get(number.role, _EXPLAINED_AWAY), number.span.start, number.span.end)
        console().print(text, soft_wrap=True)
        return
    say("".join(_bracketed(shown, statement.numbers)))


def _bracketed(text: str, numbers: tuple[Number, ...]) -> Iterator[str]:
    end = 0
    for number in sorted(numbers, key=lambda one: one.span):
        if number.span.start < end:
            continue
        yield f"{text[end : number.span.start]}[{number.span.of(text)}]"
        end = number.span.end
    yield text[end:]


def _say_tokens(statement: Statement) -> None:
    say_table(
        ("token", "kind", "can mean"),
        [(token.span.of(statement.text), token.kind, token.meanings) for token in statement.tokens],
    )


def _say_senses(explained: Explained, statement: Statement) -> None:
    """A line a number, and below it a line for each register that it could be a value of."""
    texts = [cell_text(sense.number.text) for sense in explained.senses]
    width = min(max(map(len, texts), default=0), _WIDEST)
    roles = max((len(sense.number.role) for sense in explained.senses), default=0)
    for section in explained.sections:
        if section.stated is None:
            number = section.account.number if section.account else "unknown"
            say(f"account {number}: {why_section(section)}")
    for sense, text in zip(explained.senses, texts, strict=True):
        why = cell_text("; ".join(filter(None, _why(explained, sense, statement))))
        head = f"{text.ljust(width)}  {sense.number.role.ljust(roles)}"
        _say_line(f"{head}  {why}", _COLOURS.get(sense.number.role, _EXPLAINED_AWAY), len(text))
        for line in _candidate_lines(sense):
            _say_line(f"{' ' * width}  {line}", _ASIDE, len(line) + width + 2)


def _say_line(line: str, style: str, end: int) -> None:
    """A line of which the beginning is coloured on a terminal; nothing in it steers that."""
    if is_fancy():
        from rich.text import Text

        text = Text(printable(line))
        text.stylize(style, 0, end)
        console().print(text, soft_wrap=True)
        return
    say(line)


def _why(explained: Explained, sense: Sense, statement: Statement) -> Iterator[str]:
    """Why a number has its role, what the register made of it, and what became of it."""
    yield why_role(sense.number, statement)
    yield _account(sense)
    if sense.serial:
        yield "the serial of a meter"
    claim, reading = sense.claim, explained.reading_of(sense)
    if sense.dropped:
        yield f"not a reading of its own: {DROPPED[sense.dropped]}"
    elif reading is not None and not reading.reason and claim and claim.register and claim.located:
        yield f"recorded on {register_words(claim.register)}: {LOCATED[claim.located]}"
    elif refused := explained.not_recorded(sense):
        yield f"not recorded: {', '.join(refused)}"


def _account(sense: Sense) -> str:
    if sense.mention is None:
        return ""
    stated = sense.mention.standing.names_account
    return why_account(sense) if stated else f"not taken for an account: {why_account(sense)}"


def _candidate_lines(sense: Sense) -> Iterator[str]:
    shown = [(_mark(one), register_words(one.register), why_candidate(one)) for one in sense.candidates]
    width = max((len(words) for _, words, _ in shown), default=0)
    for mark, words, why in shown:
        yield f"{mark} {words.ljust(width)}  {why}"


def _mark(candidate: Candidate) -> str:
    if candidate.chosen:
        return "+"
    return "?" if candidate.exclusion is None else "-"


def _say_verdict(explained: Explained) -> None:
    verdict, statement = explained.verdict, explained.case.statement
    if verdict is None and statement is not None:
        say_facts([("language", statement.language), ("request", statement.request)])
        say("The verdict needs the register: --register FILE.csv")
        return
    if verdict is None:
        return
    say_facts(
        [
            ("outcome", verdict.outcome),
            ("language", verdict.language),
            ("request", verdict.request),
            ("ignored because", verdict.ignored_because),
            ("could not be read", explained.failure),
            *(("because", because) for because in dict.fromkeys(map(_because, _findings(verdict)))),
        ]
    )
    if verdict.readings:
        say()
        say_readings(explained.line().readings)


def _findings(verdict: Verdict) -> Iterator[Finding]:
    yield from verdict.findings
    yield from (reading.finding for reading in verdict.readings if reading.finding)


def _because(finding: Finding) -> str:
    facts = ", ".join(f"{name} {cell_text(fact)}" for name, fact in finding.facts.items())
    return f"{finding.reason} ({facts})" if facts else str(finding.reason)
