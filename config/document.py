"""Writes the commented default file and the manual's page on configuration from the settings themselves.

`python -m config.document` writes both; with `--check` it writes nothing and fails where one of them is stale.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from inspect import getdoc
from textwrap import wrap
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.generated import ROOT, keep
from config.sections import Mailbox, Smtp
from config.settings import PREFIX, Settings

_UNDERSCORED: Final = 10_000
"""Numbers from here on are written with underscores."""

_WIDTH: Final = 110
TOP_KEYS: Final = {name: field for name, field in Settings.model_fields.items() if isinstance(field.default, str)}
"""The keys that stand before all tables."""

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
        if name in TOP_KEYS:
            continue
        match name:
            case "mailboxes":
                yield from _with_inner(Table("mailboxes.main", Mailbox, optional=True))
            case "smtp":
                yield Table("smtp", Smtp, optional=True)
            case _:
                yield from _with_inner(Table(name, type(field.default), optional=False))


def default_file(given: Mapping[str, Any] = MappingProxyType({})) -> str:
    """Return the commented file of all keys with their defaults, but for those `given` (`smtp.host`) a value.

    A table that the program runs without is a comment, unless a key of it is given.
    """
    top = "".join(f"{line}\n" for key, field in TOP_KEYS.items() for line in _top_lines(key, field, given))
    return "\n".join([_FILE_HEAD, top, *("\n".join(_file_lines(table, given)) for table in tables())])


def page() -> str:
    """Return the manual's page: a table of keys for each table of the file."""
    top = "\n".join(_key_lines(top_keys()))
    return "\n".join([_PAGE_HEAD, ABOUT, "## Before all tables", "", top, "", *map(_page_of, tables())])


def top_keys() -> Iterator[Key]:
    """Yield the keys that stand before all tables."""
    return (
        Key(name, _toml(field.default), needed=False, meaning=field.description or "")
        for name, field in TOP_KEYS.items()
    )


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


def _top_lines(key: str, field: FieldInfo, given: Mapping[str, Any]) -> Iterator[str]:
    yield from _comment(field.description)
    yield f"{key} = {_toml(given.get(key, field.default))}"


def _file_lines(table: Table, given: Mapping[str, Any]) -> Iterator[str]:
    stands = any(name.rpartition(".")[0] == table.name for name in given)
    yield from _comment(table.meaning)
    yield f"{'#' if table.optional and not stands else ''}[{table.name}]"
    for key, field in _fields(table):
        yield from _comment(field.description)
        name = f"{table.name}.{key}"
        unset = name not in given and (table.optional or not _has_default(field))
        value = given[name] if name in given else _shown(table, key, field)
        yield f"{'#' if unset else ''}{key} = {_toml(value)}"
    yield ""


def _comment(text: str | None) -> Iterator[str]:
    return (f"# {line}" for line in wrap(text or "", _WIDTH))


def _page_of(table: Table) -> str:
    return "\n".join([f"## [{table.name}]", "", table.meaning, "", *_key_lines(keys(table)), ""])


def _key_lines(told: Iterable[Key]) -> Iterator[str]:
    yield from ("| key | default | meaning |", "| --- | --- | --- |")
    for key in told:
        default = f"`{key.default}`" if key.default is not None else _no_default(key)
        yield f"| `{key.name}` | {default} | {key.meaning} |"


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
