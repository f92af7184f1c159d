"""The sample mail and register, moved to the day of the demonstration, and the clock that chooses it."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailreader.demo.clock import DemoClock, demo_day
from mailreader.demo.samples import Answer, Sample, load_samples, posted_id, sample_register
from mailreader.register_file import load_register
from models.window import Window

NOW = datetime(2028, 2, 29, 5, 0, tzinfo=UTC)
ANSWER = Answer("reply-7@energo.example", "11@mail.example", "Re: x", "Good day!\n\nWrite again.\n")
FIRST = date(2027, 1, 1)


def test_any_day_of_the_year_is_a_day_of_the_window() -> None:
    """Leap years and Januaries too; and the demonstration never runs ahead of the calendar."""
    for today in (FIRST + timedelta(days=count) for count in range(2 * 366)):
        begin = DemoClock(today, ZoneInfo("Asia/Almaty")).begin
        assert Window().registered_at(begin) == begin
        assert begin.date() == demo_day(today) <= today


def test_clock_runs_on() -> None:
    """The second look is not earlier than the first, and both are aware UTC."""
    clock = DemoClock(FIRST, ZoneInfo("Asia/Almaty"))
    first, second = clock(), clock()
    assert first.tzinfo is UTC
    assert clock.begin <= first <= second


@pytest.mark.parametrize("sample", load_samples(), ids=lambda sample: sample.message_id)
def test_posted_mail_has_the_dates_of_its_arrival(sample: Sample) -> None:
    """Every date of the header is moved by the same time and can still be read."""
    posted = message_from_bytes(sample.posted(NOW))
    received = str(posted["Received"]).rpartition(";")[2]
    assert parsedate_to_datetime(received) == NOW
    assert timedelta(0) <= NOW - parsedate_to_datetime(str(posted["Date"])) < timedelta(minutes=1)
    assert (NOW + timedelta(hours=5)).strftime("%a, %d %b %Y") in str(posted["Date"])


def test_samples_are_different_messages() -> None:
    """Each has an id of its own, also when it is posted again."""
    posted = [sample.posted(NOW, time_round=number) for sample in load_samples() for number in (0, 1, 2)]
    ids = [message_from_bytes(raw)["Message-ID"] for raw in posted]
    assert len(set(ids)) == len(posted)
    assert posted_id("a@b.example", 2) == "2.a@b.example"


def test_follow_up_is_a_reply_to_our_answer() -> None:
    """It names our answer and quotes it below its own words."""
    follow_up = next(sample for sample in load_samples() if sample.answers is not None)
    posted = message_from_bytes(follow_up.posted(NOW, answer=ANSWER))
    assert posted["In-Reply-To"] == posted["References"] == "<reply-7@energo.example>"
    assert str(posted.get_payload()).endswith("> Good day!\r\n> \r\n> Write again.\r\n")


def test_follow_ups_come_after_what_they_follow_up() -> None:
    """There is an answer to reply to by then."""
    samples = load_samples()
    places = {sample.message_id: place for place, sample in enumerate(samples)}
    following = [(places[sample.answers], place) for place, sample in enumerate(samples) if sample.answers]
    assert following
    assert all(first < second for first, second in following)


def test_register_was_read_the_month_before(tmp_path: Path) -> None:
    """So that consumption is that of a month, in whatever month the demonstration is."""
    file = tmp_path / "register.csv"
    file.write_text(sample_register(date(2027, 1, 20)), encoding="utf-8")
    registers = [register for account in load_register(file) for register in account.registers]
    assert {register.previous_on.strftime("%Y-%m") for register in registers if register.previous_on} == {"2026-12"}
    assert all(register.previous_on for register in registers)
