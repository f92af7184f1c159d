"""`run` and `demo`: the daemon on the site's servers, and on its own."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, Final

import click

from mailreader.cli.program import ExitCode, Failed, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import counted, say
from models.catalogue import Outcome

if TYPE_CHECKING:
    from mailreader.pipeline import Handled

_ENDING: Final = frozenset({signal.SIGTERM, signal.SIGINT})
_KILLED: Final = 128
"""What a shell adds to the number of the signal that ended a program."""


@click.command(
    short_help="Run the daemon.",
    epilog=examples("mailreader --config /etc/mailreader/mailreader.toml run", "mailreader run --once"),
)
@click.option("--once", is_flag=True, help="Poll, handle and deliver once, then end.")
@with_setup
def run(setup: Setup, *, once: bool) -> None:
    """Read the mailboxes, handle what arrives and send the answers, until told to end (SIGTERM, Ctrl-C).

    What is being done then is finished; what waits is left for the next start.
    """
    from mailreader.logs import configure_logs

    app = setup.app
    configure_logs(setup.settings.log.level, setup.settings.log.format)
    if once:
        _run_once(setup)
        return
    with setup.store(says_mode=False) as store:
        store.check_pages()
        with app.daemon(store) as daemon:
            _stop_on_signals(daemon.stop)
            daemon.run()


def _run_once(setup: Setup) -> None:
    from mailreader.app import log_handled

    outcomes = Counter[Outcome]()

    def notice(handled: "Handled") -> None:
        log_handled(handled)
        outcomes[handled.decision.verdict.outcome] += 1

    with setup.store(says_mode=False) as store:
        store.check_pages()
        works = setup.app.run_once(store, notice)
    counts = ", ".join(f"{outcome} {outcomes[outcome]}" for outcome in Outcome if outcomes[outcome])
    say(f"{counted(outcomes.total(), 'message')} handled{': ' if counts else ''}{counts}.")
    if not works:
        raise Failed("The relay cannot be worked with at present: answers wait in the outbox.", ExitCode.TEMPORARY)


def _stop_on_signals(stop: Callable[[], None]) -> None:
    """Call `stop` in a thread of its own at the first signal to end; the second one ends the program at once.

    The signals are blocked everywhere else: the reading processes, which Ctrl-C reaches too, finish what they read.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)

    def wait() -> None:
        signal.sigwait(_ENDING)
        stop()
        os._exit(_KILLED + signal.sigwait(_ENDING))

    Thread(target=wait, name="signals", daemon=True).start()


@click.command(
    short_help="Run the daemon on servers of its own, with sample mail.",
    epilog=examples("mailreader demo", "mailreader demo --once"),
)
@click.option("--once", is_flag=True, help="Handle the sample mail, sum up and end.")
def demo(*, once: bool) -> None:
    """Run the real daemon on servers of its own on this machine, with sample mail; nothing is sent out."""
    from mailreader.demo import run_demo

    raise SystemExit(run_demo(once=once))
