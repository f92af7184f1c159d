"""What `check` says about a mailbox: a finding for each thing that has to work, with what to do."""

from collections.abc import Iterator

from mailreader.mailbox.access import Level, MailboxAccess, ProbeFinding
from mailreader.mailbox.faults import MailboxFault
from mailreader.mailbox.session import Mailbox


def probe(access: MailboxAccess) -> list[ProbeFinding]:
    """Log in and look, changing nothing; never raises a MailboxFault, the findings tell it."""
    with Mailbox(access) as mailbox:
        try:
            mailbox.connect()
        except MailboxFault as fault:
            return [ProbeFinding("login", Level.ERROR, fault.message, fault.temporary)]
        found = [ProbeFinding("login", Level.OK, f"{access.host}: logged in as {access.username}.")]
        try:
            found += _look_around(mailbox)
        except MailboxFault as fault:
            found.append(ProbeFinding("folder", Level.ERROR, fault.message, fault.temporary))
        return found


def _look_around(mailbox: Mailbox) -> Iterator[ProbeFinding]:
    yield from _filing(mailbox)
    yield _idle(mailbox)
    selected = mailbox.select()
    sentence = f"{mailbox.access.folder}: {selected.messages} messages."
    yield ProbeFinding("folder", Level.OK, sentence)
    if not selected.uidvalidity:
        sentence = "The server gives no UIDVALIDITY: second deliveries are told by their content alone."
        yield ProbeFinding("uidvalidity", Level.WARNING, sentence)
    if mailbox.access.read_only:
        return
    for folder in dict.fromkeys(mailbox.access.folders.values()):
        there = mailbox.has_folder(folder)
        yield ProbeFinding("folder", Level.OK, f"{folder}: {'is there' if there else 'will be made when needed'}.")


def _filing(mailbox: Mailbox) -> Iterator[ProbeFinding]:
    has_move, has_uidplus = mailbox.has_capability("MOVE"), mailbox.has_capability("UIDPLUS")
    if has_move:
        yield ProbeFinding("filing", Level.OK, "The server can MOVE mail.")
    elif has_uidplus:
        yield ProbeFinding("filing", Level.OK, "No MOVE: mail is filed by COPY and UID EXPUNGE, which takes longer.")
    else:
        sentence = "Neither MOVE nor UIDPLUS: handled mail stays where it is. Ask for a server with one of the two."
        yield ProbeFinding("filing", Level.WARNING, sentence)


def _idle(mailbox: Mailbox) -> ProbeFinding:
    if mailbox.has_capability("IDLE"):
        return ProbeFinding("idle", Level.OK, "The server tells of new mail at once (IDLE).")
    sentence = "No IDLE: new mail waits for the next poll. Set `poll_seconds` to what customers may wait."
    return ProbeFinding("idle", Level.WARNING, sentence)
