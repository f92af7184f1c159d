"""Replies on their way out: one claim, one Message-ID, and limits that survive a restart."""

import re
from datetime import timedelta

import pytest

from mailreader.store import Store
from models.catalogue import OutboxState, Outcome, Reason
from tests.store.samples import NOW, SENDER, accepted, arrival, decide, decision, refused

HOUR = timedelta(hours=1)


@pytest.fixture
def reply(store: Store) -> int:
    """The number of a reply that waits."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, accepted("12345"))
    return store.outbox()[0].id


def state(store: Store) -> tuple[OutboxState, int, str | None]:
    """Return state, tries and last error of the only reply."""
    [line] = store.outbox()
    return line.state, line.tries, line.last_error


def test_reply_keeps_its_message_id_on_every_try(store: Store, reply: int) -> None:
    """The Message-ID is made from the row, so a second try is known as the same mail."""
    first = store.claim_reply(NOW)
    store.mark_retry(reply, "421 later", NOW + HOUR)
    second = store.claim_reply(NOW + HOUR)
    assert first is not None
    assert second is not None
    assert first.reply_id == second.reply_id
    assert re.fullmatch(rf"<reply\.{reply}\.\d{{18}}\.[0-9a-f]{{16}}@energo\.example>", first.reply_id)


def test_claimed_reply_is_not_claimed_again_until_the_claim_runs_out(store: Store, reply: int) -> None:
    """A process that died before DATA gives its reply back by time."""
    claimed = store.claim_reply(NOW)
    assert claimed is not None
    assert claimed.id == reply
    assert store.claim_reply(NOW) is None
    assert store.claim_reply(NOW + HOUR) is not None


def test_reply_waits_until_it_is_due(store: Store, reply: int) -> None:
    """A retry is not claimed before its time, and counts one try."""
    store.claim_reply(NOW)
    store.mark_retry(reply, "421 later", NOW + HOUR)
    assert store.claim_reply(NOW + HOUR / 2) is None
    assert state(store) == (OutboxState.WAITING, 1, "421 later")


def test_sent_reply_counts_one_try(store: Store, reply: int) -> None:
    """Going through `sending` is part of the same try."""
    store.claim_reply(NOW)
    store.mark_sending(reply)
    store.mark_sent(reply, NOW)
    assert state(store) == (OutboxState.SENT, 1, None)
    assert store.claim_reply(NOW + HOUR) is None


def test_refused_reply_is_failed_for_good(store: Store, reply: int) -> None:
    """A final refusal is shown with its words and not tried again."""
    store.claim_reply(NOW)
    store.mark_failed(reply, "550 no such user")
    assert state(store) == (OutboxState.FAILED, 1, "550 no such user")
    assert store.claim_reply(NOW + HOUR) is None


def test_reply_left_sending_is_unknown_once_its_claim_has_run_out(store: Store, reply: int) -> None:
    """Nobody can know whether it was taken: it is shown, and not sent again by itself."""
    store.claim_reply(NOW)
    store.mark_sending(reply)
    assert store.recover_sending(NOW + HOUR) == 1
    assert state(store)[0] is OutboxState.UNKNOWN
    assert store.claim_reply(NOW + HOUR) is None
    assert store.recover_sending(NOW + HOUR) == 0


def test_reply_that_another_process_is_sending_is_left_to_it(store: Store, reply: int) -> None:
    """As long as its claim lasts, which is longer than any delivery."""
    store.claim_reply(NOW)
    store.mark_sending(reply)
    assert store.recover_sending(NOW + timedelta(minutes=9)) == 0
    assert state(store)[0] is OutboxState.SENDING


def test_answers_and_same_rejections_are_counted_by_address(store: Store) -> None:
    """The limits ask how many answers an address got, and how often this very rejection."""
    saved = store.save_arrivals([arrival(uid) for uid in (1, 2, 3)])
    decide(store, saved[0].id, accepted("12345"))
    decide(store, saved[1].id, decision(Outcome.REJECTED, refused()))
    decide(store, saved[2].id, decision(Outcome.REJECTED, refused(Reason.METER_UNKNOWN)))
    assert store.answers_since(SENDER, NOW) == 3
    assert store.answers_since(SENDER, NOW + HOUR) == 0
    assert store.answers_since("b@mail.example", NOW) == 0
    assert store.rejections_since(SENDER, NOW, [Reason.METER_UNKNOWN]) == 1
    assert store.rejections_since(SENDER, NOW, [Reason.METER_UNKNOWN, Reason.VALUE_BELOW_PREVIOUS]) == 0


def test_answer_to_our_answer_finds_the_mail_that_ours_answered(store: Store, reply: int) -> None:
    """One of its references is the Message-ID of our reply (rules, section 5)."""
    ours = store.outbox()[0]
    found = store.answered(["<stranger@mail.example>", ours.message_id])
    assert ours.id == reply
    assert found is not None
    assert (found.uid, found.raw) == (1, b"mail 1")
    assert store.answered(["<stranger@mail.example>"]) is None
