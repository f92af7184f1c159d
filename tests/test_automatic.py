"""The watch for automatic mail on whatever comes; what each rule says is in `autoreply`."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.automatic import load_automatic_subjects
from mailreader.automatic import Automatic, AutomaticRules, Silence, judge_automatic
from mailreader.bounces import is_known_bounce
from tests.letters import CUSTOMER, OUR_ADDRESS, make_letter

SERVER = "mx.energo.example"
RULES = AutomaticRules(
    own_addresses=frozenset({OUR_ADDRESS}),
    trusted_authserv_id=SERVER,
    auto_reply_subjects=load_automatic_subjects(
        [{"auto_reply_subjects": ["Автоответ", "Отчёт", "Out of office", "Automatic reply", "Автоматты жауап"]}]
    ),
    loop_token="mailreader-energo",
)
ON_TOP = "authentication-results"


def test_ordinary_letter_is_for_us_to_answer() -> None:
    """No rule speaks of a person's mail."""
    assert judge_automatic(make_letter(), RULES) == Automatic()


@pytest.mark.parametrize(
    "address",
    [
        "ivanov", "ivanov@localhost", "ivanov@", "@mail.example", "a b@mail.example", "a..b@mail.example",
        "ivanov@mail.invalid", "ivanov@[10.0.0.1]", f"{'a' * 65}@mail.example", f"a@{'b' * 64}.example",
        "a\r\nb@mail.example", "<a@mail.example", "ivanov@mail_.example", "ivanov@-mail.example",
    ],
)  # fmt: skip
def test_address_that_cannot_be_written_to_is_known(address: str) -> None:
    """Also one that no parser of mail would let through."""
    assert judge_automatic(make_letter(senders=(address,)), RULES) == Automatic(silence=Silence.UNWRITABLE_ADDRESS)


def test_rare_signs_of_an_address_are_fine() -> None:
    """RFC 5322 allows more than most people have seen."""
    assert judge_automatic(make_letter(senders=("o'neil/x=y+z@sub.mail.example",)), RULES).silence is None


@given(st.text(max_size=80))
def test_any_value_of_any_field_is_judged(value: str) -> None:
    """Hostile headers never raise."""
    names = ("return-path", "from", "sender", ON_TOP, "auto-submitted", "precedence", "x-ms-exchange-organization-scl")
    letter = make_letter(*((name, value) for name in names), senders=(value,), subject=value, sender_name=value)
    assert isinstance(judge_automatic(letter, RULES), Automatic)


@pytest.mark.parametrize(
    "text",
    ["л/с 0123456, ivanov@mail.example, свет 12345", "Мой адрес, ivanov@mail.example, горячая вода 123", ""],
)
def test_letter_that_names_an_address_is_no_bounce(text: str) -> None:
    """People write their address between commas; that is no sign of a failure."""
    letter = EmailMessage()
    letter["From"] = CUSTOMER
    letter.set_content(text)
    assert not is_known_bounce(letter.as_bytes())


@given(st.binary(max_size=300))
def test_any_bytes_are_judged_for_bounces(raw: bytes) -> None:
    """Malformed mail never raises."""
    assert isinstance(is_known_bounce(raw), bool)


def test_subjects_are_casefolded_and_of_all_files(tmp_path: Path) -> None:
    """What the languages bring is added to the file; case and spaces do not matter."""
    file = tmp_path / "automatic.toml"
    file.write_text('auto_reply_subjects = ["Out  of OFFICE"]\nbounce_subjects = ["Недоставлено"]\n', encoding="utf-8")
    marks = [{"auto_reply_subjects": ["Автоответ"], "other": ["x"]}]
    assert load_automatic_subjects(marks, file) == ("out of office", "автоответ", "недоставлено")
