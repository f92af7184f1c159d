"""How the domain's values are kept in columns: clean text, exact thousandths, enums by value."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Enum, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_PER_UNIT = 1000
_LONGEST_INDEXED = 500


def clean_text(text: str) -> str:
    """Return `text` without NUL characters and lone surrogates, which PostgreSQL refuses."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def indexed_text(text: str) -> str:
    """Return `text` as `IndexedText` keeps it."""
    return clean_text(text)[:_LONGEST_INDEXED]


def clean_json(value: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
    """Return a value of JSON with every text in it cleaned."""
    match value:
        case str():
            return clean_text(value)
        case Mapping():
            return {clean_text(name): clean_json(item) for name, item in value.items()}
        case list() | tuple():
            return [clean_json(item) for item in value]
        case _:
            return value


def to_thousandths(value: Decimal) -> int:
    """Return a quantity as whole thousandths; further decimals are cut off, as a dial does."""
    return int((value * _PER_UNIT).to_integral_value(ROUND_DOWN))


def from_thousandths(number: int) -> Decimal:
    """Return the quantity of `number` thousandths, without trailing zeros after the decimal sign."""
    whole, rest = divmod(number, _PER_UNIT)
    return Decimal(whole) if rest == 0 else Decimal(f"{whole}.{rest:03}".rstrip("0"))


class CleanText(TypeDecorator[str]):
    """Text of any length, cleaned on its way into the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Clean the text."""
        return None if value is None else clean_text(value)


class ShortText(CleanText):
    """Cleaned text that is the code of something, of 32 characters at most."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Keep it as VARCHAR(32)."""
        return dialect.type_descriptor(String(32))


class IndexedText(CleanText):
    """Cleaned text that is looked up by an index: cut to what an entry of PostgreSQL's holds (2704 octets).

    No account and no address that can be written to is as long; what claims to be one must not stop the database.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Clean and cut the text."""
        return None if value is None else indexed_text(value)


class Thousandths(TypeDecorator[Decimal]):
    """A quantity as an integer number of thousandths (SQLite would keep a decimal as a binary fraction)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> int | None:
        """Count the thousandths."""
        return None if value is None else to_thousandths(value)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Decimal | None:
        """Return the quantity."""
        return None if value is None else from_thousandths(value)


class TextTable(TypeDecorator[dict[str, str]]):
    """A small mapping of names to texts, kept as JSON with clean texts."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, str] | None, _dialect: Dialect) -> dict[str, str] | None:
        """Clean every text."""
        return None if value is None else {clean_text(name): clean_text(text) for name, text in value.items()}


def by_value(kind: type[StrEnum]) -> Enum:
    """Return the column type that keeps an enum by its value, as plain text in every database."""
    return Enum(kind, native_enum=False, length=32, values_callable=_values)


def _values(kind: type[Any]) -> list[str]:
    return [member.value for member in kind]
