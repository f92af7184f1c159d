"""The clock: it may jump, the calendar may be odd; the window holds, and what waits is measured by another clock."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from threading import Event
from typing import Final
from zoneinfo import ZoneInfo

import pytest
import time_machine

from config.timezone import time_zone_fault
from mailreader.backoff import Backoff
from mailreader.daemon import Daemon, _Worker
from mailreader.mailbox import Mailbox
from mailreader.mailbox.connection import Bounds
from models.catalogue import Outcome, Reason
from models.window import OutsideHours, Window
from tests.autoreply.desk import open_desk
from tests.autoreply.rows import raw_mail
from tests.servers.scripted_imap import scripted_imap
from tests.servers.smtp_sink import SmtpSink

ALMATY: Final = ZoneInfo("Asia/Almaty")


def at(text: str) -> datetime:
    """An instant by the clock on the wall of Almaty."""
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


INSIDE: Final = (
    ("2026-11-18T00:00:00", "2026-11-18T09:00:00"),
    ("2026-11-18T08:59:59.999999", "2026-11-18T09:00:00"),
    ("2026-11-29T18:00:00", "2026-11-30T09:00:00"),
    ("2026-11-29T23:59:59.999999", "2026-11-30T09:00:00"),
    ("2026-11-30T17:59:59.999999", "2026-11-30T17:59:59.999999"),
    ("2026-12-31T17:59:59.999999", "2026-12-31T17:59:59.999999"),
    ("2026-12-30T23:30:00", "2026-12-31T09:00:00"),
    ("2027-02-28T17:59:59", "2027-02-28T17:59:59"),
    ("2028-02-28T18:00:00", "2028-02-29T09:00:00"),
    ("2028-02-29T17:59:59.999999", "2028-02-29T17:59:59.999999"),
    ("2100-02-28T17:59:59", "2100-02-28T17:59:59"),
)
OUTSIDE: Final = (
    ("2026-11-17T23:59:59.999999", "2026-11-18", "2026-11-30"),
    ("2026-11-30T18:00:00", "2026-12-18", "2026-12-31"),
    ("2026-12-31T18:00:00", "2027-01-18", "2027-01-31"),
    ("2026-12-31T23:59:59.999999", "2027-01-18", "2027-01-31"),
    ("2027-01-01T00:00:00", "2027-01-18", "2027-01-31"),
    ("2027-01-31T20:00:00", "2027-02-18", "2027-02-28"),
    ("2027-02-28T18:00:00", "2027-03-18", "2027-03-31"),
    ("2028-01-31T18:00:00", "2028-02-18", "2028-02-29"),
    ("2028-02-29T18:00:00", "2028-03-18", "2028-03-31"),
    ("2100-02-28T18:00:00", "2100-03-18", "2100-03-31"),
)


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("America/St_Johns"), timezone(timedelta(hours=14))], ids=str)
@pytest.mark.parametrize(("received", "registered"), INSIDE)
def test_last_moment_of_a_day_of_the_window_is_inside(received: str, registered: str, zone: tzinfo) -> None:
    """To the microsecond, in leap years and at the end of years, whatever zone the instant comes in."""
    window, instant = Window(), at(received).astimezone(zone)
    assert window.registered_at(instant) == at(registered)
    assert window.period(instant) == received[:7]


@pytest.mark.parametrize(("received", "first", "last"), OUTSIDE)
def test_first_moment_behind_the_window_is_outside_and_names_the_next(received: str, first: str, last: str) -> None:
    """The closing instant itself is outside."""
    window = Window()
    assert window.registered_at(at(received)) is None
    assert tuple(map(str, window.next_days(at(received)))) == (first, last)
    assert Window(outside_hours=OutsideHours.REJECT).registered_at(at(received)) is None


@pytest.mark.parametrize("offset", [6, 4.5, -5])
def test_zone_data_that_are_too_old_are_a_fault(offset: float) -> None:
    """Every window would open and close at another hour; the program says what to install."""
    assert "tzdata" in (time_zone_fault(timezone(timedelta(hours=offset))) or "")
    assert time_zone_fault() is None


JUMPS: Final = (timedelta(days=1), timedelta(hours=-1), timedelta(days=-400), timedelta(days=4000))


class Jumping(Event):
    """A sign to stop that is never given; whenever somebody looks at it, the wall clock jumps, once."""

    def __init__(self, wall: time_machine.Traveller, width: timedelta) -> None:
        super().__init__()
        self.wall, self.width = wall, width

    def is_set(self) -> bool:
        """Look, and jump."""
        self.wall.shift(self.width)
        self.width = timedelta()
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Jump, and wait."""
        self.is_set()
        return super().wait(timeout)


@pytest.fixture(params=JUMPS, ids=str)
def jumping(request: pytest.FixtureRequest) -> Iterator[Jumping]:
    """A wall clock that will jump; the other clock goes on."""
    with time_machine.travel(datetime(2026, 11, 20, 5, tzinfo=UTC), tick=True) as wall:
        yield Jumping(wall, request.param)


def test_deadline_of_an_operation_stays_where_it_was(jumping: Jumping) -> None:
    """A jump neither ends it nor lets it go on for ever."""
    bounds = Bounds()
    bounds.begin(5.0)
    assert not jumping.is_set()
    assert 4.0 < bounds.remaining() <= 5.0


def test_pause_after_a_fault_is_as_long_as_it_was_to_be(jumping: Jumping) -> None:
    """The daemon waits out its back-off on a clock that does not jump."""
    daemon, worker = Daemon([], None), _Worker("main")
    daemon._stop = jumping
    begun = time.monotonic()
    daemon._wait_out(worker, Backoff(first=0.2, jitter=lambda: 1.0), "a fault")
    assert 0.15 < time.monotonic() - begun < 2.0
    assert jumping.width == timedelta()


def test_idle_is_as_long_as_it_was_to_be(jumping: Jumping) -> None:
    """A scan is due after its time, whatever the wall clock says."""
    idling = ((r"IDLE", b"+ idling\r\n"),)
    with (
        scripted_imap(*idling, capabilities=b"IMAP4rev1 AUTH=PLAIN IDLE") as server,
        Mailbox(server.access()) as mailbox,
    ):
        mailbox.connect()
        mailbox.select()
        begun = time.monotonic()
        assert mailbox.idle(jumping, 0.3)
    assert 0.25 < time.monotonic() - begun < 3.0


@pytest.mark.usefixtures("_reading")
@pytest.mark.parametrize("days", [0, 3])
def test_message_counts_from_its_arrival_however_late_it_is_handled(
    days: int, tmp_path: Path, smtp_sink: SmtpSink
) -> None:
    """A daemon that was down in the last second of the window loses nobody their window."""
    desk = open_desk(tmp_path, smtp_sink)
    desk.now = at("2026-11-30T18:30:00").astimezone(UTC) + timedelta(days=days)
    with desk.started() as program:
        inside = program.handle(raw_mail(), at("2026-11-30T17:59:59").astimezone(UTC))
        outside = program.handle(raw_mail(), at("2026-11-30T18:00:00").astimezone(UTC))
    assert (inside.verdict.outcome, inside.verdict.period) == (Outcome.ACCEPTED, "2026-11")
    assert outside.verdict.reasons == (Reason.OUTSIDE_WINDOW,)
