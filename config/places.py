"""Where the configuration file is."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

NAMED_BY: Final = "MAILREADER_CONFIG"
"""The variable that names the file."""
SEARCHED: Final = (Path("mailreader.toml"), Path("/etc/mailreader/mailreader.toml"))
"""Where the file is looked for when nobody names it."""


def find_file(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the configuration file to use; None where none is named and none is found."""
    named = path or (Path(environ[NAMED_BY]) if environ.get(NAMED_BY) else None)
    return named or next((candidate for candidate in SEARCHED if candidate.is_file()), None)
