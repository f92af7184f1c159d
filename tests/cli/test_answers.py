"""`answers`: every text as customers get it, and the breaker by hand."""

from pathlib import Path

import pytest

from mailreader.store import Store
from models.catalogue import Reason, Request
from tests.autoreply.rows import raw_mail
from tests.cli.conftest import CORPUS, Lines, Run, objects
from tests.databases import ON_SQLITE
from tests.languages import LANGUAGES

TRIPPED = ("MAILREADER_ANSWERS__BREAKER_PER_HOUR", "1")


@pytest.fixture
def store_url(run: Run, tmp_path: Path, where: dict[str, str]) -> str:
    """The database in which one answer waits and the breaker holds two; its limit is one answer an hour."""
    run("register", "import", CORPUS / "register.csv")
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(raw_mail(("Message-ID", f"<{number}@mail.example>")))
    mails = [f"{number}.eml" for number in range(3)]
    assert run("ingest", *mails, variables=dict([TRIPPED])).returncode == 0
    return where.get("MAILREADER_DATABASE__URL", f"sqlite:///{tmp_path / 'mailreader.db'}")


@ON_SQLITE
def test_every_text_is_previewed_in_every_language(lines: Lines) -> None:
    """Every reason, every request, each kind; also for a customer whose language is not known."""
    shown = lines("answers", "preview", "--json")
    assert {line["language"] for line in shown} == {*LANGUAGES, None}
    assert {line["reason"] for line in shown} == {*Reason, None}
    assert {line["request"] for line in shown} == {*Request, None}
    assert {line["kind"] for line in shown} == {"confirmation", "partial", "rejection", "review", "copy"}
    assert all(line["text"] and line["subject"] and "{" not in line["text"] for line in shown)


@ON_SQLITE
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--reason", "value_below_previous", "--kind", "rejection"], "Это меньше прошлого показания: 12400 кВт·ч"),
        (["--request", "tariff_change"], "Чтобы сменить тариф"),
        (["--kind", "copy"], "По вашему лицевому счёту приняты показания за"),
        (["--kind", "confirmation"], "Спасибо! Показания за"),
        (["--reason", "outside_window"], "Письмо пришло не в дни приёма показаний."),
    ],
)
def test_one_text_is_chosen(run: Run, lines: Lines, options: list[str], expected: str) -> None:
    """By what it is about; with the facts that such an answer has."""
    [line] = lines("answers", "preview", "--language", "ru", *options, "--json")
    assert expected in line["text"]
    shown = run("answers", "preview", "--language", "ru", *options).stdout
    assert f"Subject: {line['subject']}" in shown
    assert line["text"].rstrip() in shown


@ON_SQLITE
def test_preview_shows_the_texts_of_the_site(run: Run, tmp_path: Path) -> None:
    """Whoever changes a text sees it as customers will."""
    (tmp_path / "texts" / "en").mkdir(parents=True)
    (tmp_path / "texts" / "en" / "replies.toml").write_text('greeting = "Dear customer!"\n', encoding="utf-8")
    variables = {"MAILREADER_ANSWERS__TEXTS": "texts"}
    ended = run("answers", "preview", "--language", "en", "--kind", "copy", variables=variables)
    assert "Dear customer!" in ended.stdout


@ON_SQLITE
def test_preview_of_nothing_says_so(run: Run) -> None:
    """A reason that is no request has no such answer."""
    ended = run("answers", "preview", "--kind", "copy", "--reason", "unreadable")
    assert (ended.returncode, ended.stderr) == (
        1, "There is no such answer: give fewer of --kind, --reason and --request.\n",
    )  # fmt: skip


@ON_SQLITE
def test_breaker_that_is_closed_says_so(run: Run, lines: Lines) -> None:
    """And that a reset changes nothing."""
    assert run("db", "upgrade").returncode == 0
    assert lines("answers", "breaker", "--json") == [{"tripped": False, "tripped_at": None, "held": 0, "limit": 20_000}]
    assert run("answers", "reset").stdout == "The breaker has not tripped; nothing was changed.\n"


@ON_SQLITE
@pytest.mark.usefixtures("store_url")
def test_breaker_that_tripped_is_seen_everywhere(run: Run, lines: Lines) -> None:
    """In its own command, in the check, in the outbox and at the messages."""
    [breaker] = lines("answers", "breaker", "--json")
    assert (breaker["tripped"], breaker["held"]) == (True, 2)
    assert "mailreader answers reset --send-held" in run("answers", "breaker").stdout
    checked = run("check")
    assert checked.returncode != 0
    assert "error      answers: The breaker tripped on" in checked.stdout
    assert [line["held_back"] for line in lines("messages", "list", "--held-back", "--json")] == ["breaker"] * 2
    assert "answer held back: breaker" in run("messages", "list", "--held-back").stdout
    check_outbox(run, lines)


def check_outbox(run: Run, lines: Lines) -> None:
    """By default it says how many are held, and how they are seen."""
    listed = run("outbox", "list", "--json")
    assert [line["state"] for line in objects(listed.stdout)] == ["waiting"]
    assert listed.stderr == "A limit holds 2 answers more: mailreader outbox list --state held\n"
    held = lines("outbox", "list", "--state", "held", "--json")
    assert [(line["state"], line["held_because"]) for line in held] == [("held", "breaker")] * 2
    shown = run("outbox", "list", "--state", "held")
    assert "held because" in shown.stdout
    assert shown.stderr == ""


def test_reset_sends_what_is_held_and_keeps_who_did_it(run: Run, lines: Lines, store_url: str) -> None:
    """First only closed, then sent too; each is an act with a name."""
    assert run("answers", "reset", "--by", "Aigul").stdout == (
        "The breaker is closed.\n2 answers stay held; `mailreader answers reset --send-held` sends them.\n"
    )
    assert run("answers", "reset", "--send-held", "--by", "Aigul").stdout == (
        "The breaker was closed already.\n2 answers that it held will be sent.\n"
    )
    assert [line["state"] for line in lines("outbox", "list", "--json")] == ["waiting"] * 3
    assert lines("messages", "list", "--held-back", "--json") == []
    store = Store.open(store_url)
    acts = [(act.actor, act.act, act.details["held"], act.details["sent"]) for act in store.trail(None)]
    store.close()
    assert acts == [("Aigul", "reset_breaker", 2, 0), ("Aigul", "reset_breaker", 2, 2)]
