"""The register is loaded as a whole or not at all."""

from pathlib import Path

from tests.cli.conftest import CORPUS, Lines, Run
from tests.databases import ON_SQLITE

pytestmark = ON_SQLITE  # tests/store/test_register_import.py is about both

REGISTER = CORPUS / "register.csv"


def counts(new: int = 0, changed: int = 0, unchanged: int = 0, gone: int = 0) -> list[dict[str, int]]:
    """Return what an import says."""
    return [{"new": new, "changed": changed, "unchanged": unchanged, "gone": gone}]


def test_a_register_is_imported_once(lines: Lines, tmp_path: Path) -> None:
    """The same file again changes nothing; a newer one updates; what it lacks stays."""
    rows = REGISTER.read_text(encoding="utf-8").splitlines()
    kept = [row.replace("Тулегенов", "Туманов") for row in rows if not row.startswith("2621429,")]
    newer = tmp_path / "newer.csv"
    newer.write_text("\n".join(kept).replace("user3001@mail.example", "new@mail.example"), encoding="utf-8")
    assert lines("register", "import", REGISTER, "--json") == counts(new=100)
    assert lines("register", "import", REGISTER, "--json") == counts(unchanged=100)
    [told] = lines("register", "import", newer, "--json", "--dry-run")
    assert told == lines("register", "import", newer, "--json")[0]
    assert (told["gone"], told["new"], told["changed"] > 0) == (1, 0, True)


def test_every_bad_line_is_named_and_nothing_is_changed(run: Run, lines: Lines, tmp_path: Path) -> None:
    """All or nothing."""
    good = REGISTER.read_text(encoding="utf-8").splitlines()
    bad = tmp_path / "bad.csv"
    rows = [*good[:3], good[3].replace("individual", "person"), good[4], good[5].replace("active", "asleep")]
    bad.write_text("\n".join(rows), encoding="utf-8")
    ended = run("register", "import", bad)
    assert ended.returncode == 1
    assert [line.partition(":")[0] for line in ended.stderr.splitlines()[:2]] == ["Line 4", "Line 6"]
    assert "Nothing was changed" in ended.stderr
    assert ended.stdout == ""
    assert lines("register", "import", REGISTER, "--json") == counts(new=100)


def test_a_dry_run_makes_no_database(lines: Lines, tmp_path: Path) -> None:
    """It only counts."""
    assert lines("register", "import", REGISTER, "--dry-run", "--json") == counts(new=100)
    assert list(tmp_path.iterdir()) == []


def test_an_account_is_shown_with_its_meters_and_what_was_recorded(lines: Lines, run: Run) -> None:
    """As one object, and for people."""
    run("register", "import", REGISTER)
    run("ingest", CORPUS / "mail" / "d009.eml")
    [account] = lines("register", "show", "7079110", "--json")
    assert account["account"] == "7079110"
    assert {one["service"] for one in account["registers"]} == {"electricity", "hot_water"}
    assert {one["value"] for one in account["recorded"]} == {"33395", "568", "389"}
    assert "33395" in run("register", "show", "7079110").stdout


def test_an_account_that_is_not_there_is_told(run: Run) -> None:
    """With a sentence, and as a failure."""
    run("register", "import", REGISTER)
    ended = run("register", "show", "1")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("The register has no account 1")


def test_changes_are_written_into_a_file(run: Run, lines: Lines, tmp_path: Path) -> None:
    """Account by account, with or without a database, and nothing where the register is bad."""
    lines("register", "import", REGISTER, "--json", "--dry-run", "--changes", "all.csv")
    every = (tmp_path / "all.csv").read_text(encoding="utf-8").splitlines()
    assert (every[0], len(every)) == ("account,change,columns", 101)
    lines("register", "import", REGISTER, "--json")
    rows = REGISTER.read_text(encoding="utf-8").splitlines()
    newer = tmp_path / "newer.csv"
    kept = [row for row in rows if not row.startswith("2621429,")]
    newer.write_text("\n".join(kept).replace("user3001@mail.example", "new@mail.example"), encoding="utf-8")
    lines("register", "import", newer, "--json", "--changes", "changes.csv")
    changed, gone = (tmp_path / "changes.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert changed.endswith(",changed,emails")
    assert gone == "2621429,gone,"
    newer.write_text("\n".join([*kept, kept[-1]]), encoding="utf-8")
    assert run("register", "import", newer, "--changes", "none.csv").returncode == 1
    assert not (tmp_path / "none.csv").exists()
