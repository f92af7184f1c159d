"""The statement of a message: which text counts, what the message is about, what holds for any text whatever."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.catalogue import Service
from models.letter import NewestPart
from models.statement import Role, Statement
from parsers.statement import read_statement
from tests.letters import make_letter
from tests.parsers.statements import project_lexicon, read_text, told

WORDS = [
    "свет", "горячая вода", "день", "ночь", "лс", "счетчик", "№", "на", "18.11", "не", "а", "12345", "0123456", "1,234",
    "12 345,6", "сто", "двадцать", "тысяч", "или", "было", "стало", "итого", "кв.", "д", "г", "м3", "кВтч", "т1", "-",
    "/", ",", ".", ":", ";", "(", ")", "|", "\t", "\n", "  ", "=", "→", "ул.", "Абая", "5", "тел", "87012345678",
    "тенге", "фото", "PA", "07", "жарық", "емес", "meter", "reading", "not", "but", "re:", "1.", "[20.11.2026 09:30]",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=40).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda joint: joint.join(words))
)
HOSTILE = [
    "123, ", "свет 123 ", "18.11 123, ", "не 1 а 2 ", "№ 1234567 ", "1-", "a1", "сто ", "1 или ", "\t1\t", "1:",
    "Абая, 5 ",     "лс 1 2 3 ", "свет\n123\n", "[", "+7 ", "о", "'a", "12 345 ", "18.11, ",
]  # fmt: skip


def test_subject_and_body_count_together() -> None:
    """The account of the subject and the value of the body are one statement."""
    assert told("свет 12345", subject="лс 0123456") == ["account 0123456", "value 12345 electricity"]


def test_a_service_of_the_subject_speaks_for_the_one_number_of_the_body() -> None:
    """Weakly, as a label that is carried over."""
    assert told("12345", subject="Показания за свет") == ["value 12345 electricity carried"]


def test_the_values_of_an_answers_subject_are_those_of_an_earlier_mail() -> None:
    """What stands behind "Re:" was not written this time."""
    assert told("горячая 345", subject="Re: свет 12345") == ["stray 12345 electricity", "value 345 hot_water"]


def test_a_signature_holds_no_values() -> None:
    """Only the account that it names counts."""
    assert told("свет 12345", signature="Иванов, лс 0123456, тел 87012345678, 555") == [
        "value 12345 electricity",
        "account 0123456",
        "phone 87012345678",
        "stray 555",
    ]


def test_a_forward_is_read_where_nothing_is_written_above_it() -> None:
    """A value above wins."""
    assert [n.text for n in read_text("см. ниже", forwarded="свет 12345").with_role(Role.VALUE)] == ["12345"]
    assert [n.text for n in read_text("свет 5555", forwarded="свет 12345").with_role(Role.VALUE)] == ["5555"]


def test_the_only_number_of_a_message_is_its_value_where_its_part_of_the_sentence_is_about_a_reading() -> None:
    """Hardly another word may stand beside it: a code or an order number is no reading."""
    assert told("Как на циферблате: 12345") == ["bare 12345"]
    assert told("Звонил на 12345 по поводу того, что показания не приняли") == ["stray 12345"]


def test_services_on_a_photo_are_named() -> None:
    """A sentence that names a service and a photo, and no number."""
    statement = read_text("Свет 12345. Горячая вода на фото.")
    assert statement.on_photo == {Service.HOT_WATER}
    assert statement.named_services == {Service.ELECTRICITY, Service.HOT_WATER}


@pytest.mark.parametrize(
    ("text", "thanks"),
    [("Спасибо!", True), ("Рахмет", True), ("Ok, thank you", True), ("Спасибо, свет 12345", False), ("Свет", False)],
)
def test_mere_thanks_are_known(text: str, thanks: bool) -> None:  # noqa: FBT001 - a column
    """Thanks and nothing else that matters."""
    assert read_text(text).mere_thanks is thanks


def test_an_answer_is_known_by_its_subject() -> None:
    """Some mail programs name no message that theirs answers."""
    assert read_text("Спасибо!", subject="Re: Показания приняты").is_answer
    assert not read_text("Спасибо!", subject="Показания приняты").is_answer


def test_identifiers_are_what_the_register_is_asked_for() -> None:
    """Accounts, serials and whatever may be one; phones, dates and sums are not looked up."""
    statement = read_text("лс 0123456 счетчик № 7654321 свет 12345 тел 87012345678 на 18.11.2026")
    assert statement.identifiers == {"0123456", "7654321", "12345"}


@given(TEXTS | st.text(max_size=200), TEXTS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_read(body: str, signature: str) -> None:
    """No text breaks the reading, and every number points into the text that it came from."""
    statement = read_text(body, subject=signature, signature=signature, forwarded=body)
    for number in statement.numbers:
        assert 0 <= number.span.start < number.span.end <= len(statement.text)
        assert number.span.of(statement.text) == number.text
        assert number.evidence.start <= number.span.start
        assert number.span.end <= number.evidence.end <= len(statement.text)
        assert number.role in Role


@given(TEXTS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_each_number_is_explained_once(body: str) -> None:
    """The spans of two numbers never overlap."""
    spans = sorted(number.span for number in read_text(body).numbers)
    assert all(before.end <= after.start for before, after in pairwise(spans))


@pytest.mark.parametrize("part", HOSTILE)
def test_four_times_the_text_takes_about_four_times_as_long(part: str) -> None:
    """No text is slow out of proportion: the square would take sixteen times as long."""
    short = part * (2000 // len(part))
    assert min(_seconds(short * 4) for _ in range(2)) < 10 * max(_seconds(short), _seconds(short), 0.01)


def _seconds(body: str) -> float:
    begun = process_time()
    statement: Statement = read_statement(make_letter(), NewestPart(body), project_lexicon())
    assert statement.text
    return process_time() - begun
