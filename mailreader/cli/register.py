"""`register`: accounts and meters from the billing system."""

import csv
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailreader.cli.lines import account_object, say_json
from mailreader.cli.output import opened_text, plain_cell
from mailreader.cli.program import Failed, as_json, examples
from mailreader.cli.progress import progress
from mailreader.cli.setup import Setup, database_file, is_new, with_setup
from mailreader.cli.tables import local, say, say_facts, say_table
from models.register_changes import AccountChange, ChangeKind, Note

if TYPE_CHECKING:
    from mailreader.register_file import RegisterFile


@click.group(epilog=examples("mailreader register import accounts.csv", "mailreader register show 0123456"))
def register() -> None:
    """Accounts and meters from the billing system."""


@register.command(
    "import",
    epilog=examples(
        "mailreader register import accounts.csv --dry-run",
        "mailreader register import accounts.csv --changes changes.csv",
    ),
)
@click.argument(
    "file",
    metavar="FILE.csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="One row a meter register.",
)
@click.option("--dry-run", is_flag=True, help="Check the file and count what would change; change nothing.")
@click.option(
    "--changes",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Write here which accounts are new, changed (and in which columns) or gone.",
)
@as_json
@with_setup
def import_(setup: Setup, file: Path, *, dry_run: bool, changes: Path | None, as_json: bool) -> None:
    """Load a register file: all of it, or nothing where a line is bad. A newer file updates what an older one gave.

    Accounts that the file no longer has stay as they are.
    """
    with _rarely_collecting():
        accounts = _checked(file)
        with _noting(changes) as note:
            if dry_run and _has_no_database(setup):
                counts = _count_new(accounts, note)
            else:
                counts = _import(setup, accounts, note, dry_run=dry_run)
    if as_json:
        say_json(counts)
        return
    would = "would be " if dry_run else ""
    say(", ".join(f"{number} {would}{what}" for what, number in counts.items()))


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Seldom look for cycles: of millions of objects that live shortly hardly one is in any. It saves a tenth."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _checked(file: Path) -> "RegisterFile":
    from mailreader.register_file import RegisterFileError, load_register

    try:
        with progress("bytes checked", file.stat().st_size) as advance:
            return load_register(file, advance)
    except RegisterFileError as error:
        faults = "1 fault" if len(error.faults) == 1 else f"{len(error.faults)} faults"
        raise Failed(f"{error}\n{file} has {faults}. Nothing was changed.") from None


@contextmanager
def _noting(changes: Path | None) -> Iterator[Note | None]:
    """Give the function that writes one change into the file that was asked for."""
    if changes is None:
        yield None
        return
    with opened_text(changes) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("account", "change", "columns"))

        def note(change: AccountChange) -> None:
            writer.writerow((plain_cell(change.account), change.kind, " ".join(change.columns)))

        yield note


def _import(setup: Setup, accounts: "RegisterFile", note: Note | None, *, dry_run: bool) -> dict[str, int]:
    with setup.store(may_create=True) as store, progress("accounts", accounts.size) as advance:
        counts = store.import_register(accounts, advance, dry_run=dry_run, note=note)
    return {"new": counts.new, "changed": counts.changed, "unchanged": counts.unchanged, "gone": counts.gone}


def _count_new(accounts: "RegisterFile", note: Note | None) -> dict[str, int]:
    if note is not None:
        for account in accounts:
            note(AccountChange(account.number, ChangeKind.NEW))
    return {"new": accounts.size, "changed": 0, "unchanged": 0, "gone": 0}


def _has_no_database(setup: Setup) -> bool:
    file = database_file(setup.settings.address())
    return file is not None and is_new(file)


@register.command(epilog=examples("mailreader register show 0123456", "mailreader register show 0123456 --json"))
@click.argument("account", help="The number of the account.")
@as_json
@with_setup
def show(setup: Setup, account: str, *, as_json: bool) -> None:
    """Show an account, its meters and what was recorded for it."""
    with setup.store() as store:
        found = store.account(account)
    if found is None:
        raise Failed(f"The register has no account {account}, or several that differ only in how they are written.")
    known, history = found
    if as_json:
        say_json(account_object(known, history, setup.zone))
        return
    say_facts(
        [
            ("account", known.number),
            ("customer", known.customer_type),
            ("housing", known.housing),
            ("name", known.full_name),
            ("address", known.address),
            ("e-mail", sorted(known.emails)),
            ("contracts", [f"{service} {status}" for service, status in known.contracts.items()]),
        ]
    )
    say()
    say_table(
        ("meter", "service", "zone", "tariff", "digits", "previous", "on"),
        [
            (
                meter.serial, meter.service, meter.zone, meter.tariff_no, f"{meter.digits}.{meter.decimals}",
                meter.previous_value, meter.previous_on,
            )
            for meter in known.registers
        ],
    )  # fmt: skip
    say()
    say_table(
        ("recorded", "meter", "zone", "value", "state", "received", "message"),
        [
            (
                past.period, past.serial, past.zone, past.value, past.state, local(past.received, setup.zone),
                past.message_id,
            )
            for past in history
        ],
    )  # fmt: skip
