"""Real mail of public test suites goes the whole way: machines get no answer, nothing is recorded, nothing breaks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from mailreader.pipeline import Handled
from mailreader.readers import WasRead
from mailreader.store import Arrival
from models.lines import StoredLine
from parsers.mail import parse_envelope
from tests.autoreply.desk import BEGUN, Desk, open_desk
from tests.autoreply.rows import OUR_ADDRESS
from tests.corpora import REPORTS
from tests.public_mail import FOLDER, NEVER_ANSWER, ORDINARY, PublicMail, addressed_to, public_mail
from tests.reading_costs import Cost, read_one_by_one
from tests.servers.smtp_sink import SmtpSink

MOST_SECONDS: Final = 0.5
MOST_MEGABYTES: Final = 32
NAMES: Final = [mail.name for mail in public_mail()]


@dataclass(frozen=True, slots=True)
class Handling:
    """What became of all of it: one line a message as the pipeline told it, and what the database holds."""

    handled: tuple[Handled, ...]
    stored: tuple[StoredLine, ...]
    recorded: int

    def answered(self) -> list[str]:
        """The mail for which an answer was composed, whether it may go out or not."""
        return [NAMES[told.mail.uid - 1] for told in self.handled if told.decision.reply or told.decision.copies]


def arrivals(mails: Sequence[PublicMail], to: str) -> Iterator[Arrival]:
    """All of it as the mailbox would hold it; the UID is the place in the list, from 1."""
    for uid, mail in enumerate(mails, 1):
        raw = addressed_to(to, mail.raw) if to else mail.raw
        digest = parse_envelope(raw).body_digest
        yield Arrival("main", "INBOX", 1, uid, BEGUN, len(raw), raw, f"<{uid}@public.example>", digest)


def handle(desk: Desk, to: str) -> Handling:
    """Have all of it arrive at once and be handled once."""
    with desk.started() as program:
        program.store.save_arrivals(list(arrivals(public_mail(), to)))
        handled = tuple(program.pipeline.handle_all(len(NAMES), lambda: desk.now))
        return Handling(handled, tuple(program.store.messages()), len(list(program.store.readings())))


@pytest.fixture(scope="module", params=["", OUR_ADDRESS], ids=["as-it-came", "to-us"])
def handling(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Handling:
    """All of it, once as it came and once as mail that was delivered to us."""
    return handle(open_desk(tmp_path_factory.mktemp("public"), SmtpSink(port=25)), request.param)


def test_every_file_has_its_class_and_every_source_its_licence() -> None:
    """The list names what is there, once; nobody's mail lies here without leave."""
    files = {f"{file.parent.name}/{file.name}" for file in FOLDER.glob("*/*")}
    licences = {name for name in files if "LICENSE" in name}
    assert sorted(NAMES) == sorted(files - licences - {"bounces/README.md"})
    assert {mail.kind for mail in public_mail()} == {NEVER_ANSWER, ORDINARY}
    assert all(mail.why for mail in public_mail() if mail.is_never_answered)
    assert {Path(name).parent for name in NAMES} == {Path(name).parent for name in licences}


def test_every_message_has_one_outcome(handling: Handling) -> None:
    """At the first try: what breaks the reading or the judging would come again or not at all."""
    assert [told.mail.uid for told in handling.handled] == list(range(1, len(NAMES) + 1))
    assert all(stored.line.outcome for stored in handling.stored)
    assert len(handling.stored) == len(NAMES)


def test_nothing_is_recorded(handling: Handling) -> None:
    """None of it is from a customer of ours."""
    assert handling.recorded == 0


def test_machines_get_no_answer(handling: Handling) -> None:
    """None is even composed, though half of the time all is taken as written to us."""
    never = {mail.name for mail in public_mail() if mail.is_never_answered}
    assert never.intersection(handling.answered()) == set()


def test_people_who_write_to_us_are_answered(handling: Handling, request: pytest.FixtureRequest) -> None:
    """Silence towards machines is not silence towards all; mail that is not for us has no answer."""
    to_us = "to-us" in request.node.name
    assert (len(handling.answered()) > 150) is to_us


def test_no_mail_costs_much_to_read() -> None:
    """Each within a twentieth of the time that is allowed by default, and in a quarter of the memory.

    The costliest are written down under `reports`.
    """
    costs: dict[str, Cost] = {}
    read = read_one_by_one([mail.raw for mail in public_mail()], seconds=10, megabytes=128)
    for name, (result, cost) in zip(NAMES, read, strict=True):
        assert isinstance(result, WasRead), (name, result)
        costs[name] = cost
    report(costs)
    assert {name: cost for name, cost in costs.items() if cost.seconds > MOST_SECONDS} == {}
    assert {name: cost for name, cost in costs.items() if cost.megabytes > MOST_MEGABYTES} == {}


def report(costs: Mapping[str, Cost]) -> None:
    """Write down the ten that took longest, and the ten that took most memory."""
    slowest = sorted(costs.items(), key=lambda each: -each[1].seconds)[:10]
    hungriest = sorted(costs.items(), key=lambda each: -each[1].megabytes)[:10]
    lines = [f"{cost.seconds * 1000:6.0f} ms  {cost.megabytes:5.1f} MB  {name}" for name, cost in slowest + hungriest]
    REPORTS.mkdir(exist_ok=True)
    (REPORTS / "public_mail.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
