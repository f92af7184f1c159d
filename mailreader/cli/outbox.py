"""`outbox`: answers that wait, were sent, or failed, and what an operator can do about them."""

from collections.abc import Sequence

import click

from mailreader.cli.actor import by
from mailreader.cli.kinds import NUMBER, Word, the_number
from mailreader.cli.lines import outbox_object, say_json
from mailreader.cli.program import ExitCode, Failed, as_json, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import counted, say, say_facts, say_table
from models.acts import ActRefused, By
from models.catalogue import OutboxState


@click.group(epilog=examples("mailreader outbox list"))
def outbox() -> None:
    """Answers: waiting, sent, failed."""


@outbox.command(
    "list",
    short_help="List the answers, oldest first.",
    epilog=examples("mailreader outbox list --state failed", "mailreader outbox list --json"),
)
@click.option("--state", type=Word(OutboxState), help="Only answers in this state.")
@as_json
@with_setup
def list_(setup: Setup, *, state: OutboxState | None, as_json: bool) -> None:
    """List the answers, oldest first; --json gives each whole, with header and text.

    Answers that a limit holds are listed with --state held alone.
    """
    with setup.store() as store:
        found = store.outbox(state)
    lines = [line for line in found if state or line.state is not OutboxState.HELD]
    if len(lines) < len(found):
        held = counted(len(found) - len(lines), "answer")
        click.echo(f"A limit holds {held} more: mailreader outbox list --state held", err=True)
    if as_json:
        for line in lines:
            say_json(outbox_object(line))
        return
    say_table(
        (
            "id",
            "state",
            "kind",
            "message",
            "to",
            "subject",
            "tries",
            "held because" if state is OutboxState.HELD else "last error",
        ),
        [
            (
                one.id,
                one.state,
                one.kind,
                one.message,
                one.to,
                one.subject,
                one.tries,
                one.held_because or one.last_error,
            )
            for one in lines
        ],
    )


@outbox.command(epilog=examples("mailreader outbox show 33", "mailreader outbox show 33 --json"))
@the_number
@as_json
@with_setup
def show(setup: Setup, *, number: int, as_json: bool) -> None:
    """Show one answer with its header and text, as the customer gets it."""
    with setup.store() as store:
        line = store.reply(number)
    if line is None:
        raise Failed(f"There is no answer {number}.")
    if as_json:
        say_json(outbox_object(line))
        return
    say_facts(
        [
            ("answer", line.id),
            ("to message", line.message),
            ("state", line.state),
            ("held because", line.held_because),
            ("tries", line.tries),
            ("last error", line.last_error),
            ("address", "was found not to exist" if line.is_address_bounced else None),
        ]
    )
    say()
    say_facts(line.headers)
    say()
    say(line.text.rstrip())


@outbox.command(
    short_help="Send answers again.",
    epilog=examples("mailreader outbox retry 33", "mailreader outbox retry 33 34 --note 'the relay was full'"),
)
@click.argument("numbers", metavar="ID…", type=NUMBER, nargs=-1, required=True, help="The numbers that the list shows.")
@click.option("--note", default="", metavar="TEXT", help="A remark for the audit trail.")
@by
@as_json
@with_setup
def retry(setup: Setup, *, numbers: Sequence[int], note: str, actor: str, as_json: bool) -> None:
    """Have answers sent that failed, were held back, or of which nobody knows whether they went out.

    An unknown one may reach the customer twice, with the same Message-ID. The daemon sends what waits.
    """
    setup.require_live()
    refused = 0
    with setup.store() as store:
        for number in numbers:
            try:
                store.retry_reply(number, By(actor, setup.app.clock(), note))
            except ActRefused as refusal:
                refused += 1
                click.echo(str(refusal), err=True)
                continue
            if not as_json:
                say(f"Answer {number} waits in the outbox.")
            elif line := store.reply(number):
                say_json(outbox_object(line))
    if not setup.settings.answers.enabled:
        click.echo("answers.enabled is false: nothing is sent until that is true.", err=True)
    if refused:
        raise SystemExit(ExitCode.FAILED)
