"""`init` writes a configuration that loads, asks again where an answer is wrong, and leaves nothing half done."""

import re
import tomllib
from pathlib import Path

import pytest

from config.document import default_file
from config.settings import load_settings
from tests.cli.conftest import COMMAND, Run, environment
from tests.cli.terminal import typed_into
from tests.databases import ON_SQLITE
from tests.languages import LANGUAGES

pytestmark = ON_SQLITE  # what it does has nothing to do with the kind of database

LIVE = {
    "mode": "",
    "imap": "imap.energo.example",
    "imap tls": "",
    "imap port": "",
    "login": "pokazaniya",
    "password": "hush hush",
    "addresses": "pokazaniya@energo.example, info@energo.example",
    "relay": "smtp.energo.example",
    "relay tls": "",
    "relay port": "",
    "relay login": "sender",
    "relay password": 'a "quoted" ключ',
    "from": "Приём показаний <pokazaniya@energo.example>",
    "name": "Энерго",
    "phone": "+7 700 000 00 00",
    "database": "",
}
SHADOW = {"mode": "shadow"} | {key: LIVE[key] for key in LIVE if "relay" not in key and key not in {"mode", "from"}}


def typed(answers: dict[str, str], **changes: str) -> bytes:
    """The answers as somebody types them; a changed one may have several lines, for several tries."""
    return "".join(f"{answer}\n" for answer in (answers | changes).values()).encode()


def left(folder: Path) -> list[str]:
    """The names of all files of a folder."""
    return sorted(path.name for path in folder.iterdir())


def comments(text: str) -> list[str]:
    """The lines that explain."""
    return [line for line in text.splitlines() if line.startswith("# ")]


def test_file_of_all_answers_loads_and_keeps_every_comment(run: Run, tmp_path: Path) -> None:
    """Passwords are in files of their own, for their owner alone; the rest is as answered."""
    ended = run("init", stdin=typed(LIVE))
    assert (ended.returncode, ended.stderr) == (0, "")
    file = tmp_path / "mailreader.toml"
    settings = load_settings(file, {})
    mailbox, smtp = settings.mailboxes["main"], settings.smtp
    assert smtp is not None
    assert (mailbox.host, mailbox.port, mailbox.tls, mailbox.username) == (
        "imap.energo.example", 993, "implicit", "pokazaniya",
    )  # fmt: skip
    assert (smtp.host, smtp.port, smtp.tls, smtp.username) == ("smtp.energo.example", 587, "starttls", "sender")
    assert (mailbox.secret(), smtp.secret()) == ("hush hush", 'a "quoted" ключ')
    assert mailbox.addresses == ("pokazaniya@energo.example", "info@energo.example")
    assert smtp.sender == "Приём показаний <pokazaniya@energo.example>"
    assert settings.contact.name == dict.fromkeys(LANGUAGES, "Энерго")
    assert (settings.contact.phone, settings.is_shadow) == ("+7 700 000 00 00", False)
    assert settings.address() == f"sqlite:///{tmp_path / 'mailreader.db'}"
    text = file.read_text(encoding="utf-8")
    assert comments(text) == comments(default_file())
    assert "hush" not in text
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"mailreader.toml": 0o644, "mailboxes.main.password": 0o600, "smtp.password": 0o600}


def test_password_is_not_seen_on_the_terminal(tmp_path: Path) -> None:
    """What else is typed is."""
    seen = typed_into(
        [*COMMAND, "init"],
        ("", "[live]: "),
        ("\n", "IMAP server: "),
        ("imap.energo.example\n", "[implicit]: "),
        ("\n", "[993]: "),
        ("\n", "Login name of the mailbox: "),
        ("pokazaniya\n", "Password of the mailbox"),
        ("hush-hush\n", "Our addresses"),
        folder=tmp_path,
        variables=environment(TERM="xterm"),
    )
    assert ("pokazaniya\r\n" in seen, "hush" in seen) == (True, False)
    assert left(tmp_path) == []


def test_what_was_written_is_what_the_next_commands_find(run: Run) -> None:
    """The commands that it names can be typed as they stand."""
    said = run("init", stdin=typed(LIVE)).stdout
    following = re.findall(r"(?m)^  mailreader (.+)$", said)
    assert following == ["db upgrade", "register import FILE.csv", "check"]
    assert run(*following[0].split()).returncode == 0


def test_file_elsewhere_is_named_in_the_next_commands(run: Run, tmp_path: Path) -> None:
    """They would not find it by themselves."""
    (tmp_path / "a folder").mkdir()
    file = tmp_path / "a folder" / "m.toml"
    said = run("init", "--output", file, stdin=typed(LIVE)).stdout
    assert f"  mailreader --config '{file}' check\n" in said
    assert left(tmp_path / "a folder") == ["m.toml", "mailboxes.main.password", "smtp.password"]
    assert run("--config", tmp_path / "n.toml", "init", stdin=typed(LIVE)).returncode == 0
    assert load_settings(tmp_path / "n.toml", {}).mailboxes["main"].secret() == "hush hush"


