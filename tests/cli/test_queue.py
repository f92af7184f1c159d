"""What an operator sees of an item: the trail of its message, and what the customer wrote."""

from tests.cli.conftest import CORPUS, Mail, Run
from tests.databases import ON_SQLITE

pytestmark = ON_SQLITE  # what is shown is read out of it as everywhere


def test_an_item_shows_what_the_customer_wrote(run: Run, mail: Mail) -> None:
    """A request can be decided only by who reads it."""
    run("register", "import", CORPUS / "register.csv")
    run("ingest", *mail(3))
    for command in ("queue", "messages"):
        shown = run(command, "show", "1").stdout
        assert "not_a_reading" in shown
        assert "    Добрый день! Подскажите, с какого числа в декабре принимаете показания" in shown


def test_ignored_mail_that_holds_a_reading_says_so(run: Run, mail: Mail) -> None:
    """It is listed apart, and nobody need search for it."""
    run("register", "import", CORPUS / "register.csv")
    run("ingest", *mail(75))
    assert "holds a reading" in run("messages", "show", "1").stdout
