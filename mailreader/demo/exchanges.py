"""A message and its answer, brought together: they come from two threads, in either order."""

from dataclasses import dataclass, field

from mailreader.demo.samples import Answer, bare_id
from mailreader.pipeline import Handled
from parsers.mail import parse_envelope


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message that has its outcome, and its answer where one was due."""

    handled: Handled
    answer: Answer | None

    @property
    def message_id(self) -> str:
        """The id of the customer's message, without angle brackets."""
        return bare_id(parse_envelope(self.handled.mail.raw or b"").message_id)


@dataclass(slots=True)
class Exchanges:
    """Pairs what is handled with what is answered."""

    done: list[Exchange] = field(default_factory=list)
    _handled: list[Handled] = field(default_factory=list)
    _answers: list[Answer] = field(default_factory=list)

    def take(self, event: Handled | Answer) -> list[Exchange]:
        """Take what has happened; return the exchanges that are complete by it, in the order of the mail."""
        if isinstance(event, Handled):
            self._handled.append(event)
        else:
            self._answers.append(event)
        complete = [exchange for handled in self._handled if (exchange := self._complete(handled))]
        finished = {exchange.handled.mail.id for exchange in complete}
        self._handled = [handled for handled in self._handled if handled.mail.id not in finished]
        self.done += complete
        return complete

    def answer_to(self, message_id: str) -> Answer | None:
        """The newest answer to a message."""
        to_it = (exchange.answer for exchange in reversed(self.done) if exchange.message_id == message_id)
        return next(to_it, None)

    def _complete(self, handled: Handled) -> Exchange | None:
        reply = handled.decision.answer
        if reply is None:
            return Exchange(handled, None)
        answer = next((answer for answer in self._answers if answer.in_reply_to == bare_id(reply.in_reply_to)), None)
        if answer is None:
            return None
        self._answers.remove(answer)
        return Exchange(handled, answer)
