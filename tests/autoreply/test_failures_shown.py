"""Rules 15 and 18: an answer that failed for good is shown beside the message that it answers, and why."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner

from mailreader.cli import main
from tests.autoreply.desk import DAY, Desk, open_desk
from tests.autoreply.rows import CUSTOMER, OUR_BOUNCES, raw_mail
from tests.autoreply.test_bounces import delivery_report
from tests.servers.smtp_sink import SmtpSink, Stage

REFUSED = "550 5.1.1 unknown"
RETURNED = "It came back: 5.1.1 550 no such user"


@pytest.fixture
def desk(tmp_path: Path, smtp_sink: SmtpSink) -> Desk:
    """A site whose answers come back to an address of their own."""
    return open_desk(tmp_path, smtp_sink, smtp={"bounce_address": OUR_BOUNCES})


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Undo what a command does to the log of its process, which here is that of the tests."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def refuse_at_once(desk: Desk) -> None:
    """An answer that the relay refuses."""
    desk.sink.fail(Stage.RCPT, REFUSED)
    with desk.started() as program:
        program.handle(raw_mail(("Subject", "другое"), ("From", "other@mail.example")))
        program.handle(raw_mail())
        program.deliver()


def return_later(desk: Desk) -> None:
    """An answer that the relay takes, and of which a report comes the next day."""
    with desk.started() as program:
        program.handle(raw_mail(("Subject", "другое"), ("From", "other@mail.example")))
        program.handle(raw_mail())
        program.deliver()
    desk.now += DAY
    _other, received = desk.sink.accepted
    with desk.started() as program:
        program.handle(delivery_report(received.mail_from))


def says(desk: Desk, *arguments: str) -> str:
    """What a command of the program writes."""
    ended = CliRunner().invoke(main, arguments, env={"MAILREADER_DATABASE__URL": desk.url}, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def lines(desk: Desk, *arguments: str) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [json.loads(line) for line in says(desk, *arguments, "--json").splitlines()]


def test_answer_that_came_back_is_shown_with_its_message(desk: Desk) -> None:
    """Days later, in the list of answers and at the message itself."""
    return_later(desk)
    sent, failed = lines(desk, "outbox", "list")
    assert (sent["message"], sent["state"], sent["is_address_bounced"]) == (1, "sent", False)
    assert (failed["message"], failed["state"], failed["is_address_bounced"]) == (2, "failed", True)
    assert failed["last_error"] == RETURNED
    [shown] = lines(desk, "messages", "show", "2")
    [answer] = shown["answers"]
    assert (answer["id"], answer["state"], answer["last_error"]) == (failed["id"], "failed", RETURNED)
    assert RETURNED in says(desk, "messages", "show", "2")
    assert RETURNED in says(desk, "outbox", "list")
    assert "not to exist" in says(desk, "outbox", "show", str(failed["id"]))


def test_answer_that_was_refused_is_shown_with_its_message(desk: Desk) -> None:
    """It is that of the first recipient here; the second got his."""
    refuse_at_once(desk)
    [failed] = lines(desk, "outbox", "list", "--state", "failed")
    [shown] = lines(desk, "messages", "show", str(failed["message"]))
    [answer] = shown["answers"]
    assert (shown["sender"], answer["is_address_bounced"]) == (failed["to"], True)
    assert answer["last_error"].startswith(REFUSED)
    assert REFUSED in says(desk, "messages", "show", str(failed["message"]))


def test_held_answer_to_an_address_that_bounced_is_shown_with_its_message(desk: Desk) -> None:
    """And the message that it answers is recorded all the same."""
    return_later(desk)
    with desk.started() as program:
        program.handle(raw_mail(("Subject", "ещё раз")))
        program.deliver()
    [held] = lines(desk, "outbox", "list", "--state", "held")
    [shown] = lines(desk, "messages", "show", str(held["message"]))
    assert (held["to"], held["held_because"]) == (CUSTOMER, "address_bounced")
    assert (shown["outcome"], shown["answers"][0]["held_because"]) == ("accepted", "address_bounced")


def test_report_does_not_change_what_another_message_shows(desk: Desk) -> None:
    """The report is a message of its own, which was answered by nobody."""
    return_later(desk)
    [report] = lines(desk, "messages", "show", "3")
    assert (report["outcome"], report["ignored_because"], report["answers"]) == ("ignored", "bounce_address", [])


@pytest.mark.parametrize(("days", "held_because"), [(59, "address_bounced"), (61, None)])
def test_address_that_came_back_is_left_alone_for_its_days(desk: Desk, days: int, held_because: str | None) -> None:
    """They are counted from the report, by a program that was started anew."""
    return_later(desk)
    desk.now += days * DAY
    with desk.started() as program:
        assert program.handle(raw_mail(("Subject", "ещё раз"))).held_back == held_because