def test_trial_is_not_asked_for_a_relay(run: Run, tmp_path: Path) -> None:
    """There is nothing to be sent; the table stays a comment."""
    assert run("init", stdin=typed(SHADOW)).returncode == 0
    settings = load_settings(tmp_path / "mailreader.toml", {})
    assert (settings.is_shadow, settings.smtp) == (True, None)


@pytest.mark.parametrize(
    ("question", "tries", "complaint"),
    [
        ("mode", "lively\nlive", "'lively' is none of live, shadow."),
        ("imap", "a host\nimap.energo.example", "'a host' is not the name or address of a server."),
        ("imap tls", "none\nimplicit", "Without TLS passwords and mail can be read on the way: only on this machine."),
        ("imap tls", "ssl\nimplicit", "'ssl' is none of implicit, starttls, none."),
        ("imap port", "70000\n993", "'70000' is not a number from 1 to 65535."),
        ("addresses", "nobody\npokazaniya@energo.example", "'nobody' is not an e-mail address."),
        ("from", "nobody\npokazaniya@energo.example", "'nobody' is not an e-mail address."),
        ("database", "mysql://x\nsqlite:///x.db", "It is not like sqlite:///FILE or postgresql"),
        ("name", "En\x1bergo\nEnergo", "There is a character in it that cannot be seen."),
    ],
)
def test_wrong_answer_is_asked_again_with_a_sentence(
    run: Run, tmp_path: Path, question: str, tries: str, complaint: str
) -> None:
    """And the file holds the right one."""
    ended = run("init", stdin=typed(LIVE, **{question: tries}))
    assert (ended.returncode, f"Error: {complaint}" in ended.stdout + ended.stderr) == (0, True)
    load_settings(tmp_path / "mailreader.toml", {})


def test_end_of_the_answers_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    """After whichever answer it comes."""
    answers = typed(LIVE).splitlines(keepends=True)
    for count in range(0, len(answers), 4):
        ended = run("init", stdin=b"".join(answers[:count]))
        assert (ended.returncode, left(tmp_path)) == (1, [])


def test_file_that_is_there_is_not_written_over(run: Run, tmp_path: Path) -> None:
    """Unless it is asked for; then the passwords are new too."""
    run("init", stdin=typed(LIVE))
    before = (tmp_path / "mailreader.toml").read_bytes()
    refused = run("init", stdin=typed(LIVE, imap="other.example"))
    assert (refused.returncode, (tmp_path / "mailreader.toml").read_bytes()) == (1, before)
    assert "--force" in refused.stderr
    run("init", "--force", stdin=typed(LIVE, imap="other.example", password="new"))
    mailbox = load_settings(tmp_path / "mailreader.toml", {}).mailboxes["main"]
    assert (mailbox.host, mailbox.secret()) == ("other.example", "new")


def test_password_that_is_there_is_kept(run: Run, tmp_path: Path) -> None:
    """It is not asked for again."""
    run("init", stdin=typed(LIVE))
    (tmp_path / "mailreader.toml").unlink()
    again = {key: answer for key, answer in LIVE.items() if "password" not in key}
    ended = run("init", stdin=typed(again))
    assert (ended.returncode, ended.stdout.count("already")) == (0, 2)
    assert load_settings(tmp_path / "mailreader.toml", {}).mailboxes["main"].secret() == "hush hush"


def test_empty_password_is_left_to_be_put_there(run: Run, tmp_path: Path) -> None:
    """And the place is named."""
    ended = run("init", stdin=typed(LIVE, password=""))
    file = tmp_path / "mailboxes.main.password"
    assert f"Put the password into {file}, which only you may read: chmod 600 {file}" in ended.stdout
    file.write_text("later\n")
    file.chmod(0o600)
    assert load_settings(tmp_path / "mailreader.toml", {}).mailboxes["main"].secret() == "later"


def test_file_with_a_secret_in_it_is_its_owners_alone(run: Run, tmp_path: Path) -> None:
    """The URL of a database may hold a password."""
    url = "postgresql+psycopg://mailreader:hush@db.example/readings"
    assert run("init", stdin=typed(LIVE, database=url)).returncode == 0
    file = tmp_path / "mailreader.toml"
    assert (file.stat().st_mode & 0o777, load_settings(file, {}).address()) == (0o600, url)


def test_defaults_are_written_without_a_question(run: Run, tmp_path: Path) -> None:
    """The file of all keys, as it is in the documentation."""
    ended = run("init", "--defaults")
    assert (ended.returncode, (tmp_path / "mailreader.toml").read_text(encoding="utf-8")) == (0, default_file())


def test_folder_that_is_missing_is_named(run: Run, tmp_path: Path) -> None:
    """Before anything is asked."""
    ended = run("init", "--output", tmp_path / "none" / "m.toml")
    assert (ended.returncode, ended.stderr) == (1, f"There is no folder {tmp_path / 'none'}: make it first.\n")


def test_given_value_takes_the_place_of_its_default() -> None:
    """And opens its table."""
    text = default_file({"smtp.host": "x", "window.first_day": 3})
    table = tomllib.loads(text)
    assert (table["smtp"], table["window"]["first_day"]) == ({"host": "x"}, 3)
