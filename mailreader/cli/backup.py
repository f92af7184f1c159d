"""`db backup`: the database in one file, while the daemon runs."""

from pathlib import Path

import click

from mailreader.cli.program import Failed, examples
from mailreader.cli.progress import progress
from mailreader.cli.setup import Setup, check_file, database_file, is_new, with_setup


@click.command(
    short_help="Write the whole database into a file.",
    epilog=examples("mailreader db backup /var/backups/mailreader.db", "mailreader db backup backup.db --force"),
)
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Where the backup goes.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@with_setup
def backup(setup: Setup, file: Path, *, force: bool) -> None:
    """Write the whole database into a file, as of one moment, while the daemon works on.

    Of SQLite it is a database like the first one; of PostgreSQL an archive for pg_restore. Nobody else may read it, and
    it takes its name only when it is whole and was checked. The manual tells how to restore it.
    """
    from mailreader.store import BackupError, back_up

    address = setup.settings.address()
    _check_target(file, database_file(address), force=force)
    try:
        with progress("percent", 100) as advance:
            back_up(address, file, lambda done, pages: advance(100 * done // pages))
    except BackupError as error:
        raise Failed(str(error)) from None
    click.echo(f"The database was written to {file} ({file.stat().st_size:,} bytes).", err=True)


def _check_target(file: Path, live: Path | None, *, force: bool) -> None:
    if live is not None:
        check_file(live)
        if is_new(live):
            raise Failed(f"There is no database at {live} yet: run `mailreader db upgrade`.")
        if file.resolve() in {live.resolve().with_name(live.resolve().name + end) for end in ("", "-wal", "-shm")}:
            raise Failed(f"{file} is the database itself: give another file.")
    if not file.parent.is_dir():
        raise Failed(f"There is no folder {file.parent}.")
    if file.exists() and not force:
        raise Failed(f"{file} is there already: give another file, or --force to replace it.")
