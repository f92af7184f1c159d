"""The journal of a run that takes long: a line a case, so that a run that was stopped goes on where it was."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_SOURCES: Final = ("mailreader", "parsers", "models", "config", "tests/torture", "tests/system", "tests/servers")


@dataclass(frozen=True, slots=True)
class Entry:
    """A case that was tried: the operations that were struck, what did not hold, replies that were left unknown."""

    kind: str
    case: str
    struck: int
    complaints: list[str]
    unknown: int
    seconds: float


@dataclass
class Journal:
    """The entries of one version of the source; `path` is a file of lines of JSON, which is begun anew for another."""

    path: Path
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, *, afresh: bool) -> "Journal":
        """Read what is there already, if it is of this source and is to be gone on with."""
        path.parent.mkdir(parents=True, exist_ok=True)
        source = fingerprint()
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if afresh or not lines or json.loads(lines[0]) != {"source": source}:
            path.write_text(json.dumps({"source": source}) + "\n", encoding="utf-8")
            return cls(path)
        found = [Entry(**json.loads(line)) for line in lines[1:] if line.endswith("}")]
        return cls(path, {(entry.kind, entry.case): entry for entry in found})

    def note(self, entry: Entry) -> None:
        """Write down a case."""
        self.entries[entry.kind, entry.case] = entry
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")


def fingerprint() -> str:
    """What tells one version of the source from another."""
    digest = hashlib.sha256()
    for path in sorted(_files()):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _files() -> Iterator[Path]:
    for folder in _SOURCES:
        for pattern in ("*.py", "*.toml"):
            yield from (ROOT / folder).rglob(pattern)
