"""Mail in files goes the whole way: in order, once, from every kind of file, also after the program was killed."""

import mailbox
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

from mailreader.store import Arrival, Store
from tests.cli.conftest import COMMAND, CORPUS, Lines, Mail, Run, environment, objects
from tests.databases import ON_SQLITE

FIELDS = [
    "source", "message_id", "received", "sender", "outcome", "language", "request", "reasons", "readings", "reply",
]  # fmt: skip
READING = ["account", "serial", "service", "zone", "value", "status", "reason", "evidence"]
UNDATED = "From: <ivan@mail.example>\nTo: <us@energo.example>\nSubject: свет\n\nл/с 0123456 свет 12345\n"


def test_a_line_of_ingest_has_the_fields_of_the_interface_in_their_order(lines: Lines, mail: Mail) -> None:
    """The names are stable, a reply is told in short, instants carry the offset of the window's zone."""
    lines("register", "import", CORPUS / "register.csv", "--json")
    [line] = lines("ingest", "--json", *mail(9))
    assert list(line) == FIELDS
    assert [list(reading) for reading in line["readings"]] == [READING] * 3
    assert line["received"] == "2026-11-18T13:14:00+05:00"
    assert line["source"] == str(mail(9)[0])
    assert line["outcome"] == "accepted"
    assert list(line["reply"]) == ["kind", "to", "subject"]
    assert line["reply"]["kind"] == "confirmation"


def test_ingesting_twice_gives_the_first_verdicts_as_duplicates(lines: Lines, mail: Mail) -> None:
    """Nothing is handled, recorded or answered again."""
    first = lines("ingest", "--json", *mail(1, 2, 9))
    again = lines("ingest", "--json", *mail(1, 2, 9))
    assert again == [line | {"duplicate": True} for line in first]
    assert len(lines("outbox", "list", "--json")) == 3


@ON_SQLITE
def test_mail_is_handled_in_the_order_received(lines: Lines, mail: Mail) -> None:
    """Whatever the order of the paths."""
    received = [line["received"] for line in lines("ingest", "--json", *reversed(mail(5, 30, 60, 90)))]
    assert received == sorted(received)
    assert len(received) == 4


def test_a_copy_in_another_file_is_a_duplicate_of_the_first(lines: Lines, mail: Mail, tmp_path: Path) -> None:
    """Within one run too; each is told with its own place."""
    copy = tmp_path / "copy.eml"
    copy.write_bytes(mail(9)[0].read_bytes())
    first, second = lines("ingest", "--json", *mail(9), copy)
    assert "duplicate" not in first
    assert second == first | {"source": str(copy), "duplicate": True}


@ON_SQLITE
def test_every_kind_of_file_gives_the_same_verdicts(lines: Lines, mail: Mail, tmp_path: Path) -> None:
    """Folders below folders, mbox, Maildir, standard input."""
    chosen = mail(9, 10, 30)
    box, folder = mailbox.mbox(tmp_path / "archive"), mailbox.Maildir(tmp_path / "Maildir")
    (tmp_path / "tree" / "deep").mkdir(parents=True)
    for file in chosen:
        box.add(file.read_bytes())
        folder.add(file.read_bytes())
        (tmp_path / "tree" / "deep" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "tree" / "notes.txt").write_text("no mail")
    box.close()
    expected = _facts(lines("explain", "--json", *chosen))
    assert _facts(lines("explain", "--json", tmp_path / "archive")) == expected
    assert _facts(lines("explain", "--json", tmp_path / "Maildir")) == expected
    assert _facts(lines("explain", "--json", tmp_path / "tree")) == expected
    assert _facts(lines("explain", "--json", "-", stdin=(tmp_path / "archive").read_bytes())) == expected
    assert [line["message_id"] for line in lines("ingest", "--json", tmp_path / "archive")] == list(expected)


def _facts(lines: list[dict[str, object]]) -> dict[object, object]:
    return {line["message_id"]: (line["received"], line["sender"], line["explanation"]) for line in lines}


@ON_SQLITE
def test_lines_of_the_text_that_look_like_a_separator_do_not_cut_an_mbox(lines: Lines, tmp_path: Path) -> None:
    """A message begins after an empty line, with a `From ` line that has a time; quoted ones get their quote off."""
    box = tmp_path / "archive.mbox"
    text = UNDATED.replace("Subject: свет", "Message-ID: <one@mail.example>") + "\nFrom Monday on\n>From here\n"
    head = "From ivan@mail.example Sat Nov 21 10:05:34 2026\n"
    box.write_text(f"{head}{text}\n{head}{text.replace('<one@', '<two@')}\n", encoding="utf-8")
    one, two = lines("explain", "--json", box)
    assert (one["message_id"], two["message_id"]) == ("<one@mail.example>", "<two@mail.example>")
    assert one["explanation"]["text"].endswith("From Monday on\nFrom here\n")
    assert one["received"] == "2026-11-21T15:05:34+05:00"


