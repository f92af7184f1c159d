"""`stats`: what became of the mail, counted."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from mailreader.cli.kinds import Day, Period
from mailreader.cli.lines import instant, say_json
from mailreader.cli.program import as_json, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import local, say, say_table
from models.catalogue import Outcome

if TYPE_CHECKING:
    from mailreader.store import Span
    from models.statistics import Statistics

_EARLIEST: Final = date(1970, 1, 1)
_LATEST: Final = date(9000, 1, 1)
_TABLES: Final = (
    ("outcome", "messages", "outcomes"),
    ("reason", "messages", "reasons"),
    ("request", "messages", "requests"),
    ("language", "messages", "languages"),
    ("recorded for", "readings", "services"),
    ("recorded by", "readings", "sources"),
    ("ignored because", "messages", "ignored"),
    ("not answered because", "messages", "silences"),
    ("answer held back by", "messages", "held_back"),
    ("answer is", "answers", "outbox"),
)


@click.command(
    short_help="Count what became of the mail.",
    epilog=examples(
        "mailreader stats --period 2026-11",
        "mailreader stats --since 2026-11-18 --json",
        "mailreader stats --shadow entered.csv --period 2026-11",
    ),
)
@click.option("--period", type=Period(), help="Only the mail of this month.")
@click.option("--since", type=Day(), help="Only the mail of this day and later.")
@click.option("--until", type=Day(), help="Only the mail of this day and earlier.")
@click.option(
    "--shadow",
    "entered",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Compare a trial with what clerks entered by hand: account, value, serial or service; also zone, and period "
    "or date.",
)
@as_json
@with_setup
def stats(
    setup: Setup, *, period: str | None, since: date | None, until: date | None, entered: Path | None, as_json: bool
) -> None:
    """Count the mail by outcome, reason and day of receipt, and what came of it; or tell how a trial went.

    A second delivery of a message counts as a duplicate only. What is open in the queue is told as of now, whenever it
    came. With --shadow: where the trial agrees with what clerks entered, and every difference with its message.
    """
    if (period or entered) and (since or until):
        raise click.UsageError("--since and --until cannot go with --period or --shadow.")
    if entered is not None:
        from mailreader.cli.shadow import say_comparison

        say_comparison(setup, entered, period, as_json=as_json)
        return
    now = setup.app.clock()
    span = _span(setup, period, since, until)
    with setup.store() as store:
        counted = store.statistics(span)
    if as_json:
        oldest = counted.queue.oldest
        age = None if oldest is None else int((now - oldest).total_seconds())
        say_json(_object(counted, span) | {"queue": _queue_object(counted, setup, age)})
        return
    say(
        f"{_told_span(span)}: {counted.messages}, of which {counted.waiting} wait to be judged; "
        f"and {counted.duplicates} delivered once more. Recorded readings: {counted.readings}."
    )
    _say_days(counted)
    for what, number, field in _TABLES:
        _say_counts(what, number, getattr(counted, field))
    if counted.ignored_with_reading:
        say(f"\nOf the ignored messages {counted.ignored_with_reading} may hold a reading.")
    _say_counts("queue item is", "messages", counted.queue.statuses)
    since_when = f", the oldest since {local(counted.queue.oldest, setup.zone)}" if counted.queue.open else ""
    say(f"\nOpen in the queue now: {counted.queue.open}{since_when}.")


def _span(setup: Setup, period: str | None, since: date | None, until: date | None) -> "Span":
    from mailreader.store import Span

    if period is None:
        return Span(since or _EARLIEST, until or _LATEST, setup.zone)
    first = date.fromisoformat(f"{period}-01")
    return Span(first, first + timedelta(days=monthrange(first.year, first.month)[1] - 1), setup.zone)


def _told_span(span: "Span") -> str:
    """The days of a span as people read them."""
    since = "" if span.first == _EARLIEST else f" from {span.first}"
    return f"Received{since}" + ("" if span.last == _LATEST else f" to {span.last}")


def _object(counted: "Statistics", span: "Span") -> dict[str, Any]:
    days = [{**asdict(day), "day": day.day.isoformat()} for day in counted.days]
    since = None if span.first == _EARLIEST else span.first.isoformat()
    until = None if span.last == _LATEST else span.last.isoformat()
    return {"since": since, "until": until, **asdict(counted), "days": days}


def _queue_object(counted: "Statistics", setup: Setup, age: int | None) -> dict[str, Any]:
    queue = counted.queue
    return {
        "open": queue.open,
        "oldest": instant(queue.oldest, setup.zone),
        "oldest_seconds": age,
        "statuses": queue.statuses,
    }


def _say_days(counted: "Statistics") -> None:
    if counted.days:
        say()
        rows = [(day.day, day.messages, *(day.outcomes[outcome] for outcome in Outcome)) for day in counted.days]
        say_table(("day", "messages", *Outcome), rows)


def _say_counts(what: str, number: str, counts: Mapping[str, int]) -> None:
    """A table of what there is, the most first."""
    rows = sorted(((name, count) for name, count in counts.items() if count), key=lambda row: -row[1])
    if rows:
        say()
        say_table((what, number), rows)
