"""`messages show --as-fixture`: a stored message as a fixture in which nobody can be known again."""

from typing import TYPE_CHECKING

from config.words import load_languages, load_mail_marks
from mailreader.cli.program import Failed
from mailreader.cli.setup import Setup
from mailreader.cli.tables import say
from mailreader.fixture import Maker, written
from mailreader.judging import Judge
from parsers.mail import parse_mail
from parsers.reading import Reader

if TYPE_CHECKING:
    from mailreader.fixture import Fixture
    from mailreader.store import Store, StoredMail


def say_fixture(setup: Setup, number: int) -> None:
    """Write a stored message and its accounts as one document of YAML."""
    with setup.store() as store:
        stored, mail = store.message(number), store.mail(number)
        if stored is None:
            raise Failed(f"There is no message {number}.")
        if stored.line.outcome is None:
            raise Failed(f"Message {number} has not been judged yet.")
        if mail is None or mail.raw is None:
            raise Failed(f"The mail of message {number} is not kept any more.")
        fixture = _fixture(setup, store, mail, mail.raw)
    say(written(fixture, stored, setup.zone).removesuffix("\n"))


def _fixture(setup: Setup, store: "Store", mail: "StoredMail", raw: bytes) -> "Fixture":
    window = setup.settings.window.as_window()
    judge = Judge(window, setup.settings.policy())
    maker = Maker(Reader(load_languages(), load_mail_marks()), judge)
    letter = parse_mail(raw)
    named = maker.read(letter).identifiers | maker.whole(letter).identifiers
    register = store.accounts_in(letter.sender, named, window.period(mail.received))
    return maker.make(letter, raw, mail.received, register)
