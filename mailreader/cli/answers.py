"""`answers`: their texts as customers get them, and the breaker that stops them when there are too many."""

from typing import Any

import click

from config.words import language_codes
from mailreader.cli.actor import by
from mailreader.cli.kinds import Word
from mailreader.cli.lines import instant, say_json
from mailreader.cli.previewing import Preview, Previewer, PreviewKind, Wanted
from mailreader.cli.program import Failed, as_json, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import counted, local, say, say_facts
from models.catalogue import Language, Reason, Request


@click.group(epilog=examples("mailreader answers preview --language kk", "mailreader answers breaker"))
def answers() -> None:
    """Answers: what they say, and the breaker that stops them."""


@answers.command(
    short_help="Show the texts as customers get them.",
    epilog=examples(
        "mailreader answers preview --language kk --reason value_below_previous",
        "mailreader answers preview --request tariff_change --json",
    ),
)
@click.option("--language", type=click.Choice(language_codes()), help="Only in this language.")
@click.option("--kind", type=Word(PreviewKind), help="Only answers of this kind.")
@click.option("--reason", type=Word(Reason), metavar="REASON", help="Only the answer that gives this reason.")
@click.option("--request", type=Word(Request), metavar="REQUEST", help="Only the answer to this request.")
@as_json
@with_setup
def preview(
    setup: Setup,
    *,
    language: Language | None,
    kind: PreviewKind | None,
    reason: Reason | None,
    request: Request | None,
    as_json: bool,
) -> None:
    """Show every text as a customer would get it, with sample facts; your own texts are used where there are any.

    Nothing is sent, and no database is needed.
    """
    previews = list(Previewer.of(setup.app).previews(Wanted(language, kind, reason, request)))
    if not previews:
        raise Failed("There is no such answer: give fewer of --kind, --reason and --request.")
    for place, shown in enumerate(previews):
        if as_json:
            say_json(_preview_object(shown))
        else:
            _say_preview(shown, is_first=place == 0)


@answers.command(
    short_help="Show whether the breaker has tripped.",
    epilog=examples("mailreader answers breaker", "mailreader answers breaker --json"),
)
@as_json
@with_setup
def breaker(setup: Setup, *, as_json: bool) -> None:
    """Show whether the breaker has tripped, since when, and how many answers it holds."""
    limit = setup.settings.answers.breaker_per_hour
    with setup.store() as store:
        stands = store.breaker()
    if as_json:
        tripped_at = instant(stands.tripped_at, setup.zone)
        say_json({"tripped": tripped_at is not None, "tripped_at": tripped_at, "held": stands.held, "limit": limit})
        return
    say_facts(
        [
            ("breaker", "tripped: no answer is sent by itself" if stands.tripped_at else "closed"),
            ("since", local(stands.tripped_at, setup.zone)),
            ("answers that it holds", stands.held),
            ("trips after", f"{counted(limit, 'answer')} in an hour" if limit else "never (answers.breaker_per_hour)"),
        ]
    )
    if stands.tripped_at or stands.held:
        say()
        say("To look at them: mailreader outbox list --state held. To go on: mailreader answers reset --send-held")


@answers.command(
    short_help="Close the breaker by hand.",
    epilog=examples("mailreader answers reset", "mailreader answers reset --send-held"),
)
@click.option("--send-held", is_flag=True, help="Also send the answers that the breaker holds.")
@by
@with_setup
def reset(setup: Setup, *, send_held: bool, actor: str) -> None:
    """Close the breaker after it has tripped, so that answers are sent again.

    Find out first why there were so many. What other limits hold is not sent.
    """
    with setup.store() as store:
        stood = store.reset_breaker(actor, setup.app.clock(), send_held=send_held)
    if stood.tripped_at is None and not (send_held and stood.held):
        say("The breaker has not tripped; nothing was changed.")
        return
    say("The breaker is closed." if stood.tripped_at else "The breaker was closed already.")
    if stood.held and send_held:
        say(f"{counted(stood.held, 'answer')} that it held will be sent.")
    elif stood.held:
        say(f"{counted(stood.held, 'answer')} stay held; `mailreader answers reset --send-held` sends them.")


def _preview_object(shown: Preview) -> dict[str, Any]:
    reply = shown.reply
    return {
        "kind": shown.kind,
        "language": shown.language,
        "reason": shown.reason,
        "request": shown.request,
        "to": reply.to,
        "subject": reply.subject,
        "headers": dict(reply.headers),
        "text": reply.text,
    }


def _say_preview(shown: Preview, *, is_first: bool) -> None:
    """Write one text under a line that says which it is."""
    if not is_first:
        say()
    what = [shown.kind, shown.reason, shown.request, shown.language or "language unknown"]
    say(f"=== {', '.join(str(part) for part in what if part)} ===")
    say(f"Subject: {shown.reply.subject}")
    say()
    say(shown.reply.text.rstrip())
