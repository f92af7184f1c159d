"""`stats --shadow`: how far we agree with the clerks, and every difference with its message."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from mailreader.clerks_file import ClerksFileError, load_clerks_file
from mailreader.cli.lines import instant, say_json
from mailreader.cli.program import Failed
from mailreader.cli.setup import Setup
from mailreader.cli.tables import Row, counted, local, say, say_facts, say_table
from mailreader.shadow import compare
from models.comparison import Comparison, Difference, Entered, Pair

_SAID: Final = {
    Difference.DIFFERENT: "different",
    Difference.ONLY_OURS: "only we",
    Difference.ONLY_THEIRS: "only they",
}

_GRAVEST_FIRST: Final = (Difference.DIFFERENT, Difference.ONLY_THEIRS, Difference.ONLY_OURS)


def say_comparison(setup: Setup, file: Path, period: str | None, *, as_json: bool) -> None:
    """Compare what was read with what clerks entered by hand, and say how far it agrees, and each difference.

    The periods are the one that is given, else those that the file names, else the newest that was read. `as_json`
    writes a line of kind `summary`, then one a difference.
    """
    try:
        entered = load_clerks_file(file)
    except ClerksFileError as error:
        raise Failed(f"{error}\n{file} has {counted(len(error.faults), 'fault')}. Nothing was compared.") from None
    with setup.store() as store:
        current = store.newest_period() or setup.settings.window.as_window().period(setup.app.clock())
        lines = _of_periods(entered, period, current)
        periods = sorted({line.period for line in lines if line.period} | ({period} if period else set()))
        read = store.read_in(periods)
        numbers = store.account_numbers({line.account for line in lines} | {one.account for one in read})
    found = compare(lines, read, numbers)
    left_out = len(entered) - len(lines)
    if as_json:
        say_json(_summary_object(found, periods, left_out))
        for pair in found.pairs:
            say_json(pair_object(pair, setup.zone))
        return
    _say_summary(found, periods, left_out)
    _say_pairs(found.pairs, setup.zone)


def _of_periods(entered: Sequence[Entered], period: str | None, current: str) -> list[Entered]:
    """Give each line its period, and leave out what is of another than the one that is asked for."""
    usual = period or current
    dated = [line if line.period else replace(line, period=usual) for line in entered]
    return [line for line in dated if period in {None, line.period}]


def _summary_object(found: Comparison, periods: Sequence[str], left_out: int) -> dict[str, Any]:
    return {
        "kind": "summary",
        "periods": periods,
        "entered": found.entered,
        "recorded": found.recorded,
        "agreed": found.agreed,
        "agreed_percent": _plain(found.agreed_percent),
        **{str(kind): found.count(kind) for kind in Difference},
        "repeated_lines": found.repeated,
        "lines_of_other_periods": left_out,
    }


def pair_object(pair: Pair, zone: ZoneInfo) -> dict[str, Any]:
    """The line of one difference; `reason` and the message are those of the refusal where only they have a value."""
    entered, read = pair.entered, pair.read
    recorded = read is not None and read.reason is None
    return {
        "kind": pair.kind,
        "period": pair.period,
        "account": pair.account,
        "serial": (read and read.serial) or (entered and entered.serial),
        "service": (read and read.service) or (entered and entered.service),
        "zone": entered.zone if entered else read and read.zone,
        "ours": _plain(read.value) if read and recorded else None,
        "theirs": _plain(entered.value) if entered else None,
        "line": entered and entered.line,
        "reason": read and read.reason,
        "message": read and read.message,
        "source": read and read.source,
        "evidence": read and read.evidence,
        "received": instant(read.received, zone) if read else None,
    }


def _say_summary(found: Comparison, periods: Sequence[str], left_out: int) -> None:
    percent = f" ({found.agreed_percent} %)" if found.agreed_percent is not None else ""
    say_facts(
        [
            ("periods", periods),
            ("entered by clerks", found.entered),
            ("read by us", found.recorded),
            ("the same", f"{found.agreed}{percent}"),
            ("different", found.count(Difference.DIFFERENT)),
            ("only we read", found.count(Difference.ONLY_OURS)),
            ("only they read", found.count(Difference.ONLY_THEIRS)),
            ("repeated lines", found.repeated or None),
            ("lines of other periods", left_out or None),
        ]
    )


def _say_pairs(pairs: Sequence[Pair], zone: ZoneInfo) -> None:
    if not pairs:
        return
    say()
    names = (
        "", "account", "meter", "service", "zone", "ours", "theirs", "reason", "message", "received", "evidence",
        "source",
    )  # fmt: skip
    gravest_first = sorted(pairs, key=lambda pair: _GRAVEST_FIRST.index(pair.kind))
    say_table(names, [_cells(pair, zone) for pair in gravest_first])


def _cells(pair: Pair, zone: ZoneInfo) -> Row:
    told = pair_object(pair, zone)
    received = local(pair.read.received, zone) if pair.read else None
    names = ("account", "serial", "service", "zone", "ours", "theirs", "reason", "message")
    return _SAID[pair.kind], *(told[name] for name in names), received, told["evidence"], told["source"]


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
