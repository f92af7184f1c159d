"""Operators clear their queue from the shell."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import Lines, Run, with_mail
from tests.cli.forks import Forks
from tests.databases import ON_SQLITE, Databases

IMPLAUSIBLE = 70
WITHOUT_ACCOUNT = 32


@pytest.fixture(scope="module")
def untouched(databases: Databases, forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a database with two items."""
    with with_mail(databases, forks, tmp_path_factory.mktemp("untouched"), IMPLAUSIBLE, WITHOUT_ACCOUNT) as url:
        yield url


@pytest.fixture
def where(databases: Databases, untouched: str) -> Iterator[dict[str, str]]:
    """Each test works on a copy."""
    with databases.copy(untouched) as url:
        yield {"MAILREADER_DATABASE__URL": url}


def number_of(lines: Lines, reason: str) -> str:
    """The number of the item with a reason."""
    return next(str(item["id"]) for item in lines("queue", "list", "--json") if reason in item["reasons"])


def test_an_item_is_accepted_told_and_kept_in_the_trail(lines: Lines, run: Run) -> None:
    """The item is closed, the reading exported as an operator's, the answer waits, and it is known who did it."""
    number = number_of(lines, "value_implausible")
    told = run("queue", "accept", number, "--by", "aigul", "--note", "photo seen")
    assert (told.returncode, told.stderr) == (0, "")
    assert "1 reading recorded, answer 3 waits in the outbox." in told.stdout
    (reading,) = lines("export", "--format", "jsonl")
    assert reading["source"] == "operator"
    (shown,) = lines("queue", "show", number, "--json")
    assert (shown["status"], shown["outcome"], shown["reply"]["kind"]) == ("accepted", "accepted", "confirmation")
    (act,) = shown["acts"]
    assert (act["by"], act["act"], act["details"]["note"]) == ("aigul", "accept", "photo seen")
    assert "photo seen" in run("messages", "show", number).stdout
    again = run("queue", "accept", number)
    assert (again.returncode, again.stdout) == (1, "")
    assert "accepted already" in again.stderr


def test_values_of_the_operator_are_recorded(lines: Lines, run: Run) -> None:
    """For the account that he names, with a comma or a point."""
    number = number_of(lines, "account_missing")
    refused = run("queue", "accept", number)
    assert refused.returncode == 1
    assert "--value METER=VALUE" in refused.stderr
    (item,) = lines(
        "queue", "accept", number, "--account", "2621429", "--value", "electricity=1,5", "--force", "--json"
    )  # fmt: skip
    assert [(one["account"], one["value"], one["status"]) for one in item["readings"]] == [
        ("2621429", "1.5", "recorded")
    ]


@ON_SQLITE
@pytest.mark.parametrize("value", ["electricity", "=5", "24680135=-5", "24680135=1e3", "24680135=5 kWh"])
def test_a_value_that_cannot_be_read_is_wrong_usage(run: Run, value: str) -> None:
    """With an example of how it is typed."""
    ended = run("queue", "accept", "1", "--value", value)
    assert ended.returncode == 2
    assert "24680135=12345" in ended.stderr


@ON_SQLITE
def test_rejection_dismissal_and_a_second_look(lines: Lines, run: Run) -> None:
    """Each says what came of it."""
    implausible, missing = number_of(lines, "value_implausible"), number_of(lines, "account_missing")
    assert run("queue", "reject", implausible).returncode == 1
    assert "answer 3 waits" in run("queue", "reject", implausible, "--text", "Пришлите фото.").stdout
    assert "Пришлите фото." in run("outbox", "show", "3").stdout
    assert "dismissed: rejected" in run("queue", "dismiss", missing).stdout
    assert lines("queue", "list", "--json") == []
    told = run("queue", "reprocess", "--reopen", missing, "77")
    assert told.returncode == 1
    assert "read again, as before: rejected" in told.stdout
    assert told.stderr == "77: There is no message 77.\n"
    assert [item["status"] for item in lines("queue", "list", "--json")] == ["open"]
    assert run("queue", "reprocess").returncode == 2


@ON_SQLITE
def test_an_answer_is_sent_again_by_hand_only_where_there_is_something_to_send(run: Run) -> None:
    """Each number by itself."""
    told = run("outbox", "retry", "1", "99")
    assert (told.returncode, told.stdout) == (1, "Answer 1 waits in the outbox.\n")
    assert told.stderr == "There is no answer 99.\n"


@ON_SQLITE
@pytest.mark.parametrize(
    "arguments", ["queue accept 1", "queue reject 1", "queue dismiss 1", "queue reprocess 1", "outbox retry 1"]
)
def test_nothing_is_decided_in_shadow_mode(run: Run, arguments: str) -> None:
    """A trial's readings must never reach billing, and nobody is written to."""
    ended = run(*arguments.split(), variables={"MAILREADER_MODE": "shadow"})
    assert ended.returncode == 1
    assert "shadow mode" in ended.stderr
