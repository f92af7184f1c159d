"""`check`: everything that has to work, tried; a line each, with what to do."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from config.places import find_file
from mailreader.cli.findings import Finding, Level
from mailreader.cli.kinds import Email
from mailreader.cli.lines import say_json
from mailreader.cli.program import ExitCode, as_json, examples, exit_code_of, sentence_of
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import counted, local, say

if TYPE_CHECKING:
    from mailreader.mailbox import ProbeFinding
    from mailreader.store import Breaker
    from models.window import Window

_RELEASED: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Before this no clock that is right can be: this program did not exist."""


_SHOWN: Final = {Level.CONFIGURATION: "error"}
"""What people read in place of a level's name: the line itself says that it is about the configuration."""
_GRAVEST_FIRST: Final = (
    (Level.CONFIGURATION, ExitCode.CONFIGURATION),
    (Level.ERROR, ExitCode.FAILED),
    (Level.TEMPORARY, ExitCode.TEMPORARY),
)
_LEVELS: Final = {
    ExitCode.TEMPORARY: Level.TEMPORARY,
    ExitCode.CONFIGURATION: Level.CONFIGURATION,
}


@click.command(
    short_help="Try everything that has to work.",
    epilog=examples("mailreader check", "mailreader check --json", "mailreader check --send-test me@energo.example"),
)
@click.option("--send-test", type=Email(), metavar="ADDRESS", help="Send one test message there, through the relay.")
@as_json
@with_setup
def check(setup: Setup, *, send_test: str | None, as_json: bool) -> None:
    """Try everything: configuration, texts, time zone data, clock, database, register, mailboxes, relay.

    Changes nothing, and sends nothing that is not asked for.
    """
    levels: set[Level] = set()
    for finding in _findings(setup, send_test):
        levels.add(finding.level)
        if as_json:
            say_json(asdict(finding))
        else:
            say(f"{_SHOWN.get(finding.level, finding.level):9}  {finding.check}: {finding.sentence}")
    raise SystemExit(next((code for level, code in _GRAVEST_FIRST if level in levels), ExitCode.DONE))


def _findings(setup: Setup, send_test: str | None) -> Iterator[Finding]:
    from config.settings import ConfigurationError
    from mailreader.cli.relay_check import send_test_message, try_relay

    yield _time_zone()
    try:
        settings = setup.settings
    except ConfigurationError as error:
        yield from (Finding("configuration", Level.CONFIGURATION, line) for line in error.errors)
        return
    yield from _configuration(setup)
    yield _clock(settings.window.as_window(), datetime.now(UTC))
    yield from _database(setup)
    for name in settings.mailboxes:
        yield from _mailbox(setup, name)
    if settings.smtp is not None:
        yield try_relay(setup)
    if send_test is not None:
        yield send_test_message(setup, send_test)


def _time_zone() -> Finding:
    from config.timezone import time_zone_fault

    fault = time_zone_fault()
    if fault:
        return Finding("time zone data", Level.CONFIGURATION, fault)
    return Finding("time zone data", Level.OK, "Asia/Almaty is UTC+5.")


def _configuration(setup: Setup) -> Iterator[Finding]:
    """The file, what `run` needs of it, the words and texts of the languages."""
    from config.replies import RepliesError, load_reply_texts
    from config.words import WordsError, load_languages

    file = setup.config or find_file()
    yield Finding("configuration", Level.OK, f"{file}." if file else "There is no file; the defaults hold.")
    yield from (Finding("configuration", Level.CONFIGURATION, line) for line in setup.app.missing())
    try:
        languages = load_languages()
        load_reply_texts(setup.settings.answers.texts)
    except (WordsError, RepliesError) as error:
        yield from (Finding("texts", Level.CONFIGURATION, line) for line in str(error).splitlines())
        return
    yield Finding("texts", Level.OK, f"{', '.join(language.code for language in languages)}.")


def _clock(window: "Window", now: datetime) -> Finding:
    if now < _RELEASED:
        return Finding("clock", Level.ERROR, f"It is {local(now, window.zone)}, which cannot be: set the clock.")
    first, last = window.next_days(now)
    return Finding(
        "clock", Level.OK, f"{local(now, window.zone)} in {window.zone}; readings are taken {first} to {last}."
    )


def _database(setup: Setup) -> Iterator[Finding]:
    try:
        with setup.store() as store:
            store.check_pages()
            size, pauses, stands = store.register_size(), store.pauses(), store.breaker()
    except Exception as error:  # noqa: BLE001 -- whatever is wrong with the database is a line of the check
        yield Finding("database", _level_of(error), sentence_of(error))
        return
    yield Finding("database", Level.OK, "The schema is this version's.")
    if size:
        yield Finding("register", Level.OK, f"{size} accounts.")
    else:
        yield Finding("register", Level.WARNING, "It is empty: run `mailreader register import FILE.csv`.")
    for pause in pauses:
        since = f"Paused since {local(pause.since, setup.zone)} by {pause.actor}"
        yield Finding(
            f"mailbox {pause.mailbox}", Level.WARNING, f"{since}: `mailreader resume {pause.mailbox}` ends that."
        )
    yield _breaker(stands, setup)


def _breaker(stands: "Breaker", setup: Setup) -> Finding:
    if stands.tripped_at is None:
        return Finding("answers", Level.OK, "The breaker is closed.")
    return Finding(
        "answers",
        Level.ERROR,
        f"The breaker tripped on {local(stands.tripped_at, setup.zone)}, and nothing is answered by itself; "
        f"{counted(stands.held, 'answer')} held. Look why there were so many (`mailreader outbox list --state held`), "
        "then run `mailreader answers reset --send-held`.",
    )


def _level_of(error: Exception) -> Level:
    code = exit_code_of(error)
    return Level.ERROR if code is None else _LEVELS.get(code, Level.ERROR)


def _mailbox(setup: Setup, name: str) -> Iterator[Finding]:
    from mailreader.mailbox import MailboxFault, probe

    try:
        found: Iterable[ProbeFinding] = probe(setup.app.access(name))
    except MailboxFault as fault:
        yield Finding(f"mailbox {name}", _level_of(fault), fault.message)
        return
    for finding in found:
        level = Level.TEMPORARY if finding.temporary else Level(finding.level)
        yield Finding(f"mailbox {name}, {finding.subject}", level, finding.sentence)