@ON_SQLITE
def test_mail_without_any_date_was_received_at_the_time_of_its_file(lines: Lines, tmp_path: Path) -> None:
    """It is judged by that instant."""
    file = tmp_path / "undated.eml"
    file.write_text(UNDATED, encoding="utf-8")
    at = datetime(2026, 11, 20, 9, 5, tzinfo=UTC).timestamp()
    os.utime(file, (at, at))
    [line] = lines("ingest", "--json", file)
    assert line["received"] == "2026-11-20T14:05:00+05:00"
    assert line["reasons"] == ["account_unknown"]


def test_what_is_no_mail_is_for_a_person(lines: Lines, tmp_path: Path) -> None:
    """Whatever the bytes, they are stored and have one outcome."""
    (tmp_path / "empty.eml").write_bytes(b"")
    (tmp_path / "bytes.eml").write_bytes(bytes(range(128, 256)) * 40)
    assert {line["outcome"] for line in lines("ingest", "--json", tmp_path)} == {"review"}


@ON_SQLITE
def test_mail_that_cannot_be_read_in_time_is_for_a_person(run: Run, mail: Mail) -> None:
    """After three tries, of which nothing comes between the lines."""
    ended = run("ingest", "--json", *mail(9), variables={"MAILREADER_LIMITS__READ_SECONDS": "0.0001"})
    [line] = objects(ended.stdout)
    assert (ended.returncode, line["outcome"], line["reasons"]) == (0, "review", ["unreadable"])


def test_no_answers_composes_none(lines: Lines, mail: Mail) -> None:
    """The outbox stays empty, and stays so when the same is ingested again."""
    assert [line["reply"] for line in lines("ingest", "--json", "--no-answers", *mail(1, 2))] == [None, None]
    lines("ingest", "--json", *mail(1, 2))
    assert lines("outbox", "list", "--json") == []


def test_a_run_that_was_killed_is_taken_up_again(
    lines: Lines, mail: Mail, tmp_path: Path, where: dict[str, str]
) -> None:
    """Every message has one outcome and one answer at the most, the same as without the kill."""
    few = {"MAILREADER_LIMITS__BATCH_MESSAGES": "5"}
    chosen = [str(file) for file in mail(*range(1, 131, 3))]
    command = [*COMMAND, "ingest", "--json", *chosen]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(**where, **few), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.kill()
    lines("ingest", "--json", *chosen, variables=few)
    stored = lines("messages", "list", "--json")
    assert len(stored) == len(chosen)
    assert all(line["outcome"] for line in stored)
    answered = [line["in_reply_to"] for line in lines("outbox", "list", "--json")]
    assert len(answered) == len(set(answered)) > 0


def test_mail_that_a_dead_run_had_claimed_is_handled_at_once(run: Run, mail: Mail, database: str) -> None:
    """And is no duplicate: its first verdict is given now."""
    store = Store.open(database)
    raw = mail(9)[0].read_bytes()
    store.save_arrivals(
        [
            Arrival(
                mailbox="file", folder=str(mail(9)[0]), uidvalidity=crc32(raw), uid=1, received=datetime.now(UTC),
                size=len(raw), raw=raw, message_id="<m>", body_digest="d",
            )
        ]
    )  # fmt: skip
    assert len(store.pending(10, datetime.now(UTC))) == 1
    store.close()
    ended = run("ingest", "--json", *mail(9), variables={"MAILREADER_DATABASE__URL": database})
    [line] = objects(ended.stdout)
    assert line["outcome"] == "rejected"
    assert "duplicate" not in line


def test_a_reader_that_goes_away_ends_the_program_quietly(
    run: Run, mail: Mail, tmp_path: Path, where: dict[str, str]
) -> None:
    """`| head` leaves nothing on standard error."""
    run("ingest", *mail(*range(1, 81)))
    command = [*COMMAND, "outbox", "list", "--json"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(**where), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        assert objects(listing.stdout.readline().decode())
        listing.stdout.close()
        assert listing.stderr.read() == b""


@ON_SQLITE
def test_people_are_told_of_each_message_and_of_all(run: Run, mail: Mail) -> None:
    """A line a message, and a sum; a new database is told of on standard error."""
    ended = run("ingest", *mail(1, 9))
    assert ended.stderr == "mailreader.db is new; its tables were made.\n"
    first, second, total = ended.stdout.splitlines()
    assert first == f"2026-11-03 14:25  review    {mail(1)[0]}  not_a_reading"
    assert str(mail(9)[0]) in second
    assert total == "2 messages: rejected 1, review 1; seen before: 0."
