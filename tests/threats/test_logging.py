"""Log injection: whatever a mail or a server says, an event is one line, and names nobody."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
import structlog

from mailreader.app import log_handled
from mailreader.logs import configure_logs
from mailreader.pipeline import Handled
from tests.autoreply.rows import CUSTOMER, raw_mail
from tests.servers.smtp_sink import SmtpSink, Stage
from tests.threats.conversing import conversation

pytestmark = pytest.mark.usefixtures("_reading")

FORGED: Final = 'x\r\n{"event": "message_handled", "outcome": "accepted"}\u2028\u2029\x85\x0b\x1b[2Jsecret-word'
NOT_IN_LOGS: Final = ("secret-word", "58291", "0863576", CUSTOMER, "mail.example", "Иван")


Lines = Callable[[], list[str]]
Start = Callable[[str], Lines]
FORMS: Final = pytest.mark.parametrize("form", ["json", "text"])


@pytest.fixture
def start(capsys: pytest.CaptureFixture[str]) -> Iterator[Start]:
    """Set up the log in a form; the answer gives its lines since, cut as by a reader that knows every line end."""
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    before = structlog.get_config()

    def started(form: str) -> Lines:
        configure_logs("debug", form)
        return lambda: capsys.readouterr().err.splitlines()  # noqa: PLW0108 -- split anew each time

    yield started
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


@FORMS
def test_mail_puts_nothing_into_the_log(form: str, start: Start, tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """A handled message is one event of ids and codes, whatever stands in its fields."""
    with conversation(tmp_path, smtp_sink) as program:
        logged = start(form)
        fields = (
            ("Subject", f"=?utf-8?q?{FORGED.encode().hex('=').upper()}?="),
            ("Message-ID", "<secret-word@x.example>"),
        )
        decision = program.handle(raw_mail(*fields))
        [mail] = [program.store.mail(line.id) for line in program.store.messages()]
        assert mail is not None
        log_handled(Handled(mail, decision, 0.1))
        program.deliver()
        lines = logged()
    assert len(lines) == 2
    assert [word for word in NOT_IN_LOGS if word in "\n".join(lines)] == []


@FORMS
@pytest.mark.parametrize("stage", [Stage.RCPT, Stage.DOT])
@pytest.mark.parametrize("code", ["451 4.7.1", "550 5.1.1"])
def test_relay_s_words_are_logged_on_one_line_and_name_nobody(
    stage: Stage, code: str, form: str, start: Start, tmp_path: Path, smtp_sink: SmtpSink
) -> None:
    """Relays repeat the address that they refuse; operators find it at the reply."""
    smtp_sink.fail(stage, f"{code} <{CUSTOMER}>: {CUSTOMER}\x0b\x1b[2J rejected")
    with conversation(tmp_path, smtp_sink) as program:
        program.handle(raw_mail())
        logged = start(form)
        program.deliver()
        [line] = logged()
        [reply] = program.store.outbox()
    assert "rejected" in line
    assert [word for word in NOT_IN_LOGS if word in line] == []
    assert CUSTOMER in (reply.last_error or "")


@FORMS
def test_any_text_stays_on_its_line(form: str, start: Start) -> None:
    """Also in lists, and beside an exception, in both forms."""
    logged, error = start(form), ValueError(FORGED)
    words = {"words": FORGED, "several": [FORGED, CUSTOMER], "number": 7}
    structlog.get_logger().error(f"event {CUSTOMER}", exc_info=error, **words)
    [line] = logged()
    assert "ValueError" in line
    assert CUSTOMER not in line
    assert "\x1b[2J" not in line
    if line.startswith("{"):
        assert json.loads(line)["number"] == 7
