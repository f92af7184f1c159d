"""`register`: accounts and meters from the billing system."""

from pathlib import Path

import click

from mailreader.cli.lines import account_object, say_json
from mailreader.cli.program import Failed, as_json, examples
from mailreader.cli.progress import progress
from mailreader.cli.setup import Setup, database_file, is_new, with_setup
from mailreader.cli.tables import local, say, say_facts, say_table
from mailreader.register_file import RegisterFile, RegisterFileError, load_register


@click.group(epilog=examples("mailreader register import accounts.csv", "mailreader register show 0123456"))
def register() -> None:
    """Accounts and meters from the billing system."""


@register.command("import", epilog=examples("mailreader register import accounts.csv --dry-run"))
@click.argument(
    "file",
    metavar="FILE.csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="One row a meter register.",
)
@click.option("--dry-run", is_flag=True, help="Check the file and count what would change; change nothing.")
@as_json
@with_setup
def import_(setup: Setup, file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Load a register file: all of it, or nothing where a line is bad. A newer file updates what an older one gave.

    Accounts that the file no longer has stay as they are.
    """
    try:
        accounts = load_register(file)
    except RegisterFileError as error:
        faults = "1 fault" if len(error.faults) == 1 else f"{len(error.faults)} faults"
        raise Failed(f"{error}\n{file} has {faults}. Nothing was changed.") from None
    counts = _count_new(accounts) if dry_run and _has_no_database(setup) else _import(setup, accounts, dry_run=dry_run)
    if as_json:
        say_json(counts)
        return
    would = "would be " if dry_run else ""
    say(", ".join(f"{number} {would}{what}" for what, number in counts.items()))


def _import(setup: Setup, accounts: RegisterFile, *, dry_run: bool) -> dict[str, int]:
    with setup.store(may_create=True) as store, progress("accounts") as advance:
        counts = store.import_register(accounts, advance, dry_run=dry_run)
    return {"new": counts.new, "changed": counts.changed, "unchanged": counts.unchanged, "gone": counts.gone}


def _has_no_database(setup: Setup) -> bool:
    file = database_file(setup.settings.database.address())
    return file is not None and is_new(file)


def _count_new(accounts: RegisterFile) -> dict[str, int]:
    return {"new": sum(1 for _ in accounts), "changed": 0, "unchanged": 0, "gone": 0}


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
