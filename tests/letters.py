"""Letters for tests: what a customer's ordinary mail looks like, and whatever a test changes of it."""

from dataclasses import replace
from typing import Any

from models.letter import Letter

OUR_ADDRESS = "pokazaniya@energo.example"
CUSTOMER = "ivanov@mail.example"

_ORDINARY = Letter(
    message_id="<asked@mail.example>",
    in_reply_to=(),
    references=(),
    senders=(CUSTOMER,),
    sender_name="Иван Иванов",
    recipients=frozenset({OUR_ADDRESS}),
    subject="показания",
    date=None,
    received=None,
    headers=(("return-path", f"<{CUSTOMER}>"), ("from", f"Иван Иванов <{CUSTOMER}>"), ("to", OUR_ADDRESS)),
    plain="л/с 0123456 свет 12345",
    html=None,
    html_has_table=False,
    html_has_struck=False,
    attachments=(),
    part_types=frozenset({"text/plain"}),
    body_digest="0" * 64,
)


def make_letter(*headers: tuple[str, str], **changes: Any) -> Letter:  # noqa: ANN401 - the fields of a letter
    """Make an ordinary letter with more `headers` (lower-case names) on top, and other fields changed."""
    kept = tuple(pair for pair in _ORDINARY.headers if pair[0] not in {name for name, _ in headers})
    return replace(_ORDINARY, **{"headers": (*headers, *kept), **changes})
