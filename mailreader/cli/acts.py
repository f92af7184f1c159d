"""`queue accept`, `reject`, `dismiss`, `reprocess`: what operators decide, from the shell."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import click

from mailreader.cli.actor import by
from mailreader.cli.kinds import NUMBER, Word, the_number
from mailreader.cli.lines import queue_object, say_json
from mailreader.cli.program import ExitCode, Failed, as_json, examples
from mailreader.cli.progress import progress
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import counted, say
from models.acts import Acceptance, ActRefused, By, Rejection, StatedValue
from models.catalogue import Reason, Remedy, Zone

if TYPE_CHECKING:
    from mailreader.desk import Desk, Done
    from mailreader.store import Store

_VALUE: Final = re.compile(r"\d+(?:[.,]\d+)?")
_MENDABLE: Final = [reason for reason in Reason if reason.remedy is Remedy.CUSTOMER]
_no_answer = click.option("--no-answer", is_flag=True, help="Tell the customer nothing.")
_note = click.option("--note", default="", metavar="TEXT", help="A remark for the audit trail.")


class _Stated(click.ParamType[StatedValue]):
    """A value for a meter: METER[:ZONE]=VALUE."""

    name = "METER[:ZONE]=VALUE"

    def convert(
        self, value: str | StatedValue, param: click.Parameter | None, ctx: click.Context | None
    ) -> StatedValue:
        """Read it."""
        if isinstance(value, StatedValue):
            return value
        meter, _, number = value.rpartition("=")
        name, _, zone = meter.rpartition(":")
        if zone not in set(Zone):
            name, zone = meter, ""
        if not name.strip() or not _VALUE.fullmatch(number.strip()):
            self.fail(f"{value!r} is not like 24680135=12345, 24680135:night=540 or electricity=12345.", param, ctx)
        return StatedValue(name.strip(), Zone(zone) if zone else None, Decimal(number.strip().replace(",", ".")))


@click.command(
    short_help="Record the values of an item, and confirm.",
    epilog=examples(
        "mailreader queue accept 17",
        "mailreader queue accept 17 --value 24680135=12345 --value hot_water=456,5",
        "mailreader queue accept 17 --account 0123456 --value 24680135:day=1234 --value 24680135:night=540",
    ),
)
@the_number
@click.option(
    "--value",
    "values",
    type=_Stated(),
    multiple=True,
    help="Record this value instead of what was read; METER is a serial, or a service where there is one meter.",
)
@click.option(
    "--account", metavar="NUMBER", help="The account that the values are for, where none or another was read."
)
@click.option("--force", is_flag=True, help="Record what the rules complain of, or what a later message has replaced.")
@_no_answer
@_note
@by
@as_json
@with_setup
def accept(  # noqa: PLR0913 -- the options of the command
    setup: Setup,
    *,
    number: int,
    values: Sequence[StatedValue],
    account: str | None,
    force: bool,
    no_answer: bool,
    note: str,
    actor: str,
    as_json: bool,
) -> None:
    """Record the values of an item and confirm them to the customer.

    Without --value, what was read and waits for a person is recorded: that is what is being decided. A value of your
    own is judged by the same rules; --force overrules them, and takes what they refused, but for a value that the dial
    cannot show. What the customer can still mend stays refused, and the answer names it.
    """
    order = Acceptance(tuple(values), account, forced=force)
    with _desk(setup) as (store, desk):
        done = desk.accept(number, order, By(actor, setup.app.clock(), note), answering=not no_answer)
        _tell(setup, store, done, "accepted", as_json=as_json)


@click.command(
    short_help="Turn an item down, and say why.",
    epilog=examples(
        "mailreader queue reject 17",
        "mailreader queue reject 17 --reason value_ambiguous",
        "mailreader queue reject 17 --text 'The photo cannot be read: please write the number.'",
    ),
)
@the_number
@click.option(
    "--reason",
    "reasons",
    type=Word(Reason, _MENDABLE),
    multiple=True,
    metavar="REASON",
    help=f"Instead of the item's own: {', '.join(_MENDABLE)}.",
)
@click.option("--text", "words", default="", metavar="TEXT", help="Your own words, in the customer's language.")
@_no_answer
@_note
@by
@as_json
@with_setup
def reject(
    setup: Setup,
    *,
    number: int,
    reasons: Sequence[Reason],
    words: str,
    no_answer: bool,
    note: str,
    actor: str,
    as_json: bool,
) -> None:
    """Turn an item down and tell the customer why: for the reasons that it has, for others, or in your own words.

    What was recorded of it stays recorded.
    """
    order = Rejection(tuple(reasons), words.strip())
    with _desk(setup) as (store, desk):
        done = desk.reject(number, order, By(actor, setup.app.clock(), note), answering=not no_answer)
        _tell(setup, store, done, "rejected", as_json=as_json)


@click.command(
    short_help="Close an item without an answer.",
    epilog=examples("mailreader queue dismiss 17 --note 'answered by telephone'"),
)
@the_number
@_note
@by
@as_json
@with_setup
def dismiss(setup: Setup, *, number: int, note: str, actor: str, as_json: bool) -> None:
    """Close an item silently: nothing is recorded and nobody is written to."""
    with _desk(setup) as (store, desk):
        done = desk.dismiss(number, By(actor, setup.app.clock(), note))
        _tell(setup, store, done, "dismissed", as_json=as_json)


@click.command(
    short_help="Judge items again.",
    epilog=examples("mailreader queue reprocess 17 18 19", "mailreader queue reprocess --all"),
)
@click.argument("numbers", metavar="ID…", type=NUMBER, nargs=-1, help="The numbers that the list shows.")
@click.option("--all", "every", is_flag=True, help="Every open item.")
@click.option("--reopen", is_flag=True, help="Also items that are closed, unless they were accepted.")
@_no_answer
@_note
@by
@as_json
@with_setup
def reprocess(
    setup: Setup,
    *,
    numbers: Sequence[int],
    every: bool,
    reopen: bool,
    no_answer: bool,
    note: str,
    actor: str,
    as_json: bool,
) -> None:
    """Read and judge messages again, by the register and the rules as they are now; each by itself.

    Useful after a new register or a new version. The customer is written to where the verdict is another than before.
    """
    if every == bool(numbers):
        raise click.UsageError("Name the items, or give --all.")
    refused = 0
    with _desk(setup) as (store, desk):
        wanted = [item.message.id for item in store.queue()] if every else numbers
        with progress("items", len(wanted)) as advance:
            for count, number in enumerate(wanted, 1):
                try:
                    by_whom = By(actor, setup.app.clock(), note)
                    done = desk.reprocess(number, by_whom, answering=not no_answer, reopening=reopen)
                    what = "read again" if done.changed else "read again, as before"
                    _tell(setup, store, done, what, as_json=as_json)
                except ActRefused as refusal:
                    refused += 1
                    click.echo(f"{number}: {refusal}", err=True)
                advance(count)
    if refused:
        raise SystemExit(ExitCode.FAILED)


@contextmanager
def _desk(setup: Setup) -> "Iterator[tuple[Store, Desk]]":
    """The desk; what cannot be done there ends the command with its sentences."""
    setup.require_live()
    with setup.store() as store, setup.app.desk(store) as desk:
        try:
            yield store, desk
        except ActRefused as refusal:
            raise Failed(str(refusal)) from None


def _tell(setup: Setup, store: "Store", done: "Done", what: str, *, as_json: bool) -> None:
    """Say what came of an act."""
    item = store.queue_item(done.message_id)
    if as_json:
        if item is not None:
            say_json(queue_object(item, setup.zone))
        return
    recorded = [one for one in item.message.line.readings if one.status == "recorded"] if item else []
    answer = f"answer {done.answer} waits in the outbox" if done.answer else "no answer"
    why = f" ({done.unanswered})" if done.unanswered else ""
    outcome = item.message.line.outcome if item else ""
    say(f"{done.message_id} {what}: {outcome}, {counted(len(recorded), 'reading')} recorded, {answer}{why}.")


commands: Final[tuple[click.Command, ...]] = (accept, reject, dismiss, reprocess)
