"""What could not run on this machine is named in the summary, and fails the run where `CI` is set."""

import os
from collections import Counter
from typing import NoReturn

import pytest

_MARK = "not run: "


def not_run(what: str, why: str) -> NoReturn:
    """End the calling test or fixture as not run: `what` is missing on this machine, `why` says what to install."""
    pytest.skip(f"{_MARK}{what}: {why}")


class _NotRun:
    """Counts the tests that ended in `not_run`, by reason; reports carry the reason, so this holds with xdist too."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one report."""
        if not report.skipped or not isinstance(report.longrepr, tuple):
            return
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        if reason.startswith(_MARK):
            self.reasons[reason] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run of the CI in which something could not run: there everything can be installed."""
        if self.reasons and os.environ.get("CI") and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what did not run."""
        if not self.reasons:
            return
        terminalreporter.section("not run on this machine")
        for reason, count in sorted(self.reasons.items()):
            terminalreporter.write_line(f"{reason} ({count} tests)", yellow=True)
        if os.environ.get("CI"):
            terminalreporter.write_line("CI is set, so this fails the run.", red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Register the counter."""
    config.pluginmanager.register(_NotRun(), "not-run")
