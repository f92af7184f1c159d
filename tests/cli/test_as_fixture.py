"""`messages show --as-fixture` writes a message and its accounts for a test, without a trace of the customer."""

from typing import Any

import yaml

from tests.cli.conftest import CORPUS, Run
from tests.corpora import corpus_accounts


def fixture_of(run: Run, ingested: str, number: int) -> dict[str, Any]:
    """The document of a message of the database."""
    ended = run("messages", "show", str(number), "--as-fixture", variables={"MAILREADER_DATABASE__URL": ingested})
    assert ended.returncode == 0, ended.stderr
    document = yaml.safe_load(ended.stdout)
    assert isinstance(document, dict)
    return document


def test_a_message_is_written_with_what_was_recorded(run: Run, ingested: str) -> None:
    """And with the register's rows as they are in a register file."""
    document = fixture_of(run, ingested, 2)
    (message,) = document["message"]
    assert set(message) == {"id", "from", "subject", "received", "body", "expect", "note"}
    assert "33395" in [each["value"] for each in message["expect"]["recorded"]]
    head, *rows = document["register"].splitlines()
    assert head == (CORPUS / "register.csv").read_text(encoding="utf-8").splitlines()[0]
    assert {row.split(",")[0] for row in rows} >= {each["account"] for each in message["expect"]["recorded"]}


def test_no_account_of_the_register_is_in_it(run: Run, ingested: str) -> None:
    """Nor a serial or an address."""
    text = "\n".join(str(fixture_of(run, ingested, number)) for number in (1, 2, 3, 4))
    for account in corpus_accounts():
        assert account.number not in text
        assert not any(address in text for address in account.emails)
        assert not any(meter.serial in text for meter in account.registers)


def test_a_message_that_is_not_there_has_no_fixture(run: Run, ingested: str) -> None:
    """It is said which."""
    ended = run("messages", "show", "99", "--as-fixture", variables={"MAILREADER_DATABASE__URL": ingested})
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "There is no message 99." in ended.stderr
