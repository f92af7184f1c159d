"""The child process that reads mail: bounded in memory and processor time, killed by its parent when it takes too long.

Started by `readers` as `python -m mailreader.reading_child FD MEGABYTES SECONDS [tokens]`; speaks over the socket FD.
First it sends None: it is ready. Then pickled lists of raw mails come in and one pickled result a mail goes out, in
their order; with `tokens` as they were read, for `explain`. It knows no database and no network.
"""

import math
import resource
import signal
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Final

from config.words import load_languages, load_mail_marks
from mailreader.bounces import is_known_bounce, read_failure
from mailreader.readers import TOKENS, ReadingFailed, ReadResult, WasRead
from parsers.reading import Reader

_MEGABYTE: Final = 1024 * 1024
_BOUNCE_BYTES: Final = 256_000
"""How far a mail is searched for the words of a bounce: they stand before what is returned."""


def main() -> None:
    """Read until the parent closes the socket; signals to stop are the parent's business."""
    for ignored in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    descriptor, megabytes, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * _MEGABYTE, megabytes * _MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    reader = Reader(load_languages(), load_mail_marks(), keep_tokens=TOKENS in sys.argv[4:])
    with Connection(descriptor) as parent, suppress(EOFError, ConnectionError):
        parent.send(None)
        while True:
            for raw in parent.recv():
                _allow(seconds)
                parent.send(_read(reader, raw))


def _allow(seconds: float) -> None:
    """Let the process use `seconds` more of the processor: it ends by itself even where no parent lives to kill it."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds) + 1, most))


def _read(reader: Reader, raw: bytes) -> ReadResult:
    try:
        head = raw[:_BOUNCE_BYTES]
        return WasRead(reader.read(raw), is_known_bounce(head), read_failure(head))
    except MemoryError:
        return ReadingFailed("the reading took more memory than limits.read_memory_mb")
    except Exception as error:  # noqa: BLE001 -- a mail that breaks the reading is one mail in the operators' hands
        return ReadingFailed(f"{type(error).__name__} while reading")


if __name__ == "__main__":
    main()
