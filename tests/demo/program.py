"""The demonstration as a process of its own, and what it printed, read back."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_HEADING: Final = re.compile(r"^\d+  .*<(?P<sender>\S+)> [─-]+$", re.MULTILINE)
_OUTCOME: Final = re.compile(r"^Outcome: (.+)$", re.MULTILINE)
_READING: Final = re.compile(r"^    (recorded|rejected|review) +(\S.*)$", re.MULTILINE)
_PASSED_ON: Final = ("PATH", "HOME", "LANG")


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as it was shown."""

    sender: str
    outcome: str
    readings: tuple[str, ...]
    answered: bool


def start_demo(temporary: Path, *, once: bool, **environ: str) -> subprocess.Popen[str]:
    """Start it with `temporary` for temporary files, in a process group of its own, away from any terminal."""
    program = f"from mailreader.demo import run_demo; raise SystemExit(run_demo(once={once}))"
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-X", "dev", "-c", program],
        cwd=ROOT,
        env={**passed_on, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "PYTHONIOENCODING": "utf-8", **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def read_shown(output: str) -> list[Shown]:
    """Read the messages back from what was printed."""
    headings = list(_HEADING.finditer(output))
    ends = [heading.start() for heading in headings[1:]] + [len(output)]
    return [_shown(heading["sender"], output[heading.end() : end]) for heading, end in zip(headings, ends, strict=True)]


def _shown(sender: str, block: str) -> Shown:
    said = _OUTCOME.search(block)
    readings = tuple(" ".join(reading[0].split()) for reading in _READING.finditer(block))
    return Shown(sender, said[1] if said else "", readings, "\nAnswer: " in block)
