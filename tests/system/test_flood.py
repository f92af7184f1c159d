"""Somebody who sends very much delays nobody else: his mail is handled in small portions."""

import pytest

from mailreader.store.intake import LANE
from tests.databases import ON_SQLITE
from tests.system.site import Running, Site, letter

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers"), ON_SQLITE]

FLOOD = 150
PORTION = 64


def flood(site: Site, count: int) -> None:
    """Have one address send this many letters."""
    site.deliver(*(letter(name=f"flood{number}", sender="flood@mail.example") for number in range(count)))


def place_of(running: Running, sender: str, count: int) -> int:
    """As the how many-th the letter of a sender was handled."""
    handled = running.wait_for(count, 60)
    return [each.decision.sender for each in handled].index(sender)


def test_mail_behind_a_flood_is_handled_before_most_of_it(site: Site) -> None:
    """It waits for the portion of the flood that everybody may send, and for no more."""
    flood(site, FLOOD)
    site.deliver(letter(name="other", sender="other@mail.example"))
    site.changes["limits"] = {"readers": 1, "batch_messages": 50}
    with site.running() as running:
        assert place_of(running, "other@mail.example", FLOOD + 1) <= LANE
    assert site.outcomes() == ["accepted"] * (FLOOD + 1)


def test_mail_that_comes_while_a_flood_is_handled_waits_for_a_portion_at_most(site: Site) -> None:
    """Between two portions there is a look for new mail."""
    flood(site, FLOOD)
    with site.running() as running:
        running.wait_for(LANE + 1, 60)
        site.deliver(letter(name="other", sender="other@mail.example"))
        came_after = len(running.handled)
        assert place_of(running, "other@mail.example", FLOOD + 1) <= came_after + PORTION
        assert len(running.wait_for(FLOOD + 1)) == FLOOD + 1
