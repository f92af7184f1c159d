"""What a command works with, each opened when it is first asked for: settings, the wiring, the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from mailreader.cli.program import Failed

if TYPE_CHECKING:
    from config.settings import Settings
    from mailreader.app import App
    from mailreader.store import Store

_SQLITE: Final = "sqlite:///"
_SQLITE_HEAD: Final = b"SQLite format 3\0"


@dataclass
class Setup:
    """The program under the configuration file that was named, or else found."""

    config: Path | None
    _has_log: bool = field(default=False, init=False)

    @cached_property
    def settings(self) -> "Settings":
        """The settings; ConfigurationError names every fault."""
        from config.settings import load_settings

        return load_settings(self.config)

    @property
    def zone(self) -> ZoneInfo:
        """The local time in which instants are shown."""
        return self.settings.window.timezone

    @cached_property
    def app(self) -> "App":
        """The wiring; its log is only of errors, and on standard error, where a command does not ask for more."""
        from mailreader.app import App

        self._quieten()
        return App(self.settings)

    def require_live(self) -> None:
        """Refuse, in shadow mode, what must not be done with the readings of a trial."""
        if self.settings.is_shadow:
            raise Failed('This is not done in shadow mode, whose readings are a trial: set `mode = "live"` first.')

    def say_mode(self) -> None:
        """Say on standard error, in shadow mode, that it is not the live tables that are worked with."""
        if self.settings.is_shadow:
            click.echo("shadow mode: this is about the trial; the live tables are not looked at.", err=True)

    @contextmanager
    def store(self, *, may_create: bool = False, says_mode: bool = True) -> Iterator["Store"]:
        """The database; `may_create` makes one where the file of SQLite does not exist yet, and says so.

        In shadow mode it is the trial's, which is said too, unless the log does that (`says_mode`).
        """
        from mailreader.opening import open_store
        from mailreader.store import SchemaMissing, upgrade

        self._quieten()
        if says_mode:
            self.say_mode()

        address = self.settings.address()
        file = database_file(address)
        if file is not None:
            check_file(file)
        if file is not None and is_new(file):
            if not may_create:
                raise SchemaMissing(f"There is no database at {file} yet: run `mailreader db upgrade`.")
            upgrade(address)
            click.echo(f"{file} is new; its tables were made.", err=True)
        store = open_store(self.settings)
        try:
            yield store
        finally:
            store.close()

    def _quieten(self) -> None:
        """Set up the log, once: a command that asks for more has set it up anew."""
        from mailreader.logs import configure_logs

        if not self._has_log:
            configure_logs("error", "auto")
            self._has_log = True


def database_file(address: str) -> Path | None:
    """Return the file of an SQLite database; None for any other database."""
    path = address.removeprefix(_SQLITE).partition("?")[0]
    return Path(path) if address.startswith(_SQLITE) and path and path != ":memory:" else None


def is_new(file: Path) -> bool:
    """Whether there is no database in the file yet."""
    return not file.exists() or file.stat().st_size == 0


def check_file(file: Path) -> None:
    """Raise ConfigurationError where the file cannot be a database: it has no folder, or is something else."""
    from config.settings import ConfigurationError

    if not file.parent.is_dir():
        raise ConfigurationError([f"database.url: there is no folder {file.parent}"])
    if not is_new(file) and not _begins_as_database(file):
        raise ConfigurationError([f"database.url: {file} is not a database of SQLite"])


def _begins_as_database(file: Path) -> bool:
    with file.open("rb") as data:
        return data.read(len(_SQLITE_HEAD)) == _SQLITE_HEAD


with_setup = click.make_pass_decorator(Setup)
