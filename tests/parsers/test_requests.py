"""What a customer asks for beside a reading (rules, section 6)."""

import pytest

from models.catalogue import Request
from parsers.requests import most_concrete
from tests.parsers.statements import read_text

ASKED = [
    ("Прошу выслать дубликат квитанции", Request.INVOICE_DUPLICATE),
    ("Хочу перейти на двухтарифный счетчик", Request.TARIFF_CHANGE),
    ("Прошу расторгнуть договор", Request.CONTRACT_TERMINATE),
    ("Как заключить договор?", Request.CONTRACT_CONCLUDE),
    ("Прошу переоформить лицевой счет на меня", Request.CONTRACT_AMEND),
    ("У нас нет света второй день", Request.OTHER),
    ("Подскажите, сколько я должен?", Request.HELP_DESK),
    ("Шартты бұзғым келеді", Request.CONTRACT_TERMINATE),
    ("Тарифті ауыстырғым келеді", Request.TARIFF_CHANGE),
    ("Please send me a copy of the invoice", Request.INVOICE_DUPLICATE),
    ("How do I open an account?", Request.CONTRACT_CONCLUDE),
    ("What are your opening hours?", Request.HELP_DESK),
    ("Свет 12345, спасибо", None),
    ("Показания за ноябрь: свет 12345, горячая 345", None),
    ("Договор. Прошу учесть показания", None),
]


@pytest.mark.parametrize(("text", "request_"), ASKED)
def test_a_request_is_told_by_its_words(text: str, request_: Request | None) -> None:
    """All parts of a phrase stand in one sentence; thanks are no request."""
    assert read_text(text).request is request_


def test_the_most_concrete_of_several_is_given() -> None:
    """In the order of the catalogue; what is told and not asked for is none."""
    assert most_concrete(frozenset({"help_desk", "tariff_change", "other"})) is Request.TARIFF_CHANGE
    assert most_concrete(frozenset({"meter_changed"})) is None


@pytest.mark.parametrize("text", ["Нам поменяли счетчик", "Есептегішті ауыстырдым", "The meter was replaced"])
def test_a_new_meter_is_told_and_not_asked_for(text: str) -> None:
    """The word that the meter was changed goes with the reading."""
    assert read_text(text).meter_changed
