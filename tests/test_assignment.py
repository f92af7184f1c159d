"""The exactly-one rule: one possible assignment, or none (rules, section 3)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailreader.assignment import Options, assign, possible_readings
from models.grounds import Ground
from models.register import MeterRegister
from models.rules import Policy, is_possible
from models.statement import Label, Number, Place, Role, Span
from tests.accounts import SECOND_HOT, TODAY, hot, light

LIGHT, HOT, SECOND = light("10000"), hot("100"), hot("500", SECOND_HOT)
TWIN = hot("105", SECOND_HOT)
ASSIGNED = [
    (["10100", "110"], [LIGHT, HOT], [LIGHT, HOT]),
    (["110", "10100"], [LIGHT, HOT], [HOT, LIGHT]),
    (["10100"], [LIGHT, HOT], [LIGHT]),
    (["110", "510"], [HOT, SECOND], [HOT, SECOND]),
    (["110", "115"], [HOT, TWIN], [None, None]),
    (["115"], [HOT, TWIN], [None]),
    (["102", "110"], [HOT, TWIN], [HOT, TWIN]),
    (["110", "110"], [HOT, TWIN], [HOT, TWIN]),
    (["90000"], [LIGHT, HOT], [None]),
    (["10100", "10200"], [LIGHT, HOT], [None, None]),
    ([], [LIGHT], []),
]


def number(value: str, place: int = 0, role: Role = Role.BARE) -> Number:
    """An unlabelled number of a text, of which only the value matters."""
    span = Span(10 * place, 10 * place + len(value))
    return Number(
        span, value, value, role, (Decimal(value),), Label(), Place.INSIDE,
        line=0, clause=0, evidence=span, ground=Ground.UNLABELLED,
    )  # fmt: skip


@pytest.mark.parametrize(("values", "registers", "taken"), ASSIGNED)
def test_values_go_where_only_one_assignment_is_possible(
    values: list[str], registers: list[MeterRegister], taken: list[MeterRegister | None]
) -> None:
    """Two ways with the same effect are one way."""
    numbers = [number(value, place) for place, value in enumerate(values)]
    way = assign([Options(each, tuple(registers)) for each in numbers], (), Policy(), TODAY)
    got = [way[each][0] if each in way else None for each in numbers]
    assert sorted(map(str, got)) == sorted(map(str, taken))
    if len(set(values)) == len(values):
        assert got == taken


def test_one_riddle_does_not_spoil_the_rest() -> None:
    """Values that share no register are judged apart."""
    clear, riddle = number("10100", 1), number("115", 2)
    way = assign([Options(clear, (LIGHT,)), Options(riddle, (HOT, TWIN))], (), Policy(), TODAY)
    assert set(way) == {clear}


def test_a_stray_number_that_could_be_the_value_makes_two_ways() -> None:
    """Where it cannot, it does not matter."""
    options = [Options(number("10100", 1), (LIGHT, HOT))]
    assert not assign(options, [number("10200", 2, Role.STRAY)], Policy(), TODAY)
    assert assign(options, [number("77777", 2, Role.STRAY)], Policy(), TODAY)


def test_very_many_values_are_not_tried() -> None:
    """Nine values for nine registers have too many ways to be looked at."""
    registers = tuple(hot("100", str(serial)) for serial in range(20))
    numbers = [number(str(110 + place), place) for place in range(20)]
    assert not assign([Options(each, registers) for each in numbers], (), Policy(), TODAY)


@given(st.lists(st.integers(min_value=0, max_value=20_000).map(str), min_size=1, max_size=4, unique=True))
def test_an_assignment_uses_every_register_once_and_only_possible_values(values: list[str]) -> None:
    """Whatever the values, and in whatever order they stand."""
    registers = (LIGHT, HOT, SECOND)
    numbers = [number(value, place) for place, value in enumerate(values)]
    way = assign([Options(each, registers) for each in numbers], (), Policy(), TODAY)
    taken = [register for register, _ in way.values()]
    assert len(taken) == len(set(taken))
    assert all(is_possible(value, register, Policy(), TODAY) for register, value in way.values())
    assert all(value in possible_readings(each, register, Policy(), TODAY) for each, (register, value) in way.items())
    back = assign([Options(each, registers) for each in reversed(numbers)], (), Policy(), TODAY)
    assert {(r.serial, v) for r, v in way.values()} == {(r.serial, v) for r, v in back.values()}
