"""What a later sentence says of the numbers before it: withdrawn, put right, denied, another's."""

import pytest

from tests.parsers.statements import told

LATER = [
    ("Свет 100, горячая 104.\nПро воду забудьте, не тот циферблат.", ["value 100", "document 104"]),
    ("Electricity 73104, hot water 103. Never mind the electricity, wrong cabinet.", ["document 73104", "value 103"]),
    ("Жарық 100, ыстық су 104. Ыстық суды есепке алмаңыз.", ["value 100", "document 104"]),
    ("Свет 12345, горячая 104. Прошу не учитывать.", ["document 12345", "document 104"]),
    ("Т1 100, Т2 50. Т2 не учитывайте.", ["value 100", "document 50"]),
    ("Т1 100, Т2 50. Ночь не учитывайте.", ["document 100", "document 50"]),
    ("свет 12345(6)\nкрасную цифру не учитывайте", ["value 12345", "count 6"]),
    ("Electricity is 73210... no wait, scratch that. It's 73120.", ["withdrawn 73210", "value 73120"]),
    ("[20:42, 26.11.2026] Мама: горячая 896\n[20:43, 26.11.2026] Мама: ой 895", ["withdrawn 896", "value 895"]),
    ("Мне сказали, что мой свет 17320. Это не так. Свет 17102.", ["document 17320", "value 17102"]),
    ("гадать (ну 78900, скажем) не хочу, это не показание", ["document 78900"]),
    ("Свет 71230. Это с чужой фотографии, 71230 не проводите.", ["document 71230", "document 71230"]),
    ("Утром отправила 59140 по свету. Аннулируйте. На моём 59088", ["withdrawn 59140", "value 59088"]),
    ("Соседка завела меня к счётчику, там 36250", ["document 36250"]),
    ("Took the old meter down, it stood at 5391.", ["document 5391"]),
    ("Допустим, к зиме накрутит до 48900.", ["document 48900"]),
    ("I paid for October, 9860. Electricity 73100.", ["document 9860", "value 73100"]),
    ("Light 73100, hot water 110. Cold goes elsewhere so I leave it out.", ["value 73100", "value 110"]),
    ("It is stuck on 65600, so please don't treat that as a reading.", ["document 65600"]),
    ("Горячая 471, но это счётчик соседа.", ["document 471"]),
    ("Горячую в этот раз не сдаю, 1780", ["bare 1780"]),
    ("вчера внесла 36500 за свет и 3270 за горячую", ["document 36500", "document 3270"]),
    ("счётчик перевалил за 100000, свет 100117", ["count 100000", "value 100117"]),
    ("День то ли 65390, то ли 65890", ["value 65390", "value 65890"]),
]


@pytest.mark.parametrize(("text", "explained"), LATER)
def test_what_is_said_later_holds(text: str, explained: list[str]) -> None:
    """By the register that is named, by a part of the number, or of all that was said."""
    lines = [" ".join(line.split()[:2]) for line in told(text)]
    assert [line for line in lines if not line.startswith("time")] == explained
