"""Spreadsheets: text stays text, numbers stay exact."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from mailreader.cli.spreadsheet import Value, write_spreadsheet


def workbook(*rows: Sequence[Value], most_rows: int = 100) -> bytes:
    """Return a workbook of rows under the names a and b."""
    file = BytesIO()
    write_spreadsheet(file, "2026-11", ["a", "b"], rows, most_rows)
    return file.getvalue()


def cells(*rows: Sequence[Value]) -> list[Any]:
    """Return the cells below the names as they are read back."""
    sheet = load_workbook(BytesIO(workbook(*rows)))["2026-11"]
    return [cell for row in sheet.iter_rows(min_row=2) for cell in row]


@pytest.mark.parametrize("text", ["=1+1", "+77", "-1", "@x", "\t=1", "0012", "'x", " x ", "1e5", "#N/A", "true"])
def test_text_stays_text(text: str) -> None:
    """Nothing is run, no zero is lost; also when the cell is edited."""
    cell = cells([text])[0]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@pytest.mark.parametrize("number", ["9.95", "0.1", "123456789012.345", "33395", "0", "0.001"])
def test_number_is_exact(number: str) -> None:
    """The digits are those that were stated, in the file itself."""
    assert f"<v>{number}</v>" in ZipFile(BytesIO(workbook([Decimal(number)]))).read("xl/worksheets/sheet1.xml").decode()
    assert cells([Decimal(number)])[0].value == float(number)


def test_number_with_more_digits_than_a_spreadsheet_keeps_is_text() -> None:
    """It is shown whole instead of rounded."""
    cell = cells([Decimal("1234567890.123456")])[0]
    assert (cell.value, cell.data_type) == ("1234567890.123456", "s")


def test_what_xml_cannot_hold_is_replaced() -> None:
    """The file opens, whatever a customer wrote."""
    cell = cells(["a\x00b\x0bc\ufffed\U0001f600"])[0]
    assert cell.value == "a\ufffdb\ufffdc\ufffdd\U0001f600"


def test_names_are_bold_and_stay_in_sight() -> None:
    """The first row is frozen."""
    sheet = load_workbook(BytesIO(workbook()))["2026-11"]
    assert sheet.freeze_panes == "A2"
    assert [(cell.value, cell.font.bold) for cell in sheet[1]] == [("a", True), ("b", True)]


def test_full_sheet_goes_on_in_a_further_one() -> None:
    """Each with the names on top."""
    book = load_workbook(BytesIO(workbook(*((number, None) for number in range(5)), most_rows=3)))
    assert book.sheetnames == ["2026-11", "2026-11 (2)", "2026-11 (3)"]
    assert [[row[0] for row in sheet.values] for sheet in book.worksheets] == [["a", 0, 1], ["a", 2, 3], ["a", 4]]
