"""Fuzzing that is guided by coverage: inputs are made up, and kept where they reach what none reached before.

`python -m tests.fuzz.guided [--seconds N] [TARGET...]` fuzzes each target in a process of its own, with a ceiling of
time for each input and of memory in all; what breaks is written to `reports/fuzz`, with the command that runs it again:
`python -m tests.fuzz.guided TARGET --again FILE`. Nothing of ours is imported before the fuzzer has its hands on it.
"""

import argparse
import importlib
import importlib.util
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
_REPORTS: Final = _ROOT / "reports" / "fuzz"
_GUIDED: Final = ["parsers", "mailreader", "models", "email", "mailparser", "flufl", "authres", "imapclient"]
"""What coverage is watched of: our own code, and that of others which hostile bytes reach."""
NAMES: Final = ("mime", "html", "text", "mail", "envelope", "headers", "authentication", "bounces", "structure")
_INPUT_SECONDS: Final = 5.0
"""Of the processor, for one input; the watch over the code makes everything several times slower."""
_HANG_SECONDS: Final = 30
_MEGABYTES: Final = 3000
_LONGEST: Final = 10_000
_FIGURES: Final = re.compile(r"#(\d+)\s.*cov: (\d+) ft: (\d+)")
_NOT_HERE: Final = "fuzz: there is no atheris here; it has wheels for Linux on x86-64 (requirements/fuzz.txt)"


class TooSlow(Exception):
    """An input took longer than any may."""


def _target(name: str) -> Callable[[bytes], None]:
    target: Callable[[bytes], None] = importlib.import_module("tests.fuzz.targets").TARGETS[name]
    return target


def run_again(name: str, file: Path) -> None:
    """Run a target over one input, without a guide; raises what breaks."""
    begun = time.process_time()
    _target(name)(file.read_bytes())
    print(f"{name}: nothing broke within {time.process_time() - begun:.2f} s")


def work(name: str, arguments: list[str]) -> None:
    """Fuzz one target until libFuzzer ends this process."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=_GUIDED):
        target = _target(name)

    def run(raw: bytes) -> None:
        begun = time.process_time()
        target(raw)
        if time.process_time() - begun > _INPUT_SECONDS:
            raise TooSlow(f"{time.process_time() - begun:.1f} s for {len(raw)} bytes")

    atheris.Setup([name, *arguments], run)
    atheris.Fuzz()


def fuzz(name: str, seconds: int) -> bool:
    """Fuzz one target in a process of its own; say what came of it, and return whether nothing broke."""
    corpus, log = _REPORTS / "corpus" / name, _REPORTS / f"{name}.log"
    corpus.mkdir(parents=True, exist_ok=True)
    for old in _REPORTS.glob(f"{name}-*"):
        old.unlink()
    seeds = importlib.import_module("tests.fuzz.seeds")
    limits = [f"-max_total_time={seconds}", f"-timeout={_HANG_SECONDS}", f"-rss_limit_mb={_MEGABYTES}"]
    folders = [str(corpus), *map(str, seeds.folders(name, _REPORTS / "seeds"))]
    options = [f"-max_len={_LONGEST}", f"-artifact_prefix={_REPORTS}/{name}-", f"-dict={seeds.dictionary(_REPORTS)}"]
    command = [sys.executable, "-m", "tests.fuzz.guided", name, "--work", *limits, *options, *folders]
    with log.open("wb") as told:
        ended = subprocess.run(command, cwd=_ROOT, stdout=told, stderr=subprocess.STDOUT, check=False)
    figures = _FIGURES.findall(log.read_text(encoding="utf-8", errors="replace"))
    runs, covered, features = figures[-1] if figures else ("0", "0", "0")
    print(f"{name}: {runs} inputs, {covered} places and {features} features of the code reached", flush=True)
    for found in sorted(_REPORTS.glob(f"{name}-*")):
        again = f"python -m tests.fuzz.guided {name} --again {found.relative_to(_ROOT)}"
        found.with_suffix(".command").write_text(f"{again}\n", encoding="utf-8")
        print(f"{name}: BROKE, see {log.relative_to(_ROOT)}; again: {again}")
    return ended.returncode == 0


def main() -> int:
    """Fuzz what is asked for; 1 where something broke."""
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz.guided", description=__doc__)
    arguments.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(NAMES)}; none: all")
    arguments.add_argument("--seconds", type=int, default=60, help="how long each target is fuzzed")
    arguments.add_argument("--again", type=Path, metavar="FILE", help="run the target over this input alone")
    arguments.add_argument("--work", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    targets: list[str] = asked.targets or list(NAMES)
    if unknown := set(targets) - set(NAMES):
        arguments.error(f"no such target: {', '.join(sorted(unknown))}")
    if asked.work is not None:
        work(targets[0], asked.work)
    if asked.again is not None:
        run_again(targets[0], asked.again)
        return 0
    if importlib.util.find_spec("atheris") is None:
        print(_NOT_HERE, file=sys.stderr)
        return 1
    broken = [target for target in targets if not fuzz(target, asked.seconds)]
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
