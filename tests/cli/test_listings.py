"""The listings have the fields of the interface, as JSON and for people."""

import csv
import os
import subprocess
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from mailreader.cli import main
from mailreader.cli.output import plain_cell
from tests.cli.conftest import COMMAND, Lines, Run, environment, objects
from tests.cli.test_ingest import FIELDS
from tests.databases import ON_SQLITE

QUEUE = ["id", *FIELDS, "queued_at", "status", "assigned_to"]
OUTBOX = [
    "id", "message_id", "in_reply_to", "message", "to", "subject", "kind", "language", "state", "tries", "last_error",
    "held_because", "is_address_bounced", "headers", "text",
]  # fmt: skip
EXPORT = [
    "cursor", "period", "account", "serial", "service", "zone", "value", "registered_at", "received_at", "source",
    "message_id", "replaces",
]  # fmt: skip


@pytest.fixture
def where(ingested: str) -> dict[str, str]:
    """All look at the same database."""
    return {"MAILREADER_DATABASE__URL": ingested}


def test_messages_are_selected(lines: Lines) -> None:
    """By outcome, reason, day and account, alone or together."""
    everything = lines("messages", "list", "--json")
    assert [list(line) for line in everything] == [["id", *FIELDS]] * 4
    assert [line["id"] for line in everything] == [1, 2, 3, 4]
    assert len(lines("messages", "list", "--json", "--outcome", "accepted")) == 1
    assert len(lines("messages", "list", "--json", "--reason", "account_unknown")) == 1
    assert len(lines("messages", "list", "--json", "--account", "7079110")) == 1
    assert len(lines("messages", "list", "--json", "--since", "2026-11-18T14:00")) == 2
    assert lines("messages", "list", "--json", "--since", "2026-11-18T14:00", "--outcome", "accepted") == []
    assert len(lines("messages", "list", "--json", "--limit", "2")) == 2


def test_a_message_is_shown_with_its_trail(lines: Lines, run: Run) -> None:
    """What became of it, and why."""
    [line] = lines("messages", "show", "2", "--json")
    assert (line["outcome"], line["period"], line["registered_at"]) == (
        "accepted", "2026-11", "2026-11-18T13:14:00+05:00",
    )  # fmt: skip
    assert "33395" in run("messages", "show", "2").stdout
    missing = run("messages", "show", "99")
    assert (missing.returncode, missing.stderr) == (1, "There is no message 99.\n")


def test_the_queue_has_what_waits_for_a_person(lines: Lines, run: Run) -> None:
    """With its place in the queue."""
    items = lines("queue", "list", "--json")
    assert [list(item) for item in items] == [QUEUE] * len(items)
    assert items[0]["status"] == "open"
    assert lines("queue", "list", "--json", "--status", "accepted") == []
    [shown] = lines("queue", "show", str(items[0]["id"]), "--json")
    assert items[0].items() <= shown.items()
    assert "not_a_reading, request: invoice_duplicate" in run("queue", "list").stdout
    assert "in the queue since" in run("queue", "show", str(items[0]["id"])).stdout
    assert run("queue", "show", "2").returncode == 1


def test_the_outbox_gives_the_whole_reply(lines: Lines, run: Run) -> None:
    """With header and text."""
    replies = lines("outbox", "list", "--json")
    assert [list(reply) for reply in replies] == [OUTBOX] * 4
    assert replies[1]["headers"]["Auto-Submitted"] == "auto-replied"
    assert replies[1]["state"] == "waiting"
    assert "33395" in replies[1]["text"].replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    assert lines("outbox", "list", "--json", "--state", "sent") == []
    assert "confirmation" in run("outbox", "list").stdout


def test_recorded_readings_are_exported_in_every_form(lines: Lines, run: Run, tmp_path: Path) -> None:
    """The columns of CSV and of the spreadsheet are the fields of JSON."""
    as_json = lines("export", "--format", "jsonl", "--period", "2026-11")
    assert [list(line) for line in as_json] == [EXPORT] * len(as_json)
    assert {"33395", "568", "389"} <= {line["value"] for line in as_json}
    as_csv = list(csv.reader(StringIO(run("export", "--period", "2026-11").stdout)))
    assert as_csv[0] == EXPORT
    assert as_csv[1:] == [["" if value is None else str(value) for value in line.values()] for line in as_json]
    assert run("export", "--period", "2026-11", "--format", "xlsx", "--output", "new.xlsx").returncode == 0
    [names, *rows] = load_workbook(tmp_path / "new.xlsx")["2026-11"].values
    assert list(names) == EXPORT
    assert rows == [tuple({**line, "value": float(line["value"])}.values()) for line in as_json]
    assert lines("export", "--format", "jsonl", "--period", "2026-10") == []


def test_an_export_tells_where_the_next_one_begins(run: Run, tmp_path: Path) -> None:
    """In portions: each says which cursor is given to --since, and the last has nothing."""
    first = run("export", "--format", "jsonl", "--since", "0", "--limit", "2")
    assert first.stderr == "2 readings written. Next time: --since 2\n"
    rest = run("export", "--since", "2", "--format", "jsonl", "--output", "new.jsonl")
    last = objects((tmp_path / "new.jsonl").read_text(encoding="utf-8"))[-1]["cursor"]
    assert rest.stderr.endswith(f" readings written to new.jsonl. Next time: --since {last}\n")
    nothing = run("export", "--since", str(last), "--format", "jsonl")
    assert (nothing.stdout, nothing.stderr) == ("", f"0 readings written. Next time: --since {last}\n")


@ON_SQLITE
def test_an_export_that_cannot_be_written_leaves_nothing(run: Run, tmp_path: Path) -> None:
    """The folder is missing: a sentence, and no file."""
    assert run("export", "--output", "nowhere/new.csv").stderr == "There is no folder nowhere.\n"
    assert not list(tmp_path.glob("**/*.part"))


@ON_SQLITE
def test_a_spreadsheet_goes_into_a_pipe_and_not_to_a_terminal(tmp_path: Path, where: dict[str, str]) -> None:
    """Bytes would only garble a terminal."""
    command = [*COMMAND, "export", "--format", "xlsx"]
    piped = subprocess.run(command, cwd=tmp_path, env=environment(**where), capture_output=True, check=True)
    assert load_workbook(BytesIO(piped.stdout)).sheetnames == ["readings"]
    ours, terminal = os.openpty()
    shown = subprocess.run(
        command, cwd=tmp_path, env=environment(**where), stdout=terminal, stderr=subprocess.PIPE, check=False
    )
    os.close(terminal)
    os.close(ours)
    assert shown.returncode == 1
    assert shown.stderr == b"A spreadsheet cannot be shown on a terminal: give --output FILE.xlsx.\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("-2", "'-2"), ("+7", "'+7"), ("\t=1", "'\t=1"), ("0012", "0012"), (None, None)],
)
def test_no_cell_is_a_formula(value: object, written: object) -> None:
    """A spreadsheet shows what was stated and runs none of it."""
    assert plain_cell(value) == written


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
@pytest.mark.parametrize("group", ["messages", "queue", "outbox"])
def test_number_that_no_database_gives_out_is_a_wrong_usage(group: str, number: int) -> None:
    """Beyond what its column holds, there is nothing to look for."""
    ended = CliRunner().invoke(main, [group, "show", str(number)])
    assert (ended.exit_code, f"{number} is not in the range" in ended.output) == (2, True)
