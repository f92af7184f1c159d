"""Bombs: each costs at most its ceiling and the mail after it nothing; twice the size costs about twice the time."""

import time
from collections.abc import Iterator
from typing import Final

import pytest

from mailreader.bounces import is_known_bounce, read_failure
from mailreader.mailbox import Mailbox
from mailreader.readers import Readers, ReadingFailed, WasRead
from tests.corpora import corpus_reader
from tests.servers.scripted_imap import scripted_imap
from tests.threats.bombs import BOMBS, Bomb, mail, zipped

SECONDS: Final = 3.0
MEGABYTES: Final = 512
"""The ceilings: a third of the time that the settings allow, and all of the memory."""
SMALL: Final = 2_000
LARGE: Final = 2_000_000
LARGE_ONES: Final = ("digits", "attributes", "nested parts", "encoded words")
AFTER: Final = mail("л/с 0863576 свет 12345".encode(), headers=b"Subject: after\r\n")


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    """One reading process under the ceilings of the settings."""
    with Readers(1, seconds=SECONDS, megabytes=MEGABYTES) as readers:
        yield readers


@pytest.mark.parametrize("name", LARGE_ONES)
def test_bomb_has_one_result_within_its_ceiling_and_the_next_mail_is_read(name: str, readers: Readers) -> None:
    """Read, or given up; in any case not longer than a mail may take, and the next one is not even late."""
    results = readers.read([BOMBS[name](LARGE), AFTER])
    begun = time.monotonic()
    first = next(results)
    assert time.monotonic() - begun < 3 * SECONDS
    second = next(results)
    assert isinstance(first, WasRead | ReadingFailed)
    assert isinstance(second, WasRead)
    assert second.mail.letter.subject == "after"


def test_archive_is_never_opened(readers: Readers) -> None:
    """It is an attachment of its own size, whatever it would become."""
    raw = zipped(20_000)
    (read,) = readers.read([raw])
    assert isinstance(read, WasRead)
    (attachment,) = read.mail.letter.attachments
    assert attachment.size < len(raw) < 100_000


def cost(raw: bytes) -> float:
    """Seconds of the processor for all that a reading process does with a mail."""
    begun = time.process_time()
    corpus_reader().read(raw)
    is_known_bounce(raw)
    read_failure(raw)
    return time.process_time() - begun


def doubles(bomb: Bomb, size: int) -> bool:
    """Whether twice the size takes about twice the time: quadratic code takes four times as long."""
    return cost(bomb(2 * size)) < 3 * cost(bomb(size)) + 0.1


@pytest.mark.parametrize("name", BOMBS)
def test_twice_the_size_takes_about_twice_the_time(name: str) -> None:
    """What looks otherwise is measured again: the first time may have made something, and this machine has others."""
    assert doubles(BOMBS[name], SMALL) or doubles(BOMBS[name], SMALL) or doubles(BOMBS[name], 2 * SMALL)


@pytest.mark.parametrize("depth", [20, 5_000])
def test_large_mail_of_any_depth_is_fetched_by_its_structure(depth: int) -> None:
    """What the client's parser cannot hold costs one mail its parts, and the mailbox nothing."""
    structure = b"(" * depth + b'"text" "plain" NIL NIL NIL "7bit" 1 1' + b' "mixed")' * depth
    begin = b"* 1 FETCH (UID 1 "
    script = (
        (r"UID SEARCH", b"* SEARCH 1\r\n{tag} OK done\r\n"),
        (
            r"RFC822\.SIZE",
            begin + b'RFC822.SIZE 99999999 INTERNALDATE "20-Nov-2026 14:05:00 +0500")\r\n{tag} OK done\r\n',
        ),
        (r"BODYSTRUCTURE", begin + b"BODYSTRUCTURE " + structure + b")\r\n{tag} OK done\r\n"),
        (r"HEADER", begin + b"BODY[HEADER]<0> {17}\r\nSubject: deep\r\n\r\n)\r\n{tag} OK done\r\n"),
        (r"TEXT", begin + b"BODY[TEXT]<0> {8}\r\nlight 5\n)\r\n{tag} OK done\r\n"),
    )
    with scripted_imap(*script) as server, Mailbox(server.access(oversize_bytes=1_000)) as mailbox:
        mailbox.connect()
        mailbox.select()
        ((fetched,),) = mailbox.fetch(mailbox.new_uids(0))
    assert fetched.raw is not None
    assert fetched.raw.startswith(b"Subject: deep\r\n")
