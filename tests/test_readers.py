"""Reading processes: results belong to their mails, and whatever befalls a process costs one mail."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailreader.readers import NoReader, Readers, ReadingFailed, ReadResult, WasRead


def mail(name: str, text: str = "Свет 12345") -> bytes:
    """A mail that is known by its subject."""
    return f"From: a@mail.example\r\nSubject: {name}\r\n\r\n{text}\r\n".encode()


def subject(result: ReadResult) -> str:
    """The name of the mail that was read."""
    assert isinstance(result, WasRead), result
    return result.mail.letter.subject


def process_ids(readers: Readers) -> list[int]:
    """The children as they are."""
    return [child.process.pid for child in readers._children]


@pytest.fixture
def readers() -> Iterator[Readers]:
    """One child with little patience, which has come up."""
    with Readers(1, seconds=2.0, megabytes=512) as readers:
        assert [subject(result) for result in readers.read([mail("first")])] == ["first"]
        yield readers


def test_results_come_in_the_order_of_the_mails() -> None:
    """However many children share the work."""
    names = [str(number) for number in range(60)]
    with Readers(2, seconds=10, megabytes=512) as readers:
        assert [subject(result) for result in readers.read([mail(name) for name in names])] == names


def test_read_that_was_broken_off_leaves_nothing_for_the_next(readers: Readers) -> None:
    """What the child still owed is not taken for another mail's result."""
    begun = readers.read([mail("a"), mail("b"), mail("c")])
    assert subject(next(begun)) == "a"
    del begun
    assert [subject(result) for result in readers.read([mail("d"), mail("e")])] == ["d", "e"]


def test_read_that_was_broken_off_and_ends_late_takes_nothing_from_the_next(readers: Readers) -> None:
    """The garbage collector may end it in the middle of the next one, which would then wait for ever."""
    broken_off = readers.read([mail("a"), mail("b")])
    assert subject(next(broken_off)) == "a"
    following = readers.read([mail("c"), mail("d"), mail("e")])
    assert subject(next(following)) == "c"
    del broken_off
    assert [subject(result) for result in following] == ["d", "e"]


def test_child_that_hangs_costs_the_mail_that_it_was_at(readers: Readers) -> None:
    """The others that it was given are read by the next child."""
    (hanging,) = process_ids(readers)
    os.kill(hanging, signal.SIGSTOP)
    first, second = readers.read([mail("a"), mail("b")])
    assert (first, subject(second)) == (ReadingFailed("no result within 2 s"), "b")
    assert hanging not in process_ids(readers)


def test_child_that_died_while_idle_costs_nothing(readers: Readers) -> None:
    """No mail was its undoing: all are read by the next child."""
    (dead,) = process_ids(readers)
    os.kill(dead, signal.SIGKILL)
    os.waitid(os.P_PID, dead, os.WEXITED | os.WNOWAIT)
    assert [subject(result) for result in readers.read([mail("a"), mail("b")])] == ["a", "b"]


def test_mail_that_takes_too_much_memory_fails_by_itself() -> None:
    """The next one is read."""
    with Readers(1, seconds=60, megabytes=200) as readers:
        bomb = mail("bomb", "<b>" * 8_000_000).replace(b"\r\n\r\n", b"\r\nContent-Type: text/html\r\n\r\n", 1)
        first, second = readers.read([bomb * 2, mail("after")])
        assert isinstance(first, ReadingFailed)
        assert subject(second) == "after"


def test_child_that_does_not_come_up_is_no_mails_fault() -> None:
    """Too little memory to begin with: nothing is said about the mail, and no process stays."""
    with Readers(1, seconds=10, megabytes=16) as readers:
        with pytest.raises(NoReader):
            list(readers.read([mail("a")]))
        assert process_ids(readers) == []


def test_signals_to_stop_are_left_to_the_parent(readers: Readers) -> None:
    """A stop of the whole service does not make good mail look hostile."""
    before = process_ids(readers)
    for asked in (signal.SIGTERM, signal.SIGINT):
        os.kill(before[0], asked)
    assert [subject(result) for result in readers.read([mail("a")])] == ["a"]
    assert process_ids(readers) == before


def test_children_hold_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads hostile mail does not have the passwords in its environment."""
    monkeypatch.setenv("MAILREADER_SMTP__PASSWORD", "canary")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/canary")
    with Readers(1, seconds=10, megabytes=512) as readers:
        assert [subject(result) for result in readers.read([mail("a")])] == ["a"]
        (child,) = process_ids(readers)
        assert b"canary" not in Path(f"/proc/{child}/environ").read_bytes()


def test_child_uses_no_more_of_the_processor_than_it_may(readers: Readers) -> None:
    """An orphan that reads for ever would end by itself."""
    (child,) = process_ids(readers)
    (line,) = [line for line in Path(f"/proc/{child}/limits").read_text().splitlines() if "cpu time" in line]
    assert int(line.split()[3]) <= 10


def test_largest_mail_is_read_within_the_memory_of_the_settings() -> None:
    """Of a larger one than this only the text is fetched."""
    lines = ("QUJD" * 19 + "\r\n") * 440_000
    with Readers(1, seconds=60, megabytes=512) as readers:
        head = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        (result,) = readers.read([mail("large", lines).replace(b"\r\n\r\n", f"\r\n{head}\r\n".encode(), 1)])
        assert subject(result) == "large"
