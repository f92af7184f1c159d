"""The corpora of the project, judged message by message from their bytes; none knows of the others."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from email.utils import parseaddr
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from config.automatic import load_automatic_subjects
from config.words import load_languages, load_mail_marks
from fixtures.make_mail import OUR_ADDRESS, OUR_SERVER
from mailreader.automatic import AutomaticRules
from mailreader.bounces import is_known_bounce
from mailreader.case import Case
from mailreader.judging import Judge
from mailreader.readers import WasRead
from mailreader.register_file import load_register
from models.catalogue import UNDECIDED, Outcome, ReadingStatus
from models.history import History
from models.register import Account, RegisterExcerpt
from models.rules import Policy
from models.verdict import Verdict
from models.window import Window
from parsers.reading import Reader, ReadMail

FIXTURES = Path(__file__).parents[1] / "fixtures"
_KEPT = 512
"""More than a corpus has: under the next register its mail is not read again."""
REPORTS = Path(__file__).parents[1] / "reports"

Register = Callable[[frozenset[str], str | None], RegisterExcerpt]
"""What a message can concern, by its identifiers and its sender."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a corpus as it came, with its right verdict."""

    id: str
    raw: bytes
    right: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """One message with the verdict that it got."""

    message: Message
    verdict: Verdict

    @property
    def recorded(self) -> list[str]:
        """The readings that were recorded, each in one line."""
        return recorded_by(self.verdict)

    @property
    def due(self) -> list[str]:
        """The readings that are to be recorded; a verdict names the serial where the account has several meters."""
        return sorted(
            _line(due["account"], due["service"], due["zone"], due.get("serial", _only_serial(due)), due["value"])
            for due in self.message.right["recorded"]
        )

    @property
    def wrong(self) -> list[str]:
        """The readings that were recorded and must not be."""
        return list((Counter(self.recorded) - Counter(self.due)).elements())

    @property
    def faults(self) -> dict[str, tuple[object, object]]:
        """What is not as it must be: the name of the part, what it is, what it must be."""
        right, verdict = self.message.right, self.verdict
        language = verdict.language or UNDECIDED
        parts: dict[str, tuple[object, object]] = {
            "outcome": (verdict.outcome.value, right["outcome"]),
            "recorded": (self.recorded, self.due),
            "reasons": (sorted(map(str, verdict.reasons)), sorted(right["reasons"])),
            "request": (verdict.request and verdict.request.value, right["request"]),
        }
        if right["language"] != "any" and verdict.outcome is not Outcome.IGNORED:
            parts["language"] = (language, right["language"])
        return {name: (found, wanted) for name, (found, wanted) in parts.items() if found != wanted}


def load_corpus(name: str) -> Iterator[Message]:
    """The messages of a corpus folder, in the order of its verdicts."""
    for line in (FIXTURES / name / "verdicts.jsonl").read_text(encoding="utf-8").splitlines():
        right = json.loads(line)
        yield Message(right["id"], (FIXTURES / name / "mail" / f"{right['id']}.eml").read_bytes(), right)


@cache
def corpus_accounts() -> tuple[Account, ...]:
    """The accounts that all corpora are judged against."""
    return tuple(load_register(FIXTURES / "corpus" / "register.csv"))


def small_register(_identifiers: frozenset[str], _sender: str | None) -> RegisterExcerpt:
    """The register of the corpora, whole, whatever the message asks for."""
    return RegisterExcerpt.of(corpus_accounts())


@cache
def sources() -> tuple[Mapping[str, Any], ...]:
    """What was typed in all corpora: the entries that their mail is made of."""
    return tuple(
        entry
        for folder in sorted(FIXTURES.glob("*/messages.yaml"))
        for entry in yaml.safe_load(folder.read_text(encoding="utf-8"))
    )


def judge_corpus(name: str, register: Register) -> list[Judged]:
    """Judge every message of a corpus."""
    return [Judged(message, judge_mail(message.raw, register)) for message in load_corpus(name)]


def recorded_by(verdict: Verdict) -> list[str]:
    """The readings that a verdict records, each as account, service, zone, serial and value."""
    return sorted(
        _line(reading.account, reading.service, reading.zone, reading.serial, reading.value)
        for reading in verdict.readings
        if reading.status is ReadingStatus.RECORDED
    )


@cache
def corpus_reader() -> Reader:
    """The reader with the project's own languages."""
    return Reader(load_languages(), load_mail_marks())


@lru_cache(maxsize=_KEPT)
def _read(raw: bytes) -> ReadMail:
    return corpus_reader().read(raw)


def judge_mail(raw: bytes, register: Register = small_register) -> Verdict:
    """Judge one mail from its bytes."""
    read = _read(raw)
    received = read.letter.received or read.letter.date
    assert received is not None, raw[:500]
    case = Case.of(WasRead(read, is_known_bounce(raw)), received, mail_rules())
    return case.verdict(Judge(Window(), Policy()), register(case.identifiers, case.sender), History())


@cache
def mail_rules() -> AutomaticRules:
    """The rules of automatic mail, with our own address of the corpora."""
    own = frozenset({parseaddr(OUR_ADDRESS)[1].lower()})
    return AutomaticRules(own, OUR_SERVER, load_automatic_subjects(load_mail_marks()))


def _line(*parts: str | None) -> str:
    """A reading in one line; equal values are written alike."""
    *meter, value = parts
    return " ".join(str(part) for part in meter) + f" {Decimal(value or 0).normalize():f}"


def _only_serial(due: Mapping[str, str]) -> str | None:
    """The serial of the one meter that an account has for a service."""
    account = next(account for account in corpus_accounts() if account.number == due["account"])
    serials = {meter.serial for meter in account.registers if meter.service == due["service"]}
    return serials.pop() if len(serials) == 1 else None


def write_report(name: str, judged: Sequence[Judged]) -> Path:
    """Write the rates by language and by reason, and every fault, to a file under `reports`."""
    lines = [f"{name}: {_rate(judged)}", "", "by language"]
    lines += _rates((each, [each.message.right["language"]]) for each in judged)
    lines += ["", "by reason (or outcome, where there is none)"]
    lines += _rates((each, each.message.right["reasons"] or [each.message.right["outcome"]]) for each in judged)
    lines += ["", "faults"]
    for each in judged:
        lines += [f"  {each.message.id} {part}: {is_}, not {must}" for part, (is_, must) in each.faults.items()]
    REPORTS.mkdir(exist_ok=True)
    path = REPORTS / f"{name}.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _rates(keyed: Iterator[tuple[Judged, Sequence[str]]]) -> list[str]:
    groups: dict[str, list[Judged]] = {}
    for each, keys in keyed:
        for key in keys:
            groups.setdefault(key, []).append(each)
    return [f"  {key:24}{_rate(groups[key])}" for key in sorted(groups)]


def _rate(judged: Sequence[Judged]) -> str:
    right = sum(not each.faults for each in judged)
    return f"{right} of {len(judged)} right ({right / len(judged):.1%})"
