"""In shadow mode commands work on the trial's tables, say so, and keep its readings from billing."""

from pathlib import Path

import pytest

from tests.cli.conftest import CORPUS, Lines, Mail, Run
from tests.databases import ON_POSTGRESQL, ON_SQLITE

SHADOW = {"MAILREADER_MODE": "shadow"}
SAYS = "shadow mode: this is about the trial; the live tables are not looked at.\n"


def test_commands_look_at_the_trial_and_say_so(run: Run, mail: Mail) -> None:
    """One line on standard error each."""
    assert run("db", "upgrade", variables=SHADOW).stderr == SAYS
    imported = run("register", "import", CORPUS / "register.csv", variables=SHADOW)
    assert (imported.returncode, imported.stderr) == (0, SAYS)
    assert run("ingest", *mail(1), variables=SHADOW).returncode == 0
    for command in ("messages list", "queue list", "register show 0863576", "messages show 1"):
        ended = run(*command.split(), variables=SHADOW)
        assert (ended.returncode, ended.stderr) == (0, SAYS), command
    assert run("explain", *mail(1), variables=SHADOW).stderr == SAYS
    assert run("check", variables=SHADOW).stderr == SAYS


@ON_SQLITE
def test_trial_of_sqlite_is_a_file_of_its_own(run: Run, tmp_path: Path, mail: Mail) -> None:
    """The live one is not even made."""
    assert run("ingest", *mail(1), variables=SHADOW).returncode == 0
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["mailreader-shadow.db"]


@ON_POSTGRESQL
def test_trial_of_postgresql_leaves_the_live_tables_empty(run: Run, mail: Mail) -> None:
    """It is a schema of its own in the same database."""
    run("db", "upgrade", variables=SHADOW)
    assert run("ingest", *mail(1), variables=SHADOW).returncode == 0
    assert run("messages", "list", "--json").stdout == ""
    assert len(run("messages", "list", "--json", variables=SHADOW).stdout.splitlines()) == 1


def test_nothing_is_composed_for_mail_in_files(run: Run, mail: Mail) -> None:
    """An answer of a trial waits nowhere."""
    run("db", "upgrade", variables=SHADOW)
    run("ingest", *mail(1), variables=SHADOW)
    assert run("outbox", "list", "--json", variables=SHADOW).stdout == ""


def test_readings_of_a_trial_do_not_reach_billing(run: Run) -> None:
    """A sentence, and 1."""
    run("db", "upgrade", variables=SHADOW)
    ended = run("export", variables=SHADOW)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("This is not done in shadow mode")


ENTERED = """account;service;value
863576;electricity;58291
863576;hot_water;1 275,0
1612922;electricity;5234
631396;electricity;7
"""


@pytest.fixture
def trial(run: Run, tmp_path: Path, mail: Mail) -> Path:
    """A trial that has read some mail, and the file of what clerks made of it."""
    run("db", "upgrade", variables=SHADOW)
    run("register", "import", CORPUS / "register.csv", variables=SHADOW)
    assert run("ingest", *mail(6, 7, 70, 90), variables=SHADOW).returncode == 0
    file = tmp_path / "entered.csv"
    file.write_text(ENTERED)
    return file


def test_trial_is_compared_with_what_clerks_entered(lines: Lines, trial: Path) -> None:
    """How far it agrees, then each difference with its message."""
    summary, *pairs = lines("stats", "--shadow", trial, "--period", "2026-11", "--json", variables=SHADOW)
    assert summary == {
        "kind": "summary", "periods": ["2026-11"], "entered": 4, "recorded": 4, "agreed": 1, "agreed_percent": "25.0",
        "different": 1, "only_ours": 2, "only_theirs": 2, "repeated_lines": 0, "lines_of_other_periods": 0,
    }  # fmt: skip
    told = [
        (pair["kind"], pair["account"], pair["ours"], pair["theirs"], pair["reason"], pair["message"]) for pair in pairs
    ]
    assert told == [
        ("only_theirs", "0631396", None, "7", "attachment_only", 4),
        ("different", "0863576", "1257", "1275.0", None, 1),
        ("only_theirs", "1612922", None, "5234", "value_implausible", 3),
        ("only_ours", "4648379", "27340", None, None, 2),
        ("only_ours", "4648379", "1035", None, None, 2),
    ]
    assert pairs[1]["source"].endswith("d006.eml")
    assert (pairs[1]["line"], pairs[1]["received"][:10]) == (3, "2026-11-18")
    assert "1257" in pairs[1]["evidence"]


@ON_SQLITE
def test_comparison_is_a_table_for_people(run: Run, trial: Path) -> None:
    """Figures first, then the differences."""
    ended = run("stats", "--shadow", trial, "--period", "2026-11", variables=SHADOW)
    assert (ended.returncode, ended.stderr) == (0, SAYS)
    assert "the same           1 (25.0 %)\n" in ended.stdout
    (line,) = [line for line in ended.stdout.splitlines() if "value_implausible" in line]
    assert line.startswith("only they  1612922")


@ON_SQLITE
def test_lines_of_another_period_are_left_out_and_counted(lines: Lines, trial: Path) -> None:
    """The file may be of a whole year; without a period all that it names are compared."""
    trial.write_text("account;service;value;period\n863576;electricity;58291;2026-11\n863576;electricity;1;2026-10\n")
    of_one = lines("stats", "--shadow", trial, "--period", "2026-11", "--json", variables=SHADOW)[0]
    of_all = lines("stats", "--shadow", trial, "--json", variables=SHADOW)[0]
    assert (of_one["periods"], of_one["lines_of_other_periods"], of_one["agreed"]) == (["2026-11"], 1, 1)
    assert (of_all["periods"], of_all["lines_of_other_periods"], of_all["only_theirs"]) == (
        ["2026-10", "2026-11"],
        0,
        1,
    )


@ON_SQLITE
def test_bad_file_is_refused_with_every_bad_line(run: Run, trial: Path) -> None:
    """Nothing is compared by halves."""
    trial.write_text("account;service;value\n1;water;x\n")
    ended = run("stats", "--shadow", trial, variables=SHADOW)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[-1] == f"{trial} has 2 faults. Nothing was compared."
