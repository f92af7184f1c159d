"""`stats --shadow`: a trial is compared with what clerks entered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Lines, Run, with_mail
from tests.cli.forks import Forks
from tests.cli.test_shadow_mode import SAYS
from tests.databases import ON_SQLITE, Databases

ENTERED = """account;service;value
863576;electricity;58291
863576;hot_water;1 275,0
1612922;electricity;5234
631396;electricity;7
"""


@pytest.fixture(scope="module")
def trial(databases: Databases, forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Give the settings of a trial that has read some mail; all tests look at the same."""
    shadow = {"MAILREADER_MODE": "shadow"}
    with with_mail(databases, forks, tmp_path_factory.mktemp("trial"), 6, 7, 70, 90, **shadow) as url:
        yield {"MAILREADER_DATABASE__URL": url, **shadow}


@pytest.fixture
def where(trial: dict[str, str]) -> dict[str, str]:
    """The program is on trial."""
    return trial


@pytest.fixture
def entered(tmp_path: Path) -> Path:
    """Give the file of what clerks made of the same mail."""
    file = tmp_path / "entered.csv"
    file.write_text(ENTERED)
    return file


def test_trial_is_compared_with_what_clerks_entered(lines: Lines, entered: Path) -> None:
    """How far it agrees, then each difference with its message."""
    summary, *pairs = lines("stats", "--shadow", entered, "--period", "2026-11", "--json")
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
def test_comparison_is_a_table_for_people(run: Run, entered: Path) -> None:
    """Figures first, then the differences."""
    ended = run("stats", "--shadow", entered, "--period", "2026-11")
    assert (ended.returncode, ended.stderr) == (0, SAYS)
    assert "the same           1 (25.0 %)\n" in ended.stdout
    (line,) = [line for line in ended.stdout.splitlines() if "value_implausible" in line]
    assert line.startswith("only they  1612922")


@ON_SQLITE
def test_lines_of_another_period_are_left_out_and_counted(lines: Lines, entered: Path) -> None:
    """The file may be of a whole year; without a period all that it names are compared."""
    entered.write_text("account;service;value;period\n863576;electricity;58291;2026-11\n863576;electricity;1;2026-10\n")
    of_one = lines("stats", "--shadow", entered, "--period", "2026-11", "--json")[0]
    of_all = lines("stats", "--shadow", entered, "--json")[0]
    assert (of_one["periods"], of_one["lines_of_other_periods"], of_one["agreed"]) == (["2026-11"], 1, 1)
    assert (of_all["periods"], of_all["lines_of_other_periods"], of_all["only_theirs"]) == (
        ["2026-10", "2026-11"],
        0,
        1,
    )


@ON_SQLITE
def test_bad_file_is_refused_with_every_bad_line(run: Run, entered: Path) -> None:
    """Nothing is compared by halves."""
    entered.write_text("account;service;value\n1;water;x\n")
    ended = run("stats", "--shadow", entered)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[-1] == f"{entered} has 2 faults. Nothing was compared."
