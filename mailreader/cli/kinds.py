"""The kinds of values that options take."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from email.utils import parseaddr
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

_PERIOD: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


class _Number(click.IntRange):
    """A number of a row."""

    name = "number"


NUMBER: Final = _Number(1, 2**31 - 1)
"""No database has more rows."""
the_number = click.argument("number", metavar="ID", type=NUMBER, help="The number that the list shows.")


class Word(click.Choice[Any]):
    """One of the words of an enumeration, given to the command as its member."""

    def __init__(self, words: type[StrEnum], some: Iterable[StrEnum] | None = None) -> None:
        """Take the enumeration, or only some of its members."""
        super().__init__([word.value for word in (words if some is None else some)])
        self._words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> StrEnum:  # noqa: ANN401
        """Return the member."""
        return self._words(super().convert(value, param, ctx))


class Period(click.ParamType[str]):
    """A billing period."""

    name = "YYYY-MM"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check the form."""
        if not _PERIOD.fullmatch(value):
            self.fail(f"{value!r} is not a month like 2026-11.", param, ctx)
        return value


class Email(click.ParamType[str]):
    """One e-mail address."""

    name = "ADDRESS"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check the form; a name beside the address is left out."""
        from pydantic import TypeAdapter, ValidationError

        from config.kinds import Address

        try:
            return parseaddr(TypeAdapter(Address).validate_python(value))[1]
        except ValidationError:
            self.fail(f"{value!r} is not an e-mail address.", param, ctx)


class Day(click.ParamType[date]):
    """A day."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401
        """Read it."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day like 2026-11-18.", param, ctx)


class Since(click.ParamType[datetime]):
    """A day, or an instant (ISO 8601); naive until the configuration tells its zone."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        """Read it."""
        try:
            return value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day like 2026-11-18, or an instant like 2026-11-18T09:00.", param, ctx)


def in_zone(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """The instant; in local time where it does not say its offset."""
    return moment if moment is None or moment.tzinfo is not None else moment.replace(tzinfo=zone)
