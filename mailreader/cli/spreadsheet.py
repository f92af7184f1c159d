"""Rows as a spreadsheet (xlsx): text is text and never run, numbers are exact, no more than a row is in memory."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, BinaryIO, Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

_MOST_ROWS: Final = 1_048_576
"""Rows of a sheet, as the programs that open it have them."""
_EXACT_DIGITS: Final = 15
"""Digits that these programs keep of a number."""
_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDTH: Final = 18

Value = str | int | Decimal | None
Sheet = Any
"""A sheet that is written row by row, of which the library tells the type checker half."""


def write_spreadsheet(
    file: BinaryIO, title: str, names: Sequence[str], rows: Iterable[Sequence[Value]], most_rows: int = _MOST_ROWS
) -> None:
    """Write a workbook to `file`; its rows go on in a further sheet where one is full (`most_rows`).

    A `Decimal` is written as it is, digit by digit; one with more digits than a spreadsheet keeps becomes text.
    """
    book = Workbook(write_only=True)
    sheet, room = _add_sheet(book, title, names), most_rows - 1
    for row in rows:
        if not room:
            further = f"{title} ({len(book.worksheets) + 1})"
            sheet, room = _add_sheet(book, further, names), most_rows - 1
        sheet.append([_cell(sheet, value) for value in row])
        room -= 1
    book.save(file)


def _add_sheet(book: Workbook, title: str, names: Sequence[str]) -> Sheet:
    """A sheet whose row of names is bold and stays in sight."""
    sheet: Sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place in range(1, len(names) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTH
    head = [_text(sheet, name) for name in names]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    return sheet


def _cell(sheet: Sheet, value: Value) -> Cell | int | None:
    if isinstance(value, Decimal):
        return _number(sheet, value) if len(value.as_tuple().digits) <= _EXACT_DIGITS else _text(sheet, f"{value:f}")
    return _text(sheet, value) if isinstance(value, str) else value


def _number(sheet: Sheet, value: Decimal) -> Cell:
    """A number with the digits that it has: the library would write the nearest binary fraction."""
    cell = WriteOnlyCell(sheet, f"{value:f}")
    cell.data_type = "n"
    return cell


def _text(sheet: Sheet, text: str) -> Cell:
    """Text that stays text, also when it is edited: what begins with `=` would else be a formula."""
    cell = WriteOnlyCell(sheet, _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text))
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
