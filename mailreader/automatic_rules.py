"""What the rules for automatic mail know of this site, from its settings: own addresses, trusted server, loop token."""

from collections.abc import Mapping
from dataclasses import replace
from email.utils import parseaddr

from config.automatic import load_automatic_subjects, load_automatic_texts
from config.sections import Mailbox
from config.settings import Settings
from config.words import load_mail_marks
from mailreader.automatic import AutomaticRules


def loop_token(settings: Settings) -> str:
    """The value of the X-Loop field of our own answers."""
    return f"mailreader {parseaddr(settings.smtp.sender)[1] if settings.smtp else ''}".strip()


def bounce_address(settings: Settings) -> str:
    """The address that our answers come back to; empty where they have the null return path."""
    configured = settings.smtp.bounce_address if settings.smtp else None
    return parseaddr(configured)[1].lower() if configured else ""


def rules_of_mailboxes(settings: Settings) -> dict[str, AutomaticRules]:
    """The rules of each mailbox by its name."""
    any_server = rules_of_files(settings)
    return {
        name: replace(any_server, trusted_authserv_id=mailbox.trusted_authserv_id)
        for name, mailbox in settings.mailboxes.items()
    }


def rules_of_files(settings: Settings) -> AutomaticRules:
    """The rules for mail in files, which may have come to any of the mailboxes."""
    marks = list(load_mail_marks())
    return AutomaticRules(
        own_addresses=_own(settings),
        trusted_authserv_id=_any_server(settings.mailboxes),
        auto_reply_subjects=load_automatic_subjects(marks),
        loop_token=loop_token(settings),
        bounce_address=bounce_address(settings),
        automatic_texts=load_automatic_texts(marks),
    )


def _own(settings: Settings) -> frozenset[str]:
    """The addresses of all mailboxes, and the one that our answers come from and that their answers go to."""
    answering = [parseaddr(settings.smtp.sender)[1]] if settings.mailboxes and settings.smtp else []
    bounces = [bounce_address(settings)] if settings.mailboxes and bounce_address(settings) else []
    named = [parseaddr(address)[1] for mailbox in settings.mailboxes.values() for address in mailbox.addresses]
    return frozenset(address.lower() for address in (*named, *answering, *bounces))


def _any_server(mailboxes: Mapping[str, Mailbox]) -> str:
    """The server whose Authentication-Results count for mail in files: that of the mailboxes, if they agree."""
    servers = {mailbox.trusted_authserv_id for mailbox in mailboxes.values()}
    return servers.pop() if len(servers) == 1 else ""
