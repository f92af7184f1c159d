"""A table in a CSV file, as people export one: encoding and separator found, columns by name, every bad line named."""

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import _csv

_UTF_8: Final = "utf-8-sig"
_UNREADABLE: Final = "\ufffd"
_ROWS_TOLD_AT_ONCE: Final = 1000

Cells = Mapping[str, str]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line; `line` counts from 1, the line of the column names included."""

    line: int
    text: str

    def __str__(self) -> str:
        """Return the sentence that a person reads."""
        return f"Line {self.line}: {self.text}"


class TableError(Exception):
    """The file cannot be loaded; `faults` names every bad line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Take the faults in the order of the file."""
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table as it is written: UTF-8 with or without BOM, or windows-1251; comma or semicolon."""

    path: Path
    encoding: str
    delimiter: str

    @classmethod
    def of(cls, path: Path) -> "CsvTable":
        """Look how a file is written; OSError where it cannot be read."""
        encoding = _encoding(path)
        with path.open(encoding=encoding, errors="replace", newline="") as lines:
            return cls(path, encoding, ";" if ";" in lines.readline() else ",")

    def names(self) -> list[str]:
        """Return the names of the columns, in lower case."""
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as lines:
            return _names(csv.reader(lines, delimiter=self.delimiter))

    def cells(
        self,
        needed: Sequence[str],
        faults: list[Fault],
        *,
        optional: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Iterator[tuple[int, Cells]]:
        """Yield the cells of these columns (two at least) of each line, with its number.

        An optional column that is missing is empty. Lines that are none of the table are appended to `faults`.
        `progress` is told how many bytes have been read.
        """
        with (
            self.path.open("rb") as data,
            TextIOWrapper(data, encoding=self.encoding, errors="replace", newline="") as lines,
        ):
            reader = csv.reader(lines, delimiter=self.delimiter)
            names = _names(reader)
            missing = [name for name in needed if name not in names]
            if missing:
                what = "column {} is" if len(missing) == 1 else "columns {} are"
                faults.append(Fault(1, f"the {what.format(', '.join(missing))} missing."))
                return
            absent = dict.fromkeys(optional, "")
            present = [name for name in (*needed, *optional) if name in names]
            in_order = itemgetter(*map(names.index, present))
            for nth, (line, cells) in enumerate(_lines(reader, faults)):
                if progress is not None and nth % _ROWS_TOLD_AT_ONCE == 0:
                    progress(data.tell())
                fault = self._fault(cells, len(names))
                if fault is None:
                    yield line, absent | dict(zip(present, map(str.strip, in_order(cells)), strict=True))
                else:
                    faults.append(Fault(line, fault))

    def _fault(self, cells: list[str], width: int) -> str | None:
        if len(cells) != width:
            return f"there are {len(cells)} fields where the first line names {width}."
        if self.encoding != _UTF_8 and any(_UNREADABLE in cell for cell in cells):
            return "there is a character that is neither UTF-8 nor windows-1251."
        return None


def _names(reader: "_csv.Reader") -> list[str]:
    """Return the names of the columns; none where the first line is none of a table."""
    try:
        return [name.strip().lower() for name in next(reader, [])]
    except csv.Error:
        return []


def _lines(reader: "_csv.Reader", faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of every line that is not empty, with the number of the line on which they start."""
    line = reader.line_num + 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(line, f"the file cannot be read as CSV from here on: {error}."))


def _encoding(path: Path) -> str:
    """Return utf-8-sig where the whole file is UTF-8, else windows-1251."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as data:
            while part := data.read(1 << 16):
                decoder.decode(part)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "windows-1251"
    return _UTF_8
