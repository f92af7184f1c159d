"""Retention from the shell."""

from tests.cli.conftest import CORPUS, Lines, Run
from tests.databases import ON_SQLITE

pytestmark = ON_SQLITE  # tests/store/test_purge.py is about both

DAYS = {"MAILREADER_RETENTION__RAW_MAIL_DAYS": "1", "MAILREADER_RETENTION__MESSAGES_DAYS": "62"}


def test_nothing_is_deleted_unless_the_configuration_says_so(run: Run) -> None:
    """The default keeps everything."""
    run("register", "import", CORPUS / "register.csv")
    said = "retention.raw_mail_days and retention.messages_days are 0: everything is kept for ever.\n"
    assert run("db", "purge").stdout == said


def test_a_dry_run_tells_what_a_purge_would_do(run: Run, lines: Lines) -> None:
    """Mail that was handled today is kept, however old it is."""
    run("register", "import", CORPUS / "register.csv")
    run("ingest", CORPUS / "mail" / "d009.eml")
    [told] = lines("db", "purge", "--dry-run", "--json", variables=DAYS)
    assert told == dict.fromkeys(told, 0)
    assert lines("db", "purge", "--json", "--by", "anna", variables=DAYS) == [told]
    assert run("db", "purge", "--dry-run", variables=DAYS).stdout.startswith("Nothing was deleted. A purge would do")
