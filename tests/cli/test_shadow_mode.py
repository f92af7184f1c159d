"""In shadow mode commands work on the trial's tables, say so, and keep its readings from billing."""

from pathlib import Path

from tests.cli.conftest import CORPUS, Mail, Run
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
