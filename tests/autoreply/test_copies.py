"""Rule 17: a copy of what was recorded goes to the registered address when somebody else sent it, if that is wanted."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from models.catalogue import OutboxState
from tests.autoreply.desk import open_desk
from tests.autoreply.rows import CUSTOMER, raw_mail
from tests.servers.smtp_sink import SmtpSink

OTHER = "neighbour@else.example"
BY_OTHER = (("From", OTHER), ("Return-Path", f"<{OTHER}>"))
PARTIAL = "Лицевой счет 0863576. Свет 58291, горячая вода 1."
WRONG = "Лицевой счет 0863576. Горячая вода 1."


@pytest.mark.parametrize(
    ("answers", "mail", "recipients"),
    [
        ({"copy_to_registered": True}, raw_mail(*BY_OTHER), [OTHER, CUSTOMER]),
        ({"copy_to_registered": True}, raw_mail(*BY_OTHER, body=PARTIAL), [OTHER, CUSTOMER]),
        ({"copy_to_registered": True}, raw_mail(*BY_OTHER, body=WRONG), [OTHER]),
        ({"copy_to_registered": True}, raw_mail(), [CUSTOMER]),
        ({"copy_to_registered": True}, raw_mail(*BY_OTHER, ("To", "blind@else.example")), []),
        ({}, raw_mail(*BY_OTHER), [OTHER]),
    ],
    ids=["by-another", "in-part", "nothing-recorded", "by-the-holder", "not-answered", "off"],
)
def test_copy_goes_to_whom_the_register_names(
    tmp_path: Path, smtp_sink: SmtpSink, answers: dict[str, bool], mail: bytes, recipients: list[str]
) -> None:
    """A message of its own, to one recipient; none by default, and none where nothing was recorded."""
    with open_desk(tmp_path, smtp_sink, answers=answers).started() as program:
        program.handle(mail)
        program.deliver()
    assert [received.rcpt_tos for received in smtp_sink.accepted] == [(address,) for address in recipients]


def test_copy_tells_what_was_recorded_and_nothing_of_the_sender(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """It is in no thread; what was refused, and who wrote, stays between the sender and us."""
    with open_desk(tmp_path, smtp_sink, answers={"copy_to_registered": True}).started() as program:
        program.handle(raw_mail(*BY_OTHER, body=PARTIAL))
        program.deliver()
    _, copy = smtp_sink.accepted
    mail = message_from_bytes(copy.content, policy=policy.default)
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("По вашему лицевому счёту приняты показания", "auto-generated")
    assert "In-Reply-To" not in mail
    assert "References" not in mail
    text = mail.get_content()
    assert "0863576" in text
    assert "58291" in text
    assert "Горячая вода" not in text
    assert OTHER not in copy.content.decode()


def test_copies_have_limits_of_their_own(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """They are counted apart, so that nobody can use up the answers of the account's holder."""
    answers = {"copy_to_registered": True, "per_sender_per_day": 1}
    with open_desk(tmp_path, smtp_sink, answers=answers).started() as program:
        program.handle(raw_mail(*BY_OTHER))
        program.handle(raw_mail(("From", "third@else.example")))
        assert program.handle(raw_mail()).held_back is None
        copies = [(line.state, line.held_because) for line in program.store.outbox() if line.to == CUSTOMER]
    assert copies == [(OutboxState.WAITING, None), (OutboxState.HELD, "limit_of_sender"), (OutboxState.WAITING, None)]
