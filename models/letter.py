"""One e-mail after its MIME shell is off: what the headers say and the text that a person would see."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with the mail; `size` in decoded bytes."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A decoded mail.

    `headers` are all header fields in order, names in lower case, values decoded and unfolded; `senders` are the
    addresses of every From, lower case; `recipients` every address of To, Cc, Delivered-To, X-Original-To and
    Resent-To/Cc; `received` is the newest Received header, `date` the sender's own clock; both aware or None.
    `plain` and `html` are the two renderings of the body, each None where the mail has none: `html` as visible
    text (hidden text gone, struck-out text gone, quoted blocks gone, table cells separated by tabs).
    `part_types` are the content types of all parts. `body_digest` is the SHA-256 (hex) of the bytes after the header.
    """

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    senders: tuple[str, ...]
    sender_name: str
    recipients: frozenset[str]
    subject: str
    date: datetime | None
    received: datetime | None
    headers: tuple[tuple[str, str], ...]
    plain: str | None
    html: str | None
    html_has_table: bool
    html_has_struck: bool
    attachments: tuple[Attachment, ...]
    part_types: frozenset[str]
    body_digest: str
    defects: tuple[str, ...] = ()

    @property
    def sender(self) -> str | None:
        """The one address the mail is from; None where there is no From, or several."""
        return self.senders[0] if len(self.senders) == 1 else None

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of one header field, in order; `name` in lower case."""
        return tuple(value for key, value in self.headers if key == name)

    def first(self, name: str) -> str | None:
        """The first value of one header field; `name` in lower case."""
        return next(iter(self.all(name)), None)


@dataclass(frozen=True, slots=True)
class NewestPart:
    """What the customer wrote this time (rules, section 5).

    `text` is to be read; in `signature` only a labelled account number counts; `forwarded` is read where the
    customer wrote no values above it.
    """

    text: str
    signature: str = ""
    forwarded: str = ""
