"""How fast mail is read and judged without a mailbox and a database, and how the time grows with the length of a body.

Run by `make bench`, or alone: `python -m tests.bench_reading`. Nothing is judged here, as in `tests.bench`.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Final

import mailparser

from mailreader.judging import Judge
from models.history import History
from models.letter import Letter
from models.register import RegisterExcerpt
from models.rules import Policy
from models.window import Window
from parsers.mail import parse_mail
from tests.corpora import corpus_accounts, corpus_reader, load_corpus
from tests.letters import make_letter

ROUNDS: Final = 3
SIZES: Final = (16_384, 65_536, 262_144, 1_048_576)
_RECEIVED: Final = datetime.fromisoformat("2026-11-20T12:00:00+05:00")
_SENTENCES: Final = """Здравствуйте, передаю показания за ноябрь: лицевой счёт 2621429, свет 73128, горячая вода 104.
Сәлеметсіз бе, жарық 5701, ыстық су 1326, дербес шот 5460332, көшемізде жаңа ағаштар отырғызылды, рақмет!
Hello, our electricity meter shows 25655 and the hot water one 705; we were away for two weeks in October.
Вчера приходил мастер, посмотрел трубы и сказал, что до весны можно ничего не менять, позвоните 8 701 555 12 34.
"""
BODIES: Final[Mapping[str, str]] = {
    "realistic text": _SENTENCES,
    "only digits": "1234567890",
    "only spaces": " ",
    "only line feeds": "\n",
    "opening brackets": "(",
    "pairs of brackets": "()",
    "1 1 1 1": "1 ",
    "a number a line": "12345\n",
    "one long word": "а",
    "many short words": "а ",
    "words with hyphens": "а-",
    "digits and letters": "1a",
    "quote marks": "> ",
    "lines of quote marks": "> свет 1\n",
    "commas": ",",
    "hyphens": "-",
    "one label": "свет ",
    "label and number": "свет 1 ",
}
"""What bodies are made of, again and again."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages per second on one core: read and judged from their text, and parsed by mail-parser from their bytes."""

    messages: int
    reading: float
    mail_parser: float

    @property
    def ratio(self) -> float:
        """How many times as fast as the yardstick reading is."""
        return self.reading / self.mail_parser


@dataclass(frozen=True, slots=True)
class Growth:
    """The seconds that bodies of each size take to be read."""

    name: str
    seconds: Sequence[float]

    @property
    def per_doubling(self) -> list[float]:
        """How many times as long twice the text takes, between each size and the next, which is two doublings."""
        return [math.sqrt(after / before) for before, after in pairwise(self.seconds)]


class Bench:
    """Reads and judges with the project's own words and the register of the corpora."""

    def __init__(self) -> None:
        """Compile the words."""
        self._reader = corpus_reader()
        self._judge = Judge(Window(), Policy())
        self._register = RegisterExcerpt.of(corpus_accounts())

    def rates(self) -> Rates:
        """Go through the corpus with both, a few times, and take the best time of each."""
        raws = [message.raw for message in load_corpus("corpus")]
        letters = [parse_mail(raw) for raw in raws]
        reading = _best(lambda: [self._verdict(letter) for letter in letters])
        parsing = _best(lambda: [mailparser.parse_from_bytes(raw) for raw in raws])
        return Rates(len(raws), len(raws) / reading, len(raws) / parsing)

    def growths(self) -> Iterator[Growth]:
        """Read bodies of each kind in each size."""
        for name, unit in BODIES.items():
            letters = [make_letter(plain=(unit * (size // len(unit.encode()) + 1))) for size in SIZES]
            yield Growth(name, [_best(partial(self._reader.statement, letter), rounds=1) for letter in letters])

    def _verdict(self, letter: Letter) -> object:
        statement = self._reader.statement(letter)
        return self._judge.judge(statement, _RECEIVED, letter.sender, self._register, History())


def _best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The shortest of a few times, in seconds of this process, so that what else the machine does counts less."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def show(rates: Rates, growths: Sequence[Growth]) -> None:
    """Print both tables."""
    print(f"{rates.messages} messages of the corpus, one core")
    print(f"{'text to verdict':<24}{rates.reading:>10.1f} messages/s")
    print(f"{'mail-parser':<24}{rates.mail_parser:>10.1f} messages/s")
    print(f"{'ratio':<24}{rates.ratio:>10.2f}\n")
    sizes = "".join(f"{size // 1024:>9} kB" for size in SIZES)
    print(f"{'a body of':<24}{sizes}   growth a doubling (linear: 2.0)")
    for growth in growths:
        seconds = "".join(f"{each * 1000:>9.1f} ms" for each in growth.seconds)
        print(f"{growth.name:<24}{seconds}   {'  '.join(f'{factor:>5.1f}' for factor in growth.per_doubling)}")


def main() -> None:
    """Measure and print."""
    bench = Bench()
    show(bench.rates(), list(bench.growths()))


if __name__ == "__main__":
    main()
