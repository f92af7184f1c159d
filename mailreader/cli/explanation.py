"""How an explanation is shown: the text with its numbers marked, a table of them, the verdict; or one JSON object."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from mailreader.cli.explaining import Explained
from mailreader.cli.lines import message_object
from mailreader.cli.messages import say_readings
from mailreader.cli.tables import cell_text, console, is_fancy, local, printable, say, say_facts, say_table
from models.statement import Label, Number, Role, Statement
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


def explained_object(explained: Explained, zone: ZoneInfo) -> dict[str, Any]:
    """The line of `explain --json`: that of `ingest --json` without `reply`, with `explanation`."""
    line = message_object(explained.line(), zone)
    del line["reply"]
    return line | {"explanation": _explanation(explained)}


def say_explained(explained: Explained, zone: ZoneInfo) -> None:
    """Write the explanation for people."""
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
        _say_numbers(statement)
    say()
    _say_verdict(explained)


def _explanation(explained: Explained) -> dict[str, Any]:
    statement = explained.case.statement
    if statement is None:
        return {"text": None, "language": None, "request": None, "numbers": [], "error": explained.failure}
    return {
        "text": statement.text,
        "language": statement.language,
        "request": statement.request,
        "numbers": [_number_object(number, statement) for number in statement.numbers],
    }


def _number_object(number: Number, statement: Statement) -> dict[str, Any]:
    return {
        "text": number.text,
        "start": number.span.start,
        "end": number.span.end,
        "role": number.role,
        "readings": [f"{value:f}" for value in number.readings],
        "service": number.label.service,
        "zone": number.label.zone,
        "evidence": number.evidence.of(statement.text),
    }


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


def _say_numbers(statement: Statement) -> None:
    say_table(
        ("number", "role", "readings", "label", "evidence"),
        [
            (number.text, number.role, [f"{value:f}" for value in number.readings], _label(number.label),
             number.evidence.of(statement.text))
            for number in statement.numbers
        ],
    )  # fmt: skip


def _label(label: Label) -> list[str]:
    words = [label.service, label.zone, f"T{label.tariff}" if label.tariff else None, "water" if label.water else None]
    return [str(word) for word in [*words, "carried over" if label.carried else None] if word]


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
