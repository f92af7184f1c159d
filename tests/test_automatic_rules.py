"""What the rules for automatic mail know of this site."""

from config.settings import Settings
from mailreader.automatic_rules import rules_of_files, rules_of_mailboxes


def mailbox(address: str) -> dict[str, object]:
    """The settings of a mailbox with one address."""
    return {"host": "127.0.0.1", "tls": "none", "username": "u", "password": "p", "addresses": [address]}


def test_addresses_of_every_mailbox_and_that_of_the_answers_are_ours() -> None:
    """Mail from any of them is our own, and an answer to our answer is addressed to us."""
    smtp = {"host": "127.0.0.1", "tls": "none", "from": "Energo <Answers@energo.example>"}
    mailboxes = {"main": mailbox("Main@energo.example"), "other": mailbox("Other <other@energo.example>")}
    settings = Settings.model_validate({"smtp": smtp, "mailboxes": mailboxes})
    ours = {"main@energo.example", "other@energo.example", "answers@energo.example"}
    for rules in (*rules_of_mailboxes(settings).values(), rules_of_files(settings)):
        assert rules.own_addresses == ours


def test_address_that_answers_come_back_to_is_ours() -> None:
    """Mail from it is never answered, and what is sent to it is known."""
    smtp = {"host": "127.0.0.1", "tls": "none", "from": "a@energo.example", "bounce_address": "Bounces@energo.example"}
    settings = Settings.model_validate({"smtp": smtp, "mailboxes": {"main": mailbox("main@energo.example")}})
    rules = rules_of_mailboxes(settings)["main"]
    assert rules == rules_of_files(settings)
    assert rules.bounce_address == "bounces@energo.example"
    assert rules.bounce_address in rules.own_addresses
