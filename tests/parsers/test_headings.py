"""Lines of words alone speak for the lines below them."""

from tests.parsers.statements import told


def test_a_heading_makes_the_values_below_previous_until_the_next_one() -> None:
    """Two blocks under two headings: what was, and what is."""
    text = "Предыдущие показания:\nсвет 12000\nгвс 100\nТекущие показания:\nсвет 12345\nгвс 104"
    assert told(text) == [
        "previous 12000 electricity",
        "previous 100 hot_water",
        "value 12345 electricity",
        "value 104 hot_water",
    ]


def test_a_line_of_other_words_ends_a_heading() -> None:
    """Prose between the blocks does not carry what stood above it."""
    assert told("Было:\nсвет 12000\nСегодня ходил смотреть сам.\nсвет 12345")[-1] == "value 12345 electricity"
