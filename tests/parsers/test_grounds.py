"""Each number of a text knows why it was taken for what it is, and by which word (rules, section 5)."""

import pytest

from models.grounds import Ground
from models.letter import NewestPart
from parsers.statement import read_statement
from tests.letters import make_letter
from tests.parsers.statements import project_lexicon, read_text

WITNESSED = [
    ("тел 701234", "phone named тел"),
    ("ИИН 880101300123", "personal_id named ИИН"),
    ("4500 ₸", "money named ₸"),
    ("долг 4500", "money named долг"),
    ("18 ноября", "date named ноября"),
    ("ноябрь 2026", "date named ноябрь"),
    ("15 минут", "time named минут"),
    ("скидка 10%", "count named %"),
    ("3 счетчика", "count named счетчика"),
    ("кв. 45", "address named кв"),
    ("Абая, 75", "address name_before Абая"),
    ("лс 0123456", "account named лс"),
    ("счетчик № 20000003 горячая 510", "serial named №"),
]
GROUNDS = [
    ("тел 87012345678", "phone shape"),
    ("880101300123", "personal_id control_digit"),
    ("три", "count number_word"),
    ("на 18.11 свет 10050, 20.11 свет 10100", "date named, value label, date goes_on, value label"),
    ("Абая 75, 12", "address name_before, address goes_on"),
    ("у соседа свет 12345", "document others"),
    ("например свет 12345", "document example"),
    ("не 12345, а 12354", "withdrawn corrected, value correction"),
    ("свет 10100, горячая 110", "value label, value label"),
    ("горячая 568 и 389", "value label, value carried"),
    ("было 10000 стало 10100", "previous label, value label"),
    ("Предыдущие показания:\nсвет 10000", "previous heading"),
    ("свет\n10100", "value stacked"),
    ("10100", "bare unlabelled"),
    ("вчера видел 777 ворон", "stray strange"),
    ("EL-123", "stray no_quantity"),
    ("холодная и горячая: 310 и 264", "value in_turn, value in_turn"),
]


@pytest.mark.parametrize(("text", "told"), WITNESSED)
def test_a_number_names_the_word_that_explains_it(text: str, told: str) -> None:
    """Role, ground and the word itself, as it stands in the text."""
    statement = read_text(text)
    number = statement.numbers[0]
    assert number.witness is not None
    assert f"{number.role} {number.ground} {number.witness.of(statement.text)}" == told


@pytest.mark.parametrize(("text", "told"), GROUNDS)
def test_a_number_knows_why_it_has_its_role(text: str, told: str) -> None:
    """What decided it, whatever it was: shape, words, place."""
    assert ", ".join(f"{number.role} {number.ground}" for number in read_text(text).numbers) == told


def test_a_number_of_the_signature_or_of_an_earlier_subject_says_so() -> None:
    """There a number is never a value."""
    (signed,) = read_text("привет", signature="12345").numbers
    (earlier,) = read_text("спасибо", subject="Re: 12345").numbers
    assert (signed.ground, earlier.ground) == (Ground.SIGNATURE, Ground.EARLIER_SUBJECT)
    (subject,) = read_text("10100", subject="горячая вода").numbers
    assert subject.ground is Ground.SUBJECT


def test_tokens_are_kept_where_they_are_asked_for() -> None:
    """What each word was taken for; else they cost nothing."""
    letter, newest = make_letter(subject=""), NewestPart("лс 0123456 свет 10100", "", "")
    statement = read_statement(letter, newest, project_lexicon(), keep_tokens=True)
    told = [(token.span.of(statement.text), token.kind, token.meanings) for token in statement.tokens]
    assert [(text, kind) for text, kind, _ in told][:2] == [("лс", "word"), ("0123456", "number")]
    assert "account" in told[0][2]
    assert "service.electricity" in told[2][2]
    assert read_statement(letter, newest, project_lexicon()).tokens == ()
