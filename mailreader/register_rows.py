"""The rows of a register file kept on disk, in the order that one needs: registers do not fit in memory."""

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from typing import Final

from mailreader.register_lines import Row

_COLUMNS: Final = ", ".join(Row._fields)
_MARKS: Final = ", ".join("?" for _ in Row._fields)


class KeptRows:
    """Rows in a temporary database, which is gone with this object."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Keep these rows."""
        self._aside = sqlite3.connect("", isolation_level=None)
        weakref.finalize(self, self._aside.close)
        self._aside.execute("PRAGMA journal_mode = OFF")
        self._aside.execute("PRAGMA threads = 1")  # one more, which sorts
        self._aside.execute(f"CREATE TABLE rows ({_COLUMNS})")
        self._aside.execute("BEGIN")
        self._aside.executemany(f"INSERT INTO rows VALUES ({_MARKS})", rows)  # noqa: S608 -- marks for values, no values
        self._aside.execute("COMMIT")

    def by_account(self) -> Iterator[Row]:
        """Yield rows so that those of accounts with one key stand together, in the order of the file."""
        return map(Row._make, self._aside.execute("SELECT * FROM rows ORDER BY account_key, line"))

    def by_meter(self) -> Iterator[tuple[str, int, str, str, str]]:
        """Yield serial_key, line, account, serial and service of each row with a meter, those of one together."""
        return self._aside.execute(
            "SELECT serial_key, line, account, serial, service FROM rows WHERE serial_key <> '' "
            "ORDER BY serial_key, line"
        )

    def accounts(self) -> int:
        """How many accounts there are."""
        (count,) = self._aside.execute("SELECT count(DISTINCT account) FROM rows").fetchone()
        return int(count)
