"""What the demonstration makes of what it sees: pairs of mail and answer, the end, text of others."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mailreader.demo.exchanges import Exchanges
from mailreader.demo.samples import Answer
from mailreader.demo.screen import clean
from mailreader.demo.show import DemoFault, check_end
from mailreader.pipeline import Handled
from mailreader.store import Store, StoredMail, upgrade
from models.catalogue import Outcome, ReplyKind
from models.decision import Decision, Reply
from models.verdict import Verdict
from tests.languages import RU
from tests.store.samples import NOW, accepted, arrival, decide

ANSWER = Answer("reply-1@energo.example", "1@mail.example", "Re: el", "text")


def handled(number: int, *, answered: bool = True) -> Handled:
    """Return a message that has its outcome."""
    message_id = f"<{number}@mail.example>"
    raw = f"Message-ID: {message_id}\r\n\r\n".encode()
    reply = Reply(ReplyKind.CONFIRMATION, "a@mail.example", "Re: el", RU, "text", (), message_id)
    mail = StoredMail(number, raw, NOW, "main", "INBOX", 7, number, "main/INBOX", 0, len(raw))
    return Handled(mail, Decision(Verdict(Outcome.ACCEPTED, None), reply if answered else None), 0.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store with one judged message, whose answer waits and which was not filed."""
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    upgrade(url)
    with closing(Store.open(url)) as opened:
        opened.import_register([])
        (saved,) = opened.save_arrivals([arrival(1)])
        decide(opened, saved.id, accepted("12345"))
        yield opened


@pytest.mark.parametrize("events", [(handled(1), ANSWER), (ANSWER, handled(1))])
def test_mail_and_answer_are_one_exchange_in_either_order(events: tuple[Handled | Answer, ...]) -> None:
    """The two come from two threads."""
    exchanges = Exchanges()
    complete = [exchange for event in events for exchange in exchanges.take(event)]
    assert [exchange.answer for exchange in complete] == [ANSWER]
    assert exchanges.answer_to("1@mail.example") == ANSWER


def test_mail_without_answer_is_complete_at_once() -> None:
    """Others that wait for theirs do not hold it up."""
    exchanges = Exchanges()
    assert exchanges.take(handled(1)) == []
    assert [exchange.handled.mail.id for exchange in exchanges.take(handled(2, answered=False))] == [2]


def test_answer_that_was_not_sent_is_a_fault(store: Store) -> None:
    """The sentence says how many wait."""
    with pytest.raises(DemoFault, match=r"^not every answer was sent: 1 are in the outbox, the first is waiting\.$"):
        check_end(store)


def test_mail_that_was_not_filed_is_a_fault(store: Store) -> None:
    """And when it is filed, all is well."""
    reply = store.claim_reply(NOW)
    assert reply is not None
    store.mark_sent(reply.id, NOW)
    with pytest.raises(DemoFault, match="1 messages were not filed"):
        check_end(store)
    store.mark_filed(dict.fromkeys(store.to_file("main", 1)), NOW)
    check_end(store)


def test_text_of_others_does_not_steer_the_terminal() -> None:
    """Controls and directions of writing are taken out, lines stay."""
    assert clean("a\x1b[31mb\r\n\u202ec\x07") == "a[31mb\nc"
