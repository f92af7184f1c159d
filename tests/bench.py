"""Messages per second on one mailbox of a real Dovecot: bare fetch, fetch and mail-parser, the whole way.

`python -m tests.bench [--messages N] [--json] [--profile]`: what is measured depends on the machine and on what else it
does, so nothing is judged here; the ratios say how far the whole way is from what fetching and parsing cost anyway.
"""

import argparse
import cProfile
import json
import logging
import os
import pstats
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import mailparser
import structlog
from imapclient import IMAPClient

from mailreader.intake import Handling
from mailreader.store import upgrade
from tests import bench_reading
from tests.servers.certificate import make_certificate
from tests.servers.dovecot import running_dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.system.site import Site

CORPUS: Final = Path(__file__).parents[1] / "fixtures" / "corpus" / "mail"
USER: Final = "bench"
AT_ONCE: Final = 500
_MESSAGE_ID: Final = re.compile(rb"^Message-ID:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Measured:
    """One way of going through all messages, and the seconds that it took."""

    name: str
    messages: int
    seconds: float

    @property
    def rate(self) -> float:
        """Messages per second."""
        return self.messages / self.seconds


def make_messages(count: int) -> Iterator[bytes]:
    """Mail of the corpus again and again, each with a Message-ID of its own."""
    samples = [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]
    for number in range(count):
        name = b"Message-ID: <bench.%d@mail.example>\r\n" % number
        yield name + _MESSAGE_ID.sub(b"", samples[number % len(samples)], count=1)


@contextmanager
def prepared_site(messages: Sequence[bytes]) -> Iterator[Site]:
    """A site whose mailbox holds the messages; answers are composed and queued, and none is sent."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        running_dovecot(make_certificate(Path(name))) as dovecot,
    ):
        url = f"sqlite:///{Path(name) / 'mailreader.db'}"
        upgrade(url)
        site = Site(dovecot, USER, SmtpSink(port=25), Path(name), url)
        site.changes["answers"] = {"enabled": False}
        site.changes["limits"] = {"readers": 0}
        site.prepare()
        with dovecot.client(USER) as client:
            for message in messages:
                client.append("INBOX", message, msg_time=site.clock())
        yield site


def bodies(client: IMAPClient) -> Iterator[bytes]:
    """Every message of the folder, fetched in big batches."""
    uids = client.search("ALL")
    for begin in range(0, len(uids), AT_ONCE):
        answer = client.fetch(uids[begin : begin + AT_ONCE], [b"BODY.PEEK[]"])
        yield from (items[b"BODY[]"] for items in answer.values())


def fetch(site: Site) -> int:
    """Fetch all messages, and nothing else."""
    with site.dovecot.client(USER) as client:
        return sum(1 for _ in bodies(client))


def fetch_and_parse(site: Site) -> int:
    """Fetch all messages, and have mail-parser parse each."""
    with site.dovecot.client(USER) as client:
        return sum(1 for raw in bodies(client) if mailparser.parse_from_bytes(raw) is not None)


def whole_way(site: Site) -> int:
    """Fetched, stored, read, judged, recorded, answer composed and queued, filed."""
    with site.store() as store, site.app.pipeline(store, of_files=False) as pipeline:
        (task,) = site.app._tasks(store, Handling(pipeline, site.clock, lambda _handled: None))
        with closing(task.intake):
            done = [task.intake.run()]
            while done[-1].more:
                done.append(task.intake.run())
    assert sum(each.filed for each in done) == sum(each.handled for each in done)
    return sum(each.handled for each in done)


def measure(name: str, way: Callable[[Site], int], site: Site, expected: int) -> Measured:
    """Go one way, and see that it led through all messages."""
    begun = time.perf_counter()
    messages = way(site)
    seconds = time.perf_counter() - begun
    assert messages == expected, f"{name}: {messages} of {expected} messages"
    return Measured(name, messages, seconds)


def show(measured: Sequence[Measured], *, as_json: bool) -> None:
    """Print the table, or one JSON object."""
    bare, parsed, whole = measured
    ratios = {"whole/parsed": whole.rate / parsed.rate, "whole/bare": whole.rate / bare.rate}
    if as_json:
        rates = {each.name: round(each.rate, 1) for each in measured}
        cores = len(os.sched_getaffinity(0))
        facts = {"messages": whole.messages, "cores": cores, "per_second": rates}
        print(json.dumps({**facts, "ratios": {name: round(ratio, 3) for name, ratio in ratios.items()}}))
        return
    print(f"{whole.messages} messages, {len(os.sched_getaffinity(0))} cores")
    for each in measured:
        print(f"{each.name:<24}{each.seconds:>8.2f} s{each.rate:>10.1f} messages/s")
    for name, ratio in ratios.items():
        print(f"{name:<24}{ratio:>20.3f}")


def main() -> None:
    """Measure the three ways in one run; then, where people read it, reading alone."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=2000)
    options.add_argument("--json", action="store_true")
    options.add_argument("--profile", action="store_true", help="say where the time of the whole way goes")
    chosen = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with prepared_site(list(make_messages(chosen.messages))) as site:
        fetch(site)  # the files are then in memory for all three
        measured = [measure("bare fetch", fetch, site, chosen.messages)]
        measured.append(measure("fetch and mail-parser", fetch_and_parse, site, chosen.messages))
        profile = cProfile.Profile()
        if chosen.profile:
            profile.enable()
        measured.append(measure("the whole way", whole_way, site, chosen.messages))
        profile.disable()
    show(measured, as_json=chosen.json)
    if not chosen.json:
        bench_reading.main()
    if chosen.profile:
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(70)


if __name__ == "__main__":
    main()
