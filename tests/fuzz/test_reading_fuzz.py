"""Whatever is made up of mail and text, it is read within its ceilings, and what is read and judged holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given

from mailreader.readers import Readers, WasRead
from tests.corpora import corpus_reader
from tests.fuzz import guided, seeds
from tests.fuzz.profiles import fuzzing
from tests.fuzz.strategies import damaged_mail, made_mail, texts
from tests.fuzz.targets import TARGETS, fuzz_text, judge

SECONDS = 5.0
MEGABYTES = 256
"""A quarter of what the settings allow: these mails are small."""


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    """A real reading process with its limits of time and memory."""
    with Readers(1, seconds=SECONDS, megabytes=MEGABYTES) as readers:
        yield readers


def read_within_limits(readers: Readers, raw: bytes) -> None:
    """Read in the process with limits, and here once more: the same, and all that is said of it holds."""
    (result,) = readers.read([raw])
    assert isinstance(result, WasRead), result
    assert result.mail == corpus_reader().read(raw)
    judge(result.mail, known_bounce=result.known_bounce)


@given(raw=made_mail())
@fuzzing(25)
def test_mail_of_any_parts_is_read_within_its_ceilings_and_gets_one_outcome(readers: Readers, raw: bytes) -> None:
    """Trees of parts, broken boundaries, wrong encodings and charsets, odd folding."""
    read_within_limits(readers, raw)


@given(raw=damaged_mail())
@fuzzing(25)
def test_mail_that_is_damaged_is_read_within_its_ceilings_and_gets_one_outcome(readers: Readers, raw: bytes) -> None:
    """Cut anywhere, two glued together, spliced, octets changed, other line ends."""
    read_within_limits(readers, raw)


@given(subject=texts(), body=texts())
@fuzzing(50)
def test_text_of_any_kind_gets_a_statement_and_a_verdict_that_hold(subject: str, body: str) -> None:
    """Splices of what customers write, soups of numbers, tables, quotes."""
    fuzz_text(f"{' '.join(subject.split())}\n{body}".encode("utf-8", "replace"))


def test_every_target_can_be_asked_for() -> None:
    """The fuzzer names them itself: it imports nothing of ours before it watches what is imported."""
    assert set(guided.NAMES) == set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_what_the_guided_fuzzer_begins_with_breaks_no_target(name: str, tmp_path: Path) -> None:
    """The targets are what `make fuzz` runs; here a few of their seeds go through each."""
    files = [file for folder in seeds.folders(name, tmp_path) for file in sorted(folder.rglob("*")) if file.is_file()]
    assert files
    for file in files[:: len(files) // 8 + 1]:
        TARGETS[name](file.read_bytes())
