"""What `check` says about a mailbox names everything that matters, with what to do."""

from dataclasses import replace

from mailreader.mailbox import Level, probe
from models.catalogue import Outcome
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_imap import scripted_imap


def test_good_mailbox_is_fine_in_every_line_and_nothing_is_made(dovecot: Dovecot, user: str) -> None:
    """Folders that are missing are announced, not created: `check` changes nothing."""
    folders = {Outcome.ACCEPTED: "Processed", Outcome.REVIEW: "Review", Outcome.PARTIAL: "Review"}
    access = dovecot.access(user, folders=folders)
    findings = probe(access)
    assert {finding.level for finding in findings} == {Level.OK}
    assert [finding.subject for finding in findings] == ["login", "filing", "idle", "folder", "folder", "folder"]
    assert "Processed: will be made when needed." in [finding.sentence for finding in findings]
    with dovecot.client(user) as person:
        assert [name for _flags, _mark, name in person.list_folders()] == ["INBOX"]


def test_refused_login_is_the_only_finding(dovecot: Dovecot, user: str) -> None:
    """Without a login nothing else can be told."""
    (finding,) = probe(replace(dovecot.access(user), password="wrong"))
    assert (finding.subject, finding.level) == ("login", Level.ERROR)
    assert "`password`" in finding.sentence


def test_missing_folder_is_an_error_that_says_what_to_do(dovecot: Dovecot, user: str) -> None:
    """The folder to read from is not made by the program."""
    finding = probe(dovecot.access(user, folder="Readings"))[-1]
    assert (finding.subject, finding.level) == ("folder", Level.ERROR)
    assert "Make the folder" in finding.sentence


def test_server_that_can_little_is_warned_about() -> None:
    """Each missing capability says what it means."""
    select = ("SELECT", b"* 3 EXISTS\r\n{tag} OK done\r\n")
    with scripted_imap(select, capabilities=b"IMAP4rev1 AUTH=PLAIN") as server:
        findings = probe(server.access())
    warned = {finding.subject: finding.sentence for finding in findings if finding.level is Level.WARNING}
    assert set(warned) == {"filing", "idle", "uidvalidity"}
    assert "poll_seconds" in warned["idle"]
