"""`ingest`: the whole way for mail in files."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from mailreader.cli.lines import message_object, say_json
from mailreader.cli.program import ExitCode, as_json, examples
from mailreader.cli.progress import progress
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.sources import Sources, mail_paths
from mailreader.cli.tables import cell_text, counted, local, say
from models.catalogue import Outcome
from models.lines import MessageLine


@click.command(
    short_help="Handle mail in files.",
    epilog=examples("mailreader ingest --json mail/", "mailreader ingest --no-answers archive.mbox"),
)
@mail_paths
@click.option("--no-answers", is_flag=True, help="Compose no answers.")
@as_json
@with_setup
def ingest(setup: Setup, paths: Sequence[Path], *, no_answers: bool, as_json: bool) -> None:
    """Handle mail in files: .eml, folders of them, mbox, Maildir, or - for standard input.

    In the order received, and judged by that instant. Answers go to the outbox, which the daemon sends. What was
    handled before keeps its verdict.
    """
    told = _Told(setup.zone, as_json=as_json)
    with Sources(paths) as sources, setup.store(may_create=True) as store:
        from mailreader.cli.ingesting import Ingest
        from mailreader.cli.mail_files import UnreadableFile

        store.check_pages()
        limits, clock = setup.settings.limits, setup.app.clock
        with setup.app.pipeline(store, composing=not no_answers, of_files=True) as pipeline:
            work = Ingest(store, pipeline, clock, limits.batch_messages, limits.batch_bytes, limits.oversize_bytes)
            with progress("messages", len(sources.mails)) as advance:
                for done, line in enumerate(work.run(sources.mails), 1):
                    if isinstance(line, UnreadableFile):
                        sources.complain(line)
                    else:
                        told.tell(line)
                    advance(done)
    told.sum_up()
    if sources.unreadable or told.waiting:
        raise SystemExit(ExitCode.FAILED)


class _Told:
    """What is said of each message, and of all at the end."""

    def __init__(self, zone: ZoneInfo, *, as_json: bool) -> None:
        self._zone = zone
        self._as_json = as_json
        self._outcomes = Counter[Outcome | None]()
        self._duplicates = 0

    @property
    def waiting(self) -> int:
        """How many messages have no outcome yet."""
        return self._outcomes[None]

    def tell(self, line: MessageLine) -> None:
        self._outcomes[line.outcome] += 1
        self._duplicates += line.duplicate
        if self._as_json:
            say_json(message_object(line, self._zone))
            return
        why = "seen before" if line.duplicate else cell_text(line.reasons)
        say(f"{local(line.received, self._zone)}  {line.outcome or 'waiting':8}  {line.source}  {why}".rstrip())

    def sum_up(self) -> None:
        counts = ", ".join(f"{outcome} {self._outcomes[outcome]}" for outcome in Outcome if self._outcomes[outcome])
        if not self._as_json:
            say(f"{counted(self._outcomes.total(), 'message')}: {counts or 'none'}; seen before: {self._duplicates}.")
        if self.waiting:
            click.echo(f"{counted(self.waiting, 'message')} without an outcome yet: run the same again.", err=True)
