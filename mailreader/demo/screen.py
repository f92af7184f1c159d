"""What the demonstration shows: each message with its outcome and its answer, and a summary; plain off a terminal."""

import os
import shlex
import shutil
import sys
import unicodedata
from collections import Counter
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from mailreader.demo.exchanges import Exchange
from mailreader.demo.stage import Stage
from models.catalogue import Outcome, ReadingStatus
from models.letter import Letter
from models.verdict import JudgedReading
from parsers.mail import parse_mail

_OUTCOMES: Final[Mapping[Outcome, tuple[str, str]]] = MappingProxyType(
    {
        Outcome.ACCEPTED: ("accepted", "bold green"),
        Outcome.PARTIAL: ("partial", "bold yellow"),
        Outcome.REJECTED: ("rejected", "bold red"),
        Outcome.REVIEW: ("held for review", "bold magenta"),
        Outcome.IGNORED: ("ignored", "bold bright_black"),
    }
)
_STATUSES: Final[Mapping[ReadingStatus, str]] = MappingProxyType(
    {ReadingStatus.RECORDED: "green", ReadingStatus.REJECTED: "red", ReadingStatus.REVIEW: "magenta"}
)
_PLAIN_WIDTH: Final = 100
_INDENT: Final = " " * 4
_MOST_LINES: Final = 9
_LOOKS: Final = ("messages list", "queue list", "outbox list", "export")


class Screen:
    """Writes to standard output."""

    def __init__(self) -> None:
        """Take the terminal as it is; off one, and with NO_COLOR, there are no colours and no bold letters."""
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        width = None if sys.stdout.isatty() else _PLAIN_WIDTH
        colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
        self._console = Console(width=width, color_system=colours, highlight=False, markup=False, emoji=False)
        self._shown = 0

    def opening(self, stage: Stage) -> None:
        """Say what runs where, and which day it is taken for."""
        servers = stage.servers
        self._console.print(
            f"The daemon reads the mailbox {servers.account.username} on imap://127.0.0.1:{servers.imap_port} and "
            f"answers over smtp://127.0.0.1:{servers.smtp_port}; nothing leaves this machine.\n"
            f"Readings are taken from the 18th: for this demonstration it is {stage.clock.begin:%d.%m.%Y, %H:%M}."
        )

    def waiting(self, stage: Stage, seconds: float) -> None:
        """Say what goes on, and how to look at it with the other commands."""
        self._console.print(Rule(style="cyan"))
        self._console.print(f"Another message comes every {seconds:g} s. Meanwhile, in another terminal:")
        for look in _LOOKS:
            line = f"    {_program()} --config {shlex.quote(str(stage.config))} {look}"
            self._console.print(Text(line, "bold"), soft_wrap=True)
        self._console.print("Ctrl-C ends the demonstration and removes all of it.")

    def exchange(self, exchange: Exchange) -> None:
        """Show one message, its outcome with the readings, and its answer as it arrived."""
        self._shown += 1
        letter = parse_mail(exchange.handled.mail.raw or b"")
        sender = f"{letter.sender_name} <{letter.sender}>" if letter.sender_name else str(letter.sender)
        self._console.print()
        self._console.print(Rule(Text(clean(f"{self._shown}  {sender}"), "bold cyan"), align="left", style="cyan"))
        self._console.print(Text.assemble(("Subject: ", "bright_black"), clean(letter.subject)))
        self._indented(_beginning(letter))
        self._verdict(exchange)
        if exchange.answer is not None:
            self._console.print(Text.assemble(("Answer: ", "cyan"), clean(exchange.answer.subject)))
            self._indented(exchange.answer.text.strip())

    def summary(self, exchanges: list[Exchange]) -> None:
        """Show how many messages had which outcome, and how many answers arrived."""
        counts = Counter(exchange.handled.decision.verdict.outcome for exchange in exchanges)
        table = Table("outcome", title="Summary", title_justify="left")
        table.add_column("messages", justify="right")
        for outcome, (name, style) in _OUTCOMES.items():
            table.add_row(Text(name, style), str(counts[outcome]))
        table.add_section()
        table.add_row("answers sent", str(sum(exchange.answer is not None for exchange in exchanges)))
        self._console.print()
        self._console.print(table)

    def said(self, sentence: str) -> None:
        """Write one sentence."""
        self._console.print(sentence)

    def _verdict(self, exchange: Exchange) -> None:
        decision = exchange.handled.decision
        verdict = decision.verdict
        name, style = _OUTCOMES[verdict.outcome]
        findings = ", ".join(finding.reason for finding in verdict.findings)
        why = [findings, verdict.request and f"request: {verdict.request}", verdict.ignored_because]
        why.append(decision.held_back or verdict.silence)
        line = Text("Outcome: ", "cyan").append(name, style)
        said = "; ".join(part for part in why if part)
        self._console.print(line.append(f" ({said})" if said else ""))
        for reading in verdict.readings:
            self._console.print(_reading_line(reading), soft_wrap=True)

    def _indented(self, text: str) -> None:
        """Write a text of others between blank lines, wrapped, and without a blank at the end of a line."""
        self._console.print()
        for line in Text(clean(text)).wrap(self._console, self._console.width - len(_INDENT)):
            line.rstrip()
            self._console.print(Text(_INDENT if line.plain else "").append(line), soft_wrap=True)
        self._console.print()


def clean(text: str) -> str:
    """Text of others as a terminal may be given it: no control and no formatting characters but line ends."""
    return "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter)[0] != "C")


def _beginning(letter: Letter) -> str:
    """The first lines of what the customer sees, and what is attached."""
    lines = (letter.plain or letter.html or "").strip().expandtabs(4).splitlines()
    shown = lines[:_MOST_LINES] + (["…"] if len(lines) > _MOST_LINES else [])
    return "\n".join(shown + [f"[{file.name}, {file.size} bytes]" for file in letter.attachments])


def _reading_line(reading: JudgedReading) -> Text:
    meant = " ".join(filter(None, (reading.service, reading.zone)))
    cells = f" {reading.account or '-':<8} {meant or '-':<18} {reading.value or '-':>8}  {reading.reason or ''}"
    return Text(_INDENT).append(f"{reading.status:<8}", _STATUSES[reading.status]).append(clean(cells).rstrip())


def _program() -> str:
    """The command line of this very installation, as short as it works."""
    own = Path(sys.executable).with_name("mailreader")
    found = shutil.which("mailreader")
    if not own.exists() or (found and Path(found).resolve() == own.resolve()):
        return "mailreader"
    return shlex.quote(str(own))
