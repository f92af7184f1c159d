"""What people and billing read."""

from dataclasses import replace

import pytest

from mailreader.store import Store
from models.catalogue import Outcome, ReadingStatus, Reason, ReplyKind, Service, Zone
from models.lines import MessageLine, ReadingLine, ReplyLine, Selection
from tests.languages import RU
from tests.store.samples import SENDER, accepted, arrival, decide, decision, recorded, refused


def test_line_of_a_message_has_the_fields_of_the_interface(store: Store) -> None:
    """Outcome, reasons, readings and reply as they were decided."""
    mail = arrival(1)
    [saved] = store.save_arrivals([mail])
    decide(store, saved.id, decision(Outcome.PARTIAL, recorded("12345"), refused()))
    line = store.message(saved.id)
    assert line is not None
    common = ("0123456", "24680135", Service.ELECTRICITY, Zone.TOTAL)
    assert line.line == MessageLine(
        source="main/INBOX;UIDVALIDITY=7/;UID=1",
        message_id="<1@mail.example>",
        received=mail.received,
        sender=SENDER,
        outcome=Outcome.PARTIAL,
        language=RU,
        request=None,
        reasons=(Reason.VALUE_BELOW_PREVIOUS,),
        readings=(
            ReadingLine(*common, "12345", ReadingStatus.RECORDED, None, "el 12345"),
            ReadingLine(*common, "12", ReadingStatus.REJECTED, Reason.VALUE_BELOW_PREVIOUS, "el 12"),
        ),
        reply=ReplyLine(ReplyKind.PARTIAL, SENDER, "Re: el"),
        duplicate=False,
    )


def test_second_delivery_shows_the_first_verdict(store: Store) -> None:
    """A message that was seen before is marked, with its own place."""
    twin = replace(arrival(2), folder="Other", message_id="<1@mail.example>", body_digest="digest-1")
    first, second = store.save_arrivals([arrival(1), twin])
    decide(store, first.id, accepted("12345"))
    line = store.message(second.id)
    assert line is not None
    assert (line.line.outcome, line.line.duplicate) == (Outcome.ACCEPTED, True)
    assert line.line.source == "main/Other;UIDVALIDITY=7/;UID=2"


@pytest.mark.parametrize(
    ("selection", "uids"),
    [
        (Selection(), [1, 2, 3]),
        (Selection(outcome=Outcome.REJECTED), [2]),
        (Selection(reason=Reason.VALUE_BELOW_PREVIOUS), [2]),
        (Selection(account="0123456"), [1, 2]),
        (Selection(account="999"), []),
        (Selection(since=arrival(2).received), [2, 3]),
        (Selection(limit=1), [1]),
    ],
)
def test_selection_narrows_the_messages(store: Store, selection: Selection, uids: list[int]) -> None:
    """Each condition leaves only what meets it; undecided mail is listed too."""
    saved = store.save_arrivals([arrival(uid) for uid in (1, 2, 3)])
    decide(store, saved[0].id, accepted("12345"))
    decide(store, saved[1].id, decision(Outcome.REJECTED, refused()))
    assert [line.id for line in store.messages(selection)] == [saved[uid - 1].id for uid in uids]


def test_answer_that_was_held_back_is_visible(store: Store) -> None:
    """Nothing is put into the outbox, and the reason stands at the message."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, replace(accepted("12345"), reply=None, held_back="per_sender_per_day"))
    line = store.message(saved.id)
    assert line is not None
    assert (line.held_back, line.line.reply, store.outbox()) == ("per_sender_per_day", None, [])
