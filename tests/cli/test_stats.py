"""Statistics for people and for scripts."""

import pytest

from tests.cli.conftest import Lines, Run
from tests.databases import ON_SQLITE

NAMES = [
    "since", "until", "messages", "waiting", "duplicates", "outcomes", "reasons", "requests", "languages", "days",
    "readings", "services", "sources", "ignored", "ignored_with_reading", "silences", "held_back", "outbox", "queue",
]  # fmt: skip


pytestmark = ON_SQLITE  # tests/store/test_statistics.py is about both


@pytest.fixture
def where(ingested: str) -> dict[str, str]:
    """All look at the same database."""
    return {"MAILREADER_DATABASE__URL": ingested}


def test_counts_are_one_object_with_stable_names(lines: Lines) -> None:
    """Every code of an enumeration is there, be it 0."""
    [month] = lines("stats", "--period", "2026-11", "--json")
    assert list(month) == NAMES
    assert (month["since"], month["until"], month["messages"]) == ("2026-11-01", "2026-11-30", 4)
    assert sum(month["outcomes"].values()) == 4
    assert month["reasons"]["unreadable"] == 0
    assert sum(day["messages"] for day in month["days"]) == 4
    assert set(month["queue"]) == {"open", "oldest", "oldest_seconds", "statuses"}
    [day] = lines("stats", "--since", "2026-11-18", "--until", "2026-11-18", "--json")
    assert [one["day"] for one in day["days"]] in ([], ["2026-11-18"])
    assert day["until"] == "2026-11-18"
    [everything] = lines("stats", "--json")
    assert (everything["since"], everything["until"], everything["messages"]) == (None, None, 4)


def test_people_get_tables_of_what_there_is(run: Run) -> None:
    """Without rows of zeros."""
    told = run("stats", "--period", "2026-11").stdout
    assert told.startswith("Received from 2026-11-01 to 2026-11-30: 4, of which 0 wait to be judged;")
    assert "account_unknown" in told
    assert "unreadable" not in told
    assert run("stats", "--period", "2020-01").stdout.startswith("Received from 2020-01-01 to 2020-01-31: 0,")


def test_a_month_and_days_do_not_go_together(run: Run) -> None:
    """One of them says which mail is meant."""
    ended = run("stats", "--period", "2026-11", "--since", "2026-11-18")
    assert ended.returncode == 2
    assert "--since and --until cannot go with --period or --shadow." in ended.stderr
