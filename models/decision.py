"""What is written down when a message has been judged: the verdict, and the reply or why there is none."""

from dataclasses import dataclass

from models.catalogue import Language, ReplyKind
from models.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Reply:
    """One automatic answer; `headers` are all but Message-ID and Date, which its delivery adds.

    `language` is None where the customer's cannot be told and the text is in more than one.
    """

    kind: ReplyKind
    to: str
    subject: str
    language: Language | None
    text: str
    headers: tuple[tuple[str, str], ...]
    in_reply_to: str | None


@dataclass(frozen=True, slots=True)
class Copy:
    """What was recorded, for a registered address when somebody else sent it; `held_back` is the limit it breaks."""

    reply: Reply
    held_back: str | None = None


@dataclass(frozen=True, slots=True)
class Bounce:
    """A reply of ours that came back: the `tag` of the envelope that it had, and what the report says.

    `hard` where its address is at fault, so that it is not written to for a while.
    """

    tag: str
    error: str
    hard: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on a message, its reply, and the facts of the letter that listings show.

    With `held_back`, the limit that it would break, the reply is kept and goes out only by hand. `message_id` is the
    Message-ID. `trips_breaker` where this answer is the one too many of the hour. `bounce` is there where the message
    reports that a reply of ours came back.
    """

    verdict: Verdict
    reply: Reply | None = None
    held_back: str | None = None
    sender: str | None = None
    subject: str = ""
    message_id: str | None = None
    trips_breaker: bool = False
    copies: tuple[Copy, ...] = ()
    bounce: Bounce | None = None

    @property
    def answer(self) -> Reply | None:
        """The reply that goes out by itself."""
        return None if self.held_back else self.reply
