"""What is read in a mail is shown, without a database; nothing in a mail can steer the terminal."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CORPUS, Lines, Mail, Run
from tests.cli.forks import Forks
from tests.cli.terminal import seen_on_a_terminal
from tests.databases import ON_SQLITE

pytestmark = ON_SQLITE  # no database is used

REGISTER = ("--register", CORPUS / "register.csv")
FIELDS = ["source", "message_id", "received", "sender", "outcome", "language", "request", "reasons", "readings"]
NUMBER = ["text", "start", "end", "role", "readings", "service", "zone", "evidence"]
WHY = ["why", "because", "witness", "account", "is_serial", "status", "located", "not_recorded", "candidates"]
CANDIDATE = ["account", "serial", "service", "zone", "previous_value", "chosen", "excluded", "because"]
TOKEN = ["text", "start", "end", "kind", "meanings"]
OURS = {
    "MAILREADER_MAILBOXES__MAIN__HOST": "localhost",
    "MAILREADER_MAILBOXES__MAIN__USERNAME": "x",
    "MAILREADER_MAILBOXES__MAIN__PASSWORD": "x",
    "MAILREADER_MAILBOXES__MAIN__ADDRESSES": "pokazaniya@energosbyt.example",
    "MAILREADER_MAILBOXES__MAIN__TRUSTED_AUTHSERV_ID": "mx.energosbyt.example",
}


def test_every_number_is_explained_where_it_stands(lines: Lines, mail: Mail, tmp_path: Path) -> None:
    """The fields are those of ingest but the reply, with the explanation; no database comes of it."""
    [line] = lines("explain", "--json", *mail(10))
    assert list(line) == [*FIELDS, "explanation"]
    explanation = line["explanation"]
    assert list(explanation) == ["text", "language", "request", "numbers", "accounts", "tokens"]
    assert [list(number) for number in explanation["numbers"]] == [NUMBER + WHY] * 3
    assert all(list(token) == TOKEN for token in explanation["tokens"])
    assert [(number["role"], number["service"]) for number in explanation["numbers"]] == [
        ("account", None), ("value", "electricity"), ("value", "hot_water"),
    ]  # fmt: skip
    for number in explanation["numbers"]:
        assert explanation["text"][number["start"] : number["end"]] == number["text"]
    assert list(tmp_path.iterdir()) == []


def test_without_a_register_the_verdict_is_open_unless_it_needs_none(lines: Lines, mail: Mail, tmp_path: Path) -> None:
    """Mail of machines is ignored whatever the register holds."""
    robot = tmp_path / "robot.eml"
    robot.write_bytes(b"Auto-Submitted: auto-replied\n" + mail(10)[0].read_bytes())
    person, machine = lines("explain", "--json", *mail(10), robot)
    assert (person["outcome"], person["language"]) == (None, "ru")
    assert machine["outcome"] == "ignored"


def test_with_a_register_the_corpus_gets_its_verdicts(lines: Lines) -> None:
    """Each message by itself: the outcomes are those that the rules give."""
    right = [json.loads(line) for line in (CORPUS / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()]
    given = lines("explain", "--json", *REGISTER, CORPUS / "mail", variables=OURS)
    outcomes = {Path(line["source"]).stem: line["outcome"] for line in given}
    agreeing = sum(outcomes[one["id"]] == one["outcome"] for one in right)
    assert agreeing >= 0.8 * len(right)


def test_people_see_the_text_with_its_numbers_marked(run: Run, mail: Mail) -> None:
    """Then what each was taken for, then the verdict."""
    output = run("explain", *mail(10), *REGISTER).stdout
    assert "schet [7700125]. Svet [18430]. Goryachaya voda [214]." in output
    assert "account_unknown (stated 7700125)" in output
    assert "\x1b" not in output


def test_a_value_has_its_registers_and_why_not_each_other_one(lines: Lines, mail: Mail) -> None:
    """The one it was given to, by what, and what speaks against the others, with the codes that decided."""
    [line] = lines("explain", "--json", *mail(9), *REGISTER)
    explanation = line["explanation"]
    assert explanation["accounts"][0]["account"] == "7079110"
    value = explanation["numbers"][3]
    assert (value["text"], value["status"], value["located"]) == ("568", "recorded", "only_assignment")
    assert all(list(candidate) == CANDIDATE for candidate in value["candidates"])
    assert [(one["service"], one["chosen"], one["excluded"]) for one in value["candidates"]] == [
        ("electricity", False, "service"),
        ("hot_water", True, None),
        ("hot_water", False, "value_implausible"),
    ]


def test_people_see_at_a_glance_why(run: Run, mail: Mail) -> None:
    """One line a number, one below it for each register; words of the mail only where they are asked for."""
    output = run("explain", *mail(9), *REGISTER).stdout
    assert "account 7079110: no number names it, but the register holds the sender's address for it" in output
    assert '50     address  "kv" beside it: part of a postal address\n' in output
    assert "       - 49528242 hot_water total    above 445, its previous value and the cap\n" in output
    assert "service.electricity" not in output
    assert "service.electricity" in run("explain", "--tokens", *mail(9)).stdout


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Give a mail that would steer a terminal."""
    file = tmp_path / "hostile.eml"
    text = "л/с 0123456\x1b[2J\x1b]0;x\x07 свет 12345 \u202e[bold]x[/bold]"
    file.write_text(f"From: a@b.example\nSubject: x\n\n{text}\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_shows_colours_unless_it_shall_not(
    forks: Forks, hostile: Path, variables: dict[str, str], *, coloured: bool
) -> None:
    """And what a customer wrote steers it in neither case."""
    _, seen = seen_on_a_terminal(forks, "explain", hostile, folder=hostile.parent, variables=variables)
    assert ("\x1b[1;32m12345\x1b[0m" in seen) is coloured
    assert ("[12345]" in seen) is not coloured
    assert "[bold]x[/bold]" in seen
    assert "\x1b[2J" not in seen
    assert "\x1b]0;" not in seen
    assert "\u202e" not in seen
