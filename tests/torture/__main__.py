"""All the faults: `python -m tests.torture [--database sqlite|postgresql] [--afresh]`.

It can be stopped at any time; started again on the same source, it goes on where it was.
"""

import argparse
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from tests.databases import KINDS
from tests.torture.faults import Fault
from tests.torture.ground import Ground, torture_ground
from tests.torture.journal import ROOT, Entry, Journal
from tests.torture.kills import kill_plans, run_killed
from tests.torture.network import network_cases, run_in_trouble
from tests.torture.oracle import Complaint, Wrong
from tests.torture.plans import SERIES, in_recovery, undisturbed, written
from tests.torture.world import Outcome, World

REPORTS: Final = ROOT / "reports" / "torture"
IN_PROCESS: Final = "in-process"
KILLED: Final = "killed"
IN_TROUBLE: Final = "in trouble"
_GROUPS: Final = {
    IN_PROCESS: "faults injected in-process",
    KILLED: "kills of the real process",
    IN_TROUBLE: "broken connections of the real process",
}
_TOLD_EVERY: Final = 50


@dataclass(frozen=True, slots=True)
class Torture:
    """Everything that is done to the program on one kind of database."""

    kind: str
    ground: Ground
    journal: Journal

    def run(self, options: argparse.Namespace) -> None:
        """Try every operation in turn, then faults in recovery, deaths of the real process, a network in trouble."""
        counts = undisturbed(self.ground)
        for seam, when, lasting in SERIES:
            for number in range(1, 2 * counts[seam]):
                plan = (Fault(seam, when, number, lasting),)
                if not self._try(IN_PROCESS, written(plan), partial(World.run, plan=plan)).struck:
                    break
        for recovery in in_recovery(counts, options.recoveries):
            self._try(IN_PROCESS, written(recovery), partial(World.run, plan=recovery))
        for points in kill_plans(counts, options.kills):
            self._try(KILLED, ", ".join(points), partial(run_killed, points=points))
        for case in network_cases(options.networks):
            self._try(IN_TROUBLE, str(case), partial(run_in_trouble, case=case))

    def _try(self, kind: str, case: str, run: Callable[[World], Outcome]) -> Entry:
        """Try a case, unless it was tried before."""
        if (kind, case) in self.journal.entries:
            return self.journal.entries[kind, case]
        begun = time.monotonic()
        with self.ground.world() as world:
            try:
                outcome = run(world)
            except Exception as broken:  # noqa: BLE001 -- what breaks the program is what is looked for
                outcome = Outcome(1, [Complaint(Wrong.BROKEN, f"{type(broken).__name__}: {broken}"[:300])])
        seconds = round(time.monotonic() - begun, 2)
        entry = Entry(kind, case, outcome.struck, list(map(str, outcome.complaints)), outcome.unknown, seconds)
        self.journal.note(entry)
        self._tell(entry)
        return entry

    def _tell(self, entry: Entry) -> None:
        for complaint in entry.complaints:
            print(f"{self.kind}: {entry.case}: {complaint}", flush=True)
        if len(self.journal.entries) % _TOLD_EVERY == 0:
            print(f"{self.kind}: {len(self.journal.entries)} cases, now at {entry.case}", file=sys.stderr, flush=True)


def summed_up(kind: str, journal: Journal) -> Iterator[str]:
    """The lines of the end."""
    entries = list(journal.entries.values())
    for group, name in _GROUPS.items():
        of_group = [entry for entry in entries if entry.kind == group]
        struck = sum(entry.struck for entry in of_group)
        survived = sum(entry.struck for entry in of_group if not entry.complaints)
        yield f"{kind}: {survived} of {struck} {name} survived, in {len(of_group)} runs"
    wrongs = [complaint.partition(":")[0] for entry in entries for complaint in entry.complaints]
    told = ", ".join(f"{wrong} {wrongs.count(wrong)}" for wrong in Wrong)
    unknown = sum(entry.unknown for entry in entries)
    yield f"{kind}: {told}; answers left unknown, for an operator to look at: {unknown}"
    yield f"{kind}: {sum(entry.seconds for entry in entries) / 60:.0f} minutes; every case: {journal.path}"


def torture(kind: str, options: argparse.Namespace) -> bool:
    """All of it on one kind of database; whether everything held."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    journal = Journal.open(REPORTS / f"{kind}.jsonl", afresh=options.afresh)
    with torture_ground(kind) as ground:
        Torture(kind, ground, journal).run(options)
    print("\n".join(summed_up(kind, journal)), flush=True)
    return not any(entry.complaints for entry in journal.entries.values())


def main() -> int:
    """Torture the program on one kind of database, or on each at the same time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=KINDS)
    parser.add_argument("--recoveries", type=int, default=400, help="runs with faults while a fault is got over")
    parser.add_argument("--kills", type=int, default=110, help="runs in which the real process is killed")
    parser.add_argument("--networks", type=int, default=48, help="runs in which connections of it are broken")
    parser.add_argument("--afresh", action="store_true", help="begin anew, whatever was tried already")
    options = parser.parse_args()
    if options.database:
        return 0 if torture(options.database, options) else 1
    command = [sys.executable, "-m", "tests.torture", *sys.argv[1:], "--database"]
    both = [subprocess.Popen([*command, kind], cwd=ROOT) for kind in KINDS]
    return max(one.wait() for one in both)


if __name__ == "__main__":
    sys.exit(main())
