"""The child process that reads mail: bounded in memory, killed by its parent when it takes too long.

Started by `readers` as `python -m mailreader.reading_child FD MEGABYTES`; speaks over the socket FD: pickled lists of
raw mails come in, one pickled result a mail goes out, in their order. It knows no database and no network.
"""

import resource
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from config.words import load_languages, load_mail_marks
from mailreader.automatic import is_known_bounce
from mailreader.readers import ReadingFailed, ReadResult, WasRead
from parsers.reading import Reader

_MEGABYTE = 1024 * 1024


def main() -> None:
    """Read until the parent closes the socket."""
    descriptor, megabytes = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * _MEGABYTE, megabytes * _MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    reader = Reader(load_languages(), load_mail_marks())
    with Connection(descriptor) as parent, suppress(EOFError, ConnectionError, KeyboardInterrupt):
        while True:
            for raw in parent.recv():
                parent.send(_read(reader, raw))


def _read(reader: Reader, raw: bytes) -> ReadResult:
    try:
        return WasRead(reader.read(raw), is_known_bounce(raw))
    except MemoryError:
        return ReadingFailed("the reading took more memory than limits.read_memory_mb")
    except Exception as error:  # noqa: BLE001 -- a mail that breaks the reading is one mail in the operators' hands
        return ReadingFailed(f"{type(error).__name__} while reading")


if __name__ == "__main__":
    main()
