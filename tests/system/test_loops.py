"""Mail that answers mail: whoever stands at the other end, it comes to rest, and nothing is lost over it."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import pytest

from models.catalogue import OutboxState
from models.lines import Selection
from tests.databases import ON_SQLITE, Databases
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Received, running_sink
from tests.system.site import CUSTOMER, NO_ACCOUNT, OUR_ADDRESS, READINGS, REQUEST, Site, wait_until

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers")]

OTHER_ADDRESS: Final = "priyom@soseditelecom.example"
STRANGER: Final = "stranger@else.example"
PER_SENDER: Final = 3
LIMITS: Final = {"per_sender_per_day": PER_SENDER, "same_rejection_per_day": 2}
TEXTS: Final = {"readings": READINGS, "no account": NO_ACCOUNT, "a request": REQUEST}
MOST_ROUNDS: Final = 5 * PER_SENDER
"""By far more than the limits allow: what moves still would move for ever."""
Way = Callable[[Received], bytes]


def mail(text: str, *, sender: str = CUSTOMER, to: str = OUR_ADDRESS, subject: str = "показания") -> bytes:
    """A mail that has nothing of an automatic one, and is like no other."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<{uuid.uuid4().hex}@mail.example>"
    message.set_content(text)
    return message.as_bytes()


def read(received: Received) -> EmailMessage:
    """An answer as a mail program reads it."""
    answer = message_from_bytes(received.content, policy=policy.default)
    assert isinstance(answer, EmailMessage)
    return answer


def as_sent(received: Received) -> bytes:
    """An answer as a mail server hands it over, which writes down its return path."""
    return f"Return-Path: <{received.mail_from}>\r\n".encode() + received.content


def stripped(received: Received) -> bytes:
    """The same as a gateway hands it on that leaves nothing by which a program could tell what it is."""
    answer = read(received)
    return mail(answer.get_content(), sender=answer["From"], to=received.rcpt_tos[0], subject=answer["Subject"])


@dataclass
class Correspondent:
    """Whoever gets what the relay of one site took, and so writes to another (or the same)."""

    of: Site
    to: Site
    way: Way
    seen: int = 0

    def write_back(self) -> int:
        """Deliver what came since; return how much that was."""
        new = self.of.sink.accepted[self.seen :]
        self.seen += len(new)
        self.to.deliver(*map(self.way, new))
        return len(new)


@pytest.fixture
def pair(
    dovecot: Dovecot, databases: Databases, registered: str, tmp_path: Path
) -> Iterator[tuple[Site, Site]]:  # fmt: skip
    """Two of this program on one mail server, each with its own address, mailbox, relay and database."""
    with ExitStack() as stack:
        sites = []
        for address in (OUR_ADDRESS, OTHER_ADDRESS):
            sink = stack.enter_context(running_sink())
            url = stack.enter_context(databases.copy(registered))
            site = Site(dovecot, f"user-{uuid.uuid4().hex[:12]}", sink, tmp_path, url)
            site.changes = {
                "mailbox": {"addresses": [address]}, "smtp": {"from": f"Energo <{address}>"}, "answers": LIMITS,
            }  # fmt: skip
            sites.append(site)
        yield sites[0], sites[1]


def rest(*correspondents: Correspondent) -> None:
    """Have all sites handle what there is and get answers for theirs until nothing moves.

    Each time is a program that is started anew and knows only what is in its database.
    """
    for _ in range(MOST_ROUNDS):
        for correspondent in correspondents:
            correspondent.to.run_once()
        if sum(correspondent.write_back() for correspondent in correspondents) == 0:
            return
    pytest.fail(f"after {MOST_ROUNDS} rounds mail goes round still")


def sent_and_held(site: Site) -> tuple[int, int]:
    """How many answers went out, and how many a limit holds; there are no others, and each message has its outcome."""
    states = site.states()
    sent, held = states.count(OutboxState.SENT), states.count(OutboxState.HELD)
    with site.store() as store:
        assert len(store.messages(Selection(held_back=True))) == held
    assert sent + held == len(states)
    assert sent == len(site.sink.received)
    assert None not in site.outcomes()
    return sent, held


