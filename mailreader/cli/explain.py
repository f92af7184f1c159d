"""`explain`: what is read in a mail and why, without a database."""

from collections.abc import Sequence
from pathlib import Path

import click

from mailreader.cli.program import ExitCode, as_json, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.sources import Sources, mail_paths


@click.command(
    short_help="Show what is read in mail, and why.",
    epilog=examples(
        "mailreader explain mail.eml",
        "mailreader explain mail.eml --register accounts.csv",
        "mailreader explain mail.eml --register accounts.csv --json",
    ),
)
@mail_paths
@click.option(
    "--register",
    "register_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Judge each message by this register, and by itself.",
)
@click.option(
    "--tokens", "show_tokens", is_flag=True, help="Show also what each word was taken for; --json always does."
)
@as_json
@with_setup
def explain(
    setup: Setup, paths: Sequence[Path], *, register_file: Path | None, show_tokens: bool, as_json: bool
) -> None:
    """Show what is read in mail and why: every number with what it was taken for, then the verdict.

    Takes what `ingest` takes, needs no database and changes nothing. Without --register the verdict is left open where
    it takes one.

    A line a number says what it was taken for, by what, and what became of it. Below a value stands every register of
    its account: `+` the one it was given to, `?` one that is possible, `-` one that it is not, and why.

    --json gives the line of `ingest --json` without `reply`, with `explanation` besides: `text`, `language`,
    `request`, `numbers`, `accounts` (how each was found: `account`, `stated`, `because`) and `tokens` (`text`,
    `start`, `end`, `kind`, `meanings`); where the mail could not be read, `error`. All places are characters of `text`.

    A number has `text`, `start`, `end`, `role`, `readings`, `service`, `zone`, `evidence`; `why` it has its role (a
    code), `because` (the same in words), the `witness` (the word that says so); `account` where it names one or could
    (`account`, `taken`, `why`, `because`), `is_serial`; of a value its `status`, how it was `located` at its register
    (`serial`, `label`, `only_register`, `only_assignment`), the codes for which it was `not_recorded`, and its
    `candidates` (`account`, `serial`, `service`, `zone`, `previous_value`, `chosen`, `excluded`, `because`).
    """
    from mailreader.automatic_rules import rules_of_files
    from mailreader.cli.explaining import Explainer
    from mailreader.cli.explanation import explained_object, say_explained
    from mailreader.cli.lines import say_json
    from mailreader.cli.mail_files import UnreadableFile
    from mailreader.cli.tables import say
    from mailreader.judging import Judge
    from mailreader.readers import Readers
    from mailreader.register_file import load_register

    setup.say_mode()
    settings = setup.settings
    register = load_register(register_file) if register_file else None
    judge = Judge(settings.window.as_window(), settings.policy())
    rules, limits = rules_of_files(settings), settings.limits
    with (
        Sources(paths) as sources,
        Readers(
            limits.readers, seconds=limits.read_seconds, megabytes=limits.read_memory_mb, keep_tokens=True
        ) as readers,
    ):
        explainer = Explainer(
            readers, rules, judge, None if register is None else lambda: register, limits.oversize_bytes
        )
        for place, explained in enumerate(explainer.run(sources.mails)):
            if isinstance(explained, UnreadableFile):
                sources.complain(explained)
            elif as_json:
                say_json(explained_object(explained, setup.zone))
            else:
                if place:
                    say("\n" + "-" * 80)
                say_explained(explained, setup.zone, tokens=show_tokens)
        if sources.unreadable:
            raise SystemExit(ExitCode.FAILED)
