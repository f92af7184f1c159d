"""The mail of public test suites, with its class: what must never be answered, and the rest."""

from csv import DictReader
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "fixtures" / "mime"
NEVER_ANSWER: Final = "never-answer"
ORDINARY: Final = "ordinary"


@dataclass(frozen=True, slots=True)
class PublicMail:
    """One file as it is listed: `name` is SOURCE/FILE, `kind` its class, `why` what shows that, empty for people's."""

    name: str
    kind: str
    why: str

    @property
    def raw(self) -> bytes:
        """Its bytes."""
        return (FOLDER / self.name).read_bytes()

    @property
    def is_never_answered(self) -> bool:
        """Whether a machine wrote it, or sent it on to many."""
        return self.kind == NEVER_ANSWER


@cache
def public_mail() -> tuple[PublicMail, ...]:
    """All of it, in the order of the list."""
    with (FOLDER / "classes.tsv").open(encoding="utf-8", newline="") as lines:
        return tuple(PublicMail(line["file"], line["class"], line["why"]) for line in DictReader(lines, delimiter="\t"))


def addressed_to(address: str, raw: bytes) -> bytes:
    """The same mail as a server hands it over that delivered it to an address; a line of an mbox stays the first."""
    line, end = b"Delivered-To: " + address.encode() + b"\n", raw.find(b"\n") + 1
    begin = end if raw.startswith(b"From ") else 0
    return raw[:begin] + line + raw[begin:]
