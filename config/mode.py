"""Whether mail is handled for real or on trial, and where a trial keeps its own tables."""

from enum import StrEnum, unique
from pathlib import PurePosixPath
from typing import Final

_SHADOW: Final = "shadow"


@unique
class Mode(StrEnum):
    """Live mail is recorded, answered and filed; in shadow mode mail is read only, to compare with the clerks."""

    LIVE = "live"
    SHADOW = "shadow"


def shadow_of(url: str) -> str:
    """Return the URL of a trial's tables beside those at `url`.

    For SQLite a file next to the first (mailreader.db, mailreader-shadow.db), else a schema of the same database: the
    last `schema` that the query of a URL names is the one that the store works in.
    """
    if not url.startswith("sqlite:"):
        return f"{url}{'&' if '?' in url else '?'}schema={_SHADOW}"
    address, mark, query = url.partition("?")
    folder, slash, name = address.rpartition("/")
    file = PurePosixPath(name)
    in_memory = name in {"", ":memory:"}
    return url if in_memory else f"{folder}{slash}{file.stem}-{_SHADOW}{file.suffix}{mark}{query}"
