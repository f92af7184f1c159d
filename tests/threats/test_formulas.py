"""Spreadsheet formulas: what a customer or the register writes into an export is text, in every column and form."""

import csv
import json
from dataclasses import fields
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from mailreader.cli.export import _write_csv, _write_jsonl, _write_xlsx
from mailreader.cli.output import plain_cell
from models.lines import ExportLine

FORMULAS: Final = (
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", '=HYPERLINK("x")',
    "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff201", "' =1", " =1+1", "\u00a0=1+1", "\ufeff=1+1", "\u200b=1+1", "\x00=1+1",
    ";=1+1", ",=1+1", '"=1+1',
)  # fmt: skip
COLUMNS: Final = tuple(field.name for field in fields(ExportLine))
TEXTS: Final = tuple(name for name in COLUMNS if name not in {"value", "cursor", "replaces"})
RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, or skips before one."""


def row(text: str) -> dict[str, Any]:
    """A row of an export with the same text in every column of text."""
    return dict.fromkeys(TEXTS, text) | {"value": "12345.6", "cursor": 7, "replaces": None}


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_begins_no_cell_like_a_formula(text: str, tmp_path: Path) -> None:
    """Also behind what programs skip, and in the full-width signs that some take for the usual ones."""
    _write_csv([row(text)], tmp_path / "a.csv", "2026-11")
    written = (tmp_path / "a.csv").read_bytes().decode()
    [cells] = csv.DictReader(StringIO(written, newline=""))
    for name in TEXTS:
        visible = cells[name].lstrip(" \u00a0\ufeff\u200b\0")
        assert not visible.startswith(RISKY)
        assert text.replace("\r", "\n") in cells[name]


@pytest.mark.parametrize("text", FORMULAS)
def test_workbook_holds_text_in_every_column_of_text(text: str, tmp_path: Path) -> None:
    """No cell of the file itself has a formula, and none becomes one when it is edited."""
    _write_xlsx([row(text)], tmp_path / "a.xlsx", "2026-11")
    data = (tmp_path / "a.xlsx").read_bytes()
    assert b"<f>" not in ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml")
    [_, cells] = load_workbook(BytesIO(data))["2026-11"].iter_rows()
    by_name = dict(zip(COLUMNS, cells, strict=True))
    assert {(by_name[name].data_type, by_name[name].quotePrefix) for name in TEXTS} == {("s", True)}


def test_json_keeps_what_was_written(tmp_path: Path) -> None:
    """It is for programs, which run nothing: one object a line, whatever is in it."""
    _write_jsonl([row(text) for text in FORMULAS], tmp_path / "a.jsonl", "2026-11")
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    assert [json.loads(line)["account"] for line in lines] == list(FORMULAS)


@pytest.mark.parametrize("value", ["0863576", "12345", "A-7", "x=1", "", 7, None])
def test_ordinary_cell_stays_as_it_is(value: object) -> None:
    """Nothing is put before what is no formula."""
    assert plain_cell(value) == value
