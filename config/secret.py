"""Secrets that stand in files of their own: who may read such a file, and what is in it."""

from pathlib import Path
from typing import Final

_OTHERS: Final = 0o077
_CREDENTIALS: Final = Path("/run/credentials")
"""What systemd hands to a service: an access list keeps others out there, and shows as a mode of 0440."""


def read_secret(path: Path) -> str:
    """Return what is in the file, without the line end; ValueError says in a sentence why it cannot be used."""
    try:
        exposed = is_exposed(path)
        secret = path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text") from None
    if exposed:
        raise ValueError(f"{path} can be read by others than its owner: chmod 600 {path}")
    if not secret:
        raise ValueError(f"{path} is empty")
    return secret


def is_exposed(path: Path) -> bool:
    """Whether the file's mode lets its group or everybody at it."""
    return not path.is_relative_to(_CREDENTIALS) and bool(path.stat().st_mode & _OTHERS)
