"""What is fuzzed: each target takes any bytes, and raises where something does not hold that always must.

`guided` runs them over inputs that it makes up, tests over inputs that were found once.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from imapclient.exceptions import IMAPClientError
from imapclient.response_parser import parse_fetch_response

from mailreader.authentication import is_disowned
from mailreader.automatic import judge_automatic
from mailreader.bounces import is_known_bounce, read_failure
from mailreader.case import Case
from mailreader.judging import Judge
from mailreader.mailbox.faults import MALFORMED
from mailreader.mailbox.oversize import fetch_small
from mailreader.readers import WasRead
from models.history import History
from models.letter import Letter
from models.register import RegisterExcerpt
from models.rules import Policy
from models.window import Window
from parsers import mail
from parsers.html import parse_html
from parsers.reading import ReadMail
from tests.corpora import corpus_accounts, corpus_reader, mail_rules
from tests.fuzz.checks import check_statement, check_verdict
from tests.letters import make_letter

RECEIVED: Final = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
"""An instant within the window."""
_SERVER: Final = "mx.energo.example"
_UID: Final = 7
_LONGEST: Final = 200_000

Target = Callable[[bytes], None]


def fuzz_mime(raw: bytes) -> None:
    """A mail of any bytes becomes a letter, twice the same; what the net over it would hide counts as a fault."""
    letter = mail._parse(raw)
    assert letter == mail.parse_mail(raw)
    assert _shown(letter) >= 0


def _shown(letter: Letter) -> int:
    """How much text a letter has; what is no text at all breaks here."""
    texts = (letter.subject, letter.plain or "", letter.html or "", letter.sender_name, *letter.senders)
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)


def fuzz_html(raw: bytes) -> None:
    """Markup of any kind becomes text that is not much longer."""
    markup = raw.decode("utf-8", "replace")
    seen = parse_html(markup)
    assert seen == parse_html(markup)
    assert len(seen.text) <= 10 * len(markup) + 100, "the text is longer than its markup accounts for"


def fuzz_text(raw: bytes) -> None:
    """A subject and a body of any text get a statement and a verdict that hold."""
    subject, _, body = raw.decode("utf-8", "replace").partition("\n")
    judge(ReadMail(letter := make_letter(subject=subject, plain=body), corpus_reader().statement(letter)))


def fuzz_mail(raw: bytes) -> None:
    """The whole way of a mail from its bytes, but for the database: exactly one outcome."""
    judge(corpus_reader().read(raw), known_bounce=is_known_bounce(raw))


def judge(read: ReadMail, *, known_bounce: bool = False) -> None:
    """Judge what was read against the register of the corpus; all that is said of it must hold."""
    if read.statement is not None:
        check_statement(read.statement)
    case = Case.of(WasRead(read, known_bounce), RECEIVED, mail_rules())
    verdict = case.verdict(Judge(Window(), Policy()), RegisterExcerpt.of(corpus_accounts()), History())
    check_verdict(verdict, read.statement)


def fuzz_envelope(raw: bytes) -> None:
    """What a delivery is known by is the same, whether the header alone is read or the whole mail."""
    envelope, letter = mail.parse_envelope(raw), mail.parse_mail(raw)
    assert envelope.body_digest == letter.body_digest
    assert envelope.message_id == letter.message_id
    in_file = raw.replace(b"\r\n", b"\n").rstrip(b"\r")
    assert mail.body_digest(in_file) == mail.body_digest(in_file + b"\n")


def fuzz_authentication(raw: bytes) -> None:
    """Any Authentication-Results say whether the sender is disowned, and never by another server's word."""
    values = raw.decode("utf-8", "replace").splitlines()
    letter = make_letter(*(("authentication-results", value) for value in values))
    assert is_disowned(letter, _SERVER) in {True, False}
    assert not is_disowned(letter, "")
    foreign = make_letter(("authentication-results", f"other.example; {' '.join(values)}"))
    assert not is_disowned(foreign, _SERVER)


def fuzz_bounces(raw: bytes) -> None:
    """Whether a mail reports a failure can always be said; what it says is one short line."""
    assert is_known_bounce(raw) in {True, False}
    failure = read_failure(raw)
    assert failure is None or (failure.diagnosis.isprintable() and len(failure.diagnosis) <= 200)


def fuzz_headers(raw: bytes) -> None:
    """Whatever the header says, a machine is told from a person without a fault."""
    letter = mail._parse(raw)
    verdicts = {judge_automatic(letter, replace(mail_rules(), trusted_authserv_id=server)) for server in ("", _SERVER)}
    assert verdicts


class _Answering:
    """A server that answers every FETCH with the same."""

    def __init__(self, answer: Mapping[int, Mapping[bytes, Any]]) -> None:
        self._answer = answer

    def fetch(self, _uids: object, _items: object) -> Mapping[int, Mapping[bytes, Any]]:
        """Answer."""
        return self._answer


def fuzz_structure(raw: bytes) -> None:
    """A large mail of any structure is put together as a small one that can be read, or not at all."""
    structure, _, literal = raw.partition(b"\n\n")
    lines = [b"1 (UID %d BODYSTRUCTURE %s)" % (_UID, structure.replace(b"\n", b" "))]
    try:
        answer = dict(parse_fetch_response(lines, normalise_times=False).get(_UID, {}))
    except (IMAPClientError, AttributeError, *MALFORMED):
        return
    small = fetch_small(_Answering({_UID: answer | {b"BODY[HEADER]<0>": literal}}), _UID)  # type: ignore[arg-type]
    assert small is None or len(small) <= len(raw) * 4 + _LONGEST
    mail._parse(small or b"")


TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        "mime": fuzz_mime,
        "html": fuzz_html,
        "text": fuzz_text,
        "mail": fuzz_mail,
        "envelope": fuzz_envelope,
        "headers": fuzz_headers,
        "authentication": fuzz_authentication,
        "bounces": fuzz_bounces,
        "structure": fuzz_structure,
    }
)
