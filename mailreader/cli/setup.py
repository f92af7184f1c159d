"""What a command works with, each opened when it is first asked for: settings, the wiring, the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from config.settings import ConfigurationError, Settings, load_settings

if TYPE_CHECKING:
    from mailreader.app import App
    from mailreader.store import Store

_SQLITE: Final = "sqlite:///"
_SQLITE_HEAD: Final = b"SQLite format 3\0"


@dataclass
class Setup:
    """The program under the configuration file that was named, or else found."""

    config: Path | None

    @cached_property
    def settings(self) -> Settings:
        """The settings; ConfigurationError names every fault."""
        return load_settings(self.config)

    @property
    def zone(self) -> ZoneInfo:
        """The local time in which instants are shown."""
        return self.settings.window.timezone

    @cached_property
    def app(self) -> "App":
        """The wiring; its log is only of errors, and on standard error, where a command does not ask for more."""
        from mailreader.app import App
        from mailreader.logs import configure_logs

        configure_logs("error", "auto")
        return App(self.settings)

    @contextmanager
    def store(self, *, may_create: bool = False) -> Iterator["Store"]:
        """The database; `may_create` makes one where the file of SQLite does not exist yet, and says so."""
        from mailreader.store import SchemaMissing, upgrade

        address = self.settings.database.address()
        file = database_file(address)
        if file is not None:
            check_file(file)
        if file is not None and is_new(file):
            if not may_create:
                raise SchemaMissing(f"There is no database at {file} yet: run `mailreader db upgrade`.")
            upgrade(address)
            click.echo(f"{file} is new; its tables were made.", err=True)
        store = self.app.open_store()
        try:
            yield store
        finally:
            store.close()


def database_file(address: str) -> Path | None:
    """Return the file of an SQLite database; None for any other database."""
    path = address.removeprefix(_SQLITE).partition("?")[0]
    return Path(path) if address.startswith(_SQLITE) and path and path != ":memory:" else None


def is_new(file: Path) -> bool:
    """Whether there is no database in the file yet."""
    return not file.exists() or file.stat().st_size == 0


def check_file(file: Path) -> None:
    """Raise ConfigurationError where the file cannot be a database: it has no folder, or is something else."""
    if not file.parent.is_dir():
        raise ConfigurationError([f"database.url: there is no folder {file.parent}"])
    if not is_new(file) and not _begins_as_database(file):
        raise ConfigurationError([f"database.url: {file} is not a database of SQLite"])


def _begins_as_database(file: Path) -> bool:
    with file.open("rb") as data:
        return data.read(len(_SQLITE_HEAD)) == _SQLITE_HEAD


with_setup = click.make_pass_decorator(Setup)
