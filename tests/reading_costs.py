"""What the reading of a mail costs the child process that does it, as the kernel counts it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mailreader.readers import Readers, ReadResult

_RESET_PEAK: Final = "5"
_KILOBYTES: Final = 1024
_MEGABYTE: Final = 1_000_000
_NANOSECOND: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Cost:
    """Time on a processor, in seconds, and what the process grew by at its peak, in megabytes."""

    seconds: float
    megabytes: float


def read_one_by_one(mails: Sequence[bytes], *, seconds: float, megabytes: int) -> Iterator[tuple[ReadResult, Cost]]:
    """Read each mail alone, in one child under these limits."""
    with Readers(1, seconds=seconds, megabytes=megabytes) as readers:
        list(readers.read([b""]))
        for mail in mails:
            process = Path(f"/proc/{readers._children[0].process.pid}")
            (process / "clear_refs").write_text(_RESET_PEAK, encoding="ascii")
            before, begun = _peak(process), _time(process)
            (result,) = readers.read([mail])
            yield result, Cost(_time(process) - begun, _peak(process) - before)


def _time(process: Path) -> float:
    return int((process / "schedstat").read_text(encoding="ascii").split()[0]) * _NANOSECOND


def _peak(process: Path) -> float:
    lines = (process / "status").read_text(encoding="utf-8").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(peak) * _KILOBYTES / _MEGABYTE
