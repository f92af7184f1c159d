"""`db`: the database and its schema."""

import click

from mailreader.cli.backup import backup
from mailreader.cli.program import examples
from mailreader.cli.purge import purge
from mailreader.cli.setup import Setup, check_file, database_file, with_setup


@click.group(epilog=examples("mailreader db upgrade"))
def db() -> None:
    """Look after the database."""


db.add_command(backup)
db.add_command(purge)


@db.command(epilog=examples("mailreader db upgrade"))
@with_setup
def upgrade(setup: Setup) -> None:
    """Make the database, or bring it up to date.

    Nothing happens where it is. To be run before the first start and after each new version, while the daemon is
    stopped.
    """
    from mailreader.store import SchemaError, SchemaNewer
    from mailreader.store import upgrade as upgrade_schema

    setup.say_mode()
    address = setup.settings.address()
    file = database_file(address)
    if file is not None:
        check_file(file)
    try:
        setup.app.open_store().close()
    except SchemaNewer:
        raise
    except SchemaError:
        upgrade_schema(address)
        setup.app.open_store().close()
    click.echo("The database is up to date.")
