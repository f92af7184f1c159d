"""Numbers that are told and not submitted: bills, suppositions, questions, annulments, examples, others' meters."""

import pytest

from tests.parsers.statements import told

ASIDE = [
    "Если показание будет 12345, сколько платить?",
    "Свет 12345?",
    "По вашим данным свет 12345",
    "Оплатил за свет 12345",
    "Пример: свет 12345",
    "У соседа свет 12345",
    "Прошу не принимать свет 12345",
    "Свет 12345. Игнорируйте это сообщение",
    "Это не горячая 123",
    "К оплате:\nсвет 12345",
    "Егер жарық 12345 болса",
    "Мысалы: жарық 12345",
    "If electricity is 12345",
    "Example: electricity 12345",
]
SUBMITTED = [
    ("Если не поздно, свет 12345", ["value 12345 electricity"]),
    ("У соседа свет 12000, а у меня свет 12345", ["document 12000", "value 12345 electricity"]),
    ("Прошу аннулировать 12000, верно: свет 12345", ["document 12000", "value 12345 electricity"]),
    ("Можно передать показание: свет 12345?", ["value 12345 electricity"]),
]


@pytest.mark.parametrize("text", ASIDE)
def test_a_number_that_is_told_is_no_value(text: str) -> None:
    """It is explained, and no candidate for a register."""
    assert not [each for each in told(text) if each.startswith(("value", "bare"))]


@pytest.mark.parametrize(("text", "explained"), SUBMITTED)
def test_what_is_submitted_beside_it_stays_a_value(text: str, explained: list[str]) -> None:
    """The words reach as far as their part of the sentence, and no farther."""
    assert told(text) == explained


STORIES = [
    "Рабочие тянули интернет и сорвали пломбу с нашего электросчётчика, на ней номер свет 38812. Пришлите контролёра.",
    "The workmen pulled a cable and tore the old seal away, electricity 38812. Please send a technician.",
]


@pytest.mark.parametrize("text", STORIES)
def test_a_value_of_a_story_beside_a_request_is_no_value(text: str) -> None:
    """Whoever asks for something and tells a number among many other words gives no reading."""
    assert not [each for each in told(text) if each.startswith("value")]


def test_values_beside_a_request_stay_values_where_one_is_given_plainly() -> None:
    """The others may stand among as many words as they like."""
    text = "Свет 12345. На горячей воде муж после работы с фонариком увидел 472. Пришлите мастера."
    assert [line for line in told(text) if line.startswith("value")] == [
        "value 12345 electricity",
        "value 472 hot_water",
    ]


EARLIER = [
    ("Показания пришлю завтра, как вернусь. Вот октябрьские: день 70575, ночь 38674", []),
    ("I will send the readings on Friday. The previous sheet says electricity 73100.", []),
    ("Көрсеткішті ертең жіберемін. Қазандікі жарық 73100 еді.", []),
    ("Показания по воде пришлю завтра. Свет 73100.", ["value 73100 electricity"]),
    ("Показания по прибору пришлю завтра. На сегодня свет 73100.", ["value 73100 electricity"]),
]


@pytest.mark.parametrize(("text", "values"), EARLIER)
def test_values_of_a_message_that_announces_its_readings_are_earlier_ones(text: str, values: list[str]) -> None:
    """Unless the announcement names a service, or the sentence of the value speaks of today."""
    assert [line for line in told(text) if line.startswith("value")] == values