@ON_SQLITE
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_two_of_us_exchange_one_answer(pair: tuple[Site, Site], text: str) -> None:
    """The other knows it for what it is."""
    here, there = pair
    here.deliver(mail(text, sender=OTHER_ADDRESS))
    rest(Correspondent(there, here, as_sent), Correspondent(here, there, as_sent))
    assert sent_and_held(here) == (1, 0)
    assert sent_and_held(there) == (0, 0)
    assert there.outcomes() == ["ignored"]


@ON_SQLITE
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_two_of_us_rest_within_the_limits_though_a_gateway_hides_what_they_are(
    pair: tuple[Site, Site], text: str
) -> None:
    """Each takes the other for a customer; what a limit holds is seen, and another beginning brings no other end."""
    here, there = pair
    ways = Correspondent(there, here, stripped), Correspondent(here, there, stripped)
    for _ in range(2):
        here.deliver(mail(text, sender=OTHER_ADDRESS))
        rest(*ways)
    exchanged = [sent_and_held(site) for site in pair]
    assert all(sent <= PER_SENDER for sent, _held in exchanged)
    assert sum(held for _sent, held in exchanged) >= 2
    assert there.recorded() == here.recorded() == (2 if text == READINGS else 0)


def thanks(_answer: str, number: int) -> str:
    """Whoever writes the same words to everybody."""
    return f"Спасибо за письмо! Прочту его после праздников. {number}"


def quoting_unmarked(answer: str, number: int) -> str:
    """A program that hangs what it got below what it says."""
    return f"Получено сообщение {number}:\n\n{answer}"


def quoting(answer: str, number: int) -> str:
    """One that marks it, as is right."""
    return f"Получено, {number}\n\n" + "".join(f"> {line}\n" for line in answer.splitlines())


def reading(_answer: str, number: int) -> str:
    """A program at the customer's that reads his meter and writes at whatever it hears."""
    return f"Лицевой счет 0863576. Свет {58291 + number}."


class VacationResponder(Correspondent):
    """Answers whatever it gets, each time in other words, and knows of no header."""

    def __init__(self, site: Site, says: Callable[[str, int], str], sender: str) -> None:
        self.delivered = 1
        site.deliver(mail(says("", 0), sender=sender))

        def way(received: Received) -> bytes:
            self.delivered += 1
            text = says(read(received).get_content(), self.delivered)
            return mail(text, sender=received.rcpt_tos[0], subject=f"Я в отъезде ({self.delivered})")

        super().__init__(site, site, way)

    def is_at_rest(self) -> bool:
        """Whether nothing moves after it has answered all it got: each mail has its outcome, and no answer waits."""
        if self.write_back():
            return False
        handled = self.to.outcomes()
        if len(handled) < self.delivered or None in handled:
            return False
        return set(self.to.states()) <= {OutboxState.SENT, OutboxState.HELD} and len(self.to.sink.accepted) == self.seen


@ON_SQLITE  # the limits have tests of their own
@pytest.mark.parametrize(
    ("says", "sender"),
    [(thanks, CUSTOMER), (thanks, STRANGER), (quoting_unmarked, CUSTOMER), (quoting, CUSTOMER), (reading, STRANGER)],
)
def test_responder_that_ignores_all_headers_is_answered_within_the_limits(
    site: Site, says: Callable[[str, int], str], sender: str
) -> None:
    """The daemon is stopped and started on the way; it goes on counting where it was, and reads all the same."""
    site.changes["answers"] = LIMITS
    responder = VacationResponder(site, says, sender)
    with site.running():
        wait_until(lambda: responder.write_back() > 0, "it is answered")
    with site.running():
        wait_until(responder.is_at_rest, "nothing moves")
    sent, held = sent_and_held(site)
    assert (sent <= PER_SENDER, held) == (True, 1)
    assert len(site.outcomes()) == sent + held
    assert site.recorded() == (sent + held if says is reading else 0)
