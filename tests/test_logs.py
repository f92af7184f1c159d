"""The log: one line of JSON an event, and nothing in it that a mail or a query says."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from mailreader.logs import configure_logs

SECRET = "ivanov@mail.example 12345"


Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def start(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], Lines]]:
    """Set up the log in a form; the answer gives what was logged since, line by line."""
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    before = structlog.get_config()

    def started(form: str) -> Lines:
        configure_logs("info", form)
        return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield started
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


Start = Callable[[str], Lines]


def fail() -> None:
    """Raise what quotes a mail."""
    raise ValueError(SECRET)


def test_event_is_one_line_with_its_facts(start: Start) -> None:
    """Level and instant are there; what is below the level is not."""
    lines = start("json")
    log = structlog.get_logger()
    log.debug("unseen")
    log.info("message_handled", id=7, outcome="accepted")
    (line,) = lines()
    assert (line["event"], line["level"], line["id"], line["outcome"]) == ("message_handled", "info", 7, "accepted")
    assert line["timestamp"].endswith("Z")


def test_exception_is_named_with_its_place_and_without_its_message(start: Start) -> None:
    """An operator finds the line of the program; a customer's words stay in the database."""
    lines = start("json")
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("message_not_handled", id=7)
    (line,) = lines()
    assert line["exception"] == "ValueError"
    assert line["at"][-1].endswith(" fail")
    assert SECRET not in json.dumps(line)


@pytest.mark.parametrize("given", [True, ValueError(SECRET), (ValueError, ValueError(SECRET), None), None, False])
def test_every_form_of_exc_info_is_taken(start: Start, given: object) -> None:
    """Whatever structlog and logging know; nothing is said where there is no exception."""
    lines = start("json")
    structlog.get_logger().warning("odd", exc_info=given)
    (line,) = lines()
    assert line.get("exception") == ("ValueError" if given and given is not True else None)
    assert "exc_info" not in line


def test_what_libraries_say_is_told_without_their_words(start: Start) -> None:
    """They may quote mail and queries; that something happened, and where, is enough."""
    lines = start("json")
    try:
        fail()
    except ValueError:
        logging.getLogger("apscheduler").exception("Job failed over %s", SECRET)
    talkative = logging.getLogger("talkative")
    talkative.setLevel(logging.DEBUG)
    talkative.warning("not of note")
    (line,) = lines()
    assert (line["event"], line["logger"], line["level"], line["exception"]) == (
        "library", "apscheduler", "error", "ValueError",
    )  # fmt: skip
    assert SECRET not in json.dumps(line)


def test_log_for_people_holds_no_message_of_an_exception_either(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other form keeps the same silence."""
    start("text")
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("message_not_handled")
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert SECRET not in said
