"""Writes the commented default file and the manual's page on configuration from the settings themselves.

`python -m config.document` writes both; with `--check` it writes nothing and fails where one of them is stale.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from inspect import getdoc
from textwrap import wrap
from typing import Any, Final

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.generated import ROOT, keep
from config.sections import Mailbox, Smtp
from config.settings import PREFIX, Settings

_UNDERSCORED: Final = 10_000
"""Numbers from here on are written with underscores."""

_WIDTH: Final = 110

_FILE_HEAD: Final = """\
# Settings of mailreader, with their defaults. A line that starts with "#" and no space is not set: take the "#" away.
# Any key can also be given in the environment (MAILREADER_WINDOW__FIRST_DAY=18), any secret as a systemd credential
# named like its key (mailboxes.main.password) or in a file of its own (password_file). `mailreader check` tries it.
"""

_PAGE_HEAD: Final = """\
# Configuration

This page is made from the program's settings by `make docs`.
"""

ABOUT: Final = f"""\
The file is TOML: the one named by `--config` or `MAILREADER_CONFIG`, else `mailreader.toml` in the working folder,
else `/etc/mailreader/mailreader.toml`. `config/mailreader.toml` is a commented file of all keys with their defaults.

- **Environment**: any key, with `{PREFIX}` before it and `__` for each point: `{PREFIX}MAILBOXES__MAIN__HOST`. It goes
  before the file. A list is written with spaces between its items.
- **Secrets**: as a credential of systemd named like the key (`LoadCredential=mailboxes.main.password:/etc/…`), which
  goes before everything else; or in a file of its own (`password_file`, `url_file`); or in the configuration file
  itself. A file with a secret that others than its owner can read is refused. No secret is ever printed.
- **Faults** are told all at once, each with its key and where it stands; unknown keys are faults. The exit code is 78.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file: its name there, its model, and whether the program runs without it."""

    name: str
    model: type[BaseModel]
    optional: bool

    @property
    def meaning(self) -> str:
        """What it is about."""
        return getdoc(self.model) or ""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table as the manual shows it; `default` is TOML, None where there is none."""

    name: str
    default: str | None
    needed: bool
    meaning: str


def tables() -> Iterator[Table]:
    """Yield every table in the order of the settings, a table within a table after it."""
    for name, field in Settings.model_fields.items():
        match name:
            case "mailboxes":
                yield from _with_inner(Table("mailboxes.main", Mailbox, optional=True))
            case "smtp":
                yield Table("smtp", Smtp, optional=True)
            case _:
                yield from _with_inner(Table(name, type(field.default), optional=False))


def default_file() -> str:
    """Return the commented file of all keys with their defaults."""
    return "\n".join([_FILE_HEAD, *("\n".join(_file_lines(table)) for table in tables())])


def page() -> str:
    """Return the manual's page: a table of keys for each table of the file."""
    return "\n".join([_PAGE_HEAD, ABOUT, *("\n".join(_page_lines(table)) for table in tables())])


def keys(table: Table) -> Iterator[Key]:
    """Yield the keys of a table, without those of a table within it."""
    for name, field in _fields(table):
        default = _toml(_shown(table, name, field)) if _has_default(field) else None
        yield Key(name, default, field.is_required(), field.description or "")


def _with_inner(table: Table) -> Iterator[Table]:
    yield table
    for name, field in table.model.model_fields.items():
        if isinstance(field.default, BaseModel):
            yield Table(f"{table.name}.{name}", type(field.default), table.optional)


def _fields(table: Table) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in table.model.model_fields.items():
        if not isinstance(field.default, BaseModel):
            yield field.alias or name, field


def _file_lines(table: Table) -> Iterator[str]:
    yield from (f"# {line}" for line in wrap(table.meaning, _WIDTH))
    yield f"{'#' if table.optional else ''}[{table.name}]"
    for key, field in _fields(table):
        unset = table.optional or not _has_default(field)
        yield from (f"# {line}" for line in wrap(field.description or "", _WIDTH))
        yield f"{'#' if unset else ''}{key} = {_toml(_shown(table, key, field))}"
    yield ""


def _page_lines(table: Table) -> Iterator[str]:
    yield from (f"## [{table.name}]", "", table.meaning, "")
    yield from ("| key | default | meaning |", "| --- | --- | --- |")
    for key in keys(table):
        default = f"`{key.default}`" if key.default is not None else _no_default(key)
        yield f"| `{key.name}` | {default} | {key.meaning} |"
    yield ""


def _no_default(key: Key) -> str:
    return "needed" if key.needed else ""


def _has_default(field: FieldInfo) -> bool:
    """Whether there is a default to show: last_day's None is one, written "last"."""
    return not field.is_required() and (field.default not in (None, "", {}) or not field.examples)


def _shown(table: Table, key: str, field: FieldInfo) -> Any:  # noqa: ANN401  # a value of any kind of setting
    if not _has_default(field):
        return (field.examples or [""])[0]
    return "last" if (table.name, key) == ("window", "last_day") else field.default


def _toml(value: Any) -> str:  # noqa: ANN401
    """Write a value as TOML; for these kinds that is JSON, but for tables and long numbers."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, int) and value >= _UNDERSCORED:
        return f"{value:_}"
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case time():
            return value.isoformat("minutes")
        case frozenset():
            return sorted(value)
        case Decimal():
            return int(value)
        case _:
            return str(value)


def main(arguments: list[str]) -> int:
    """Write both files, or compare them; 1 where one is stale."""
    made = {ROOT / "config" / "mailreader.toml": default_file(), ROOT / "docs" / "configuration.md": page()}
    return keep(made, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
