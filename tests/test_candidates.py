"""What the register made of each number, and why each other register was passed over (rules, sections 2 to 4)."""

from collections.abc import Sequence

import pytest

from mailreader.candidates import Sense, senses_of
from mailreader.matching import Matcher
from mailreader.sections import find_mentions
from models.catalogue import Zone
from models.register import Account, RegisterExcerpt
from models.rules import Policy
from tests.accounts import OWNER, SECOND_HOT, STRANGER, TODAY, hot, light, make_account
from tests.parsers.statements import read_text

TWO = make_account(light(), hot())
THREE = make_account(light(), hot(), hot("500", SECOND_HOT))
DAY_NIGHT = make_account(light("10000", Zone.DAY), light("5000", Zone.NIGHT), hot())
OTHER = make_account(light(number="7654321"), hot(number="7654321"), number="7654321")
SHORT = make_account(light(number="10100"), number="10100")

EXCLUDED = [
    (TWO, "свет 10100", "electricity: chosen, hot_water: service"),
    (TWO, "вода 110", "electricity: water, hot_water: chosen"),
    (TWO, "110", "electricity: value_below_previous, hot_water: chosen"),
    (TWO, "10100", "electricity: chosen, hot_water: value_implausible"),
    (TWO, "1000000", "electricity: value_too_many_digits, hot_water: value_too_many_digits"),
    (THREE, "горячая 515", "electricity: service, hot_water: value_implausible, hot_water: chosen"),
    (THREE, "счетчик № 20000003 горячая 510", "electricity: serial, hot_water: serial, hot_water: chosen"),
    (DAY_NIGHT, "день 10100", "electricity: chosen, electricity: zone, hot_water: service"),
    (DAY_NIGHT, "Т2 5100", "electricity: tariff, electricity: chosen, hot_water: service"),
    (THREE, "горячая 505", "electricity: service, hot_water: value_implausible, hot_water: chosen"),
    (TWO, "свет 10100, газ 310", "electricity: chosen, hot_water: service / electricity: service, hot_water: service"),
]
LOCATED = [
    (TWO, "свет 10100", "label"),
    (make_account(light()), "10100", "only_register"),
    (TWO, "10100", "only_assignment"),
    (TWO, "счетчик № 20000002 110", "serial"),
]
DROPPED = [
    (TWO, "свет 10100. Жарық 10100", "10100 same_value"),
    (TWO, "на 18.11 свет 10050, на 20.11 свет 10100", "10050 older"),
    (TWO, "свет 10100, горячая 110\nжарық 10100, ыстық 110", "10100 repeated, 110 repeated"),
    (TWO, "свет 10000, свет 10100", "10000 previous_value"),
    (TWO, "свет 10100, свет 100", "100 consumption"),
    (TWO, "свет 10100, горячая 110\n7", "7 noise"),
]
MENTIONED = [
    ("лс 0123456 свет 10100", STRANGER, "0123456 labelled"),
    ("0123456\nсвет 10100", STRANGER, "0123456 alone"),
    ("0123456 свет 10100", STRANGER, "0123456 head"),
    ("видел 0123456 раз, свет 10100", OWNER, "0123456 sender"),
    ("Сериков, видел 0123456 раз, свет 10100", STRANGER, "0123456 holder"),
    ("видел 0123456 раз, счетчик № 10000001 свет 10100", STRANGER, "0123456 serial"),
    ("видел 0123456 раз, свет 10200", STRANGER, "0123456 no_witness"),
    ("123456\nсвет 10200", STRANGER, "123456 inexact"),
    ("лс 0123456\n10100", STRANGER, "0123456 labelled, 10100 other_meaning"),
    ("лс 0123456 свет 10100", STRANGER, "0123456 labelled, 10100 said_to_be_value"),
]


def senses(account: Account, text: str, sender: str = OWNER, *others: Account) -> Sequence[Sense]:
    """What a register made of the numbers of a text."""
    statement, register = read_text(text), RegisterExcerpt.of([account, *others])
    mentions = find_mentions(statement, register, sender, Policy(), TODAY)
    return senses_of(statement, Matcher(Policy(), TODAY).match(statement, register, sender), mentions, Policy(), TODAY)


def registers(sense: Sense) -> str:
    """The candidates of a value in one line."""
    return ", ".join(
        f"{one.register.service}: {'chosen' if one.chosen else one.exclusion or 'possible'}" for one in sense.candidates
    )


@pytest.mark.parametrize(("account", "text", "told"), EXCLUDED)
def test_each_register_says_why_a_value_is_not_its(account: Account, text: str, told: str) -> None:
    """By the label, the serial, the previous value, the cap, the digits."""
    assert " / ".join(registers(sense) for sense in senses(account, text) if sense.claim) == told


def test_two_registers_that_are_possible_are_both_candidates() -> None:
    """And one that a labelled value has says which."""
    twins = make_account(hot("100"), hot("105", SECOND_HOT))
    (riddle,) = senses(twins, "горячая 115")
    assert registers(riddle) == "hot_water: possible, hot_water: possible"
    _, bare = senses(THREE, "свет 10100\n515")
    taken = bare.candidates[0]
    assert (taken.exclusion, taken.taken_by and taken.taken_by.text) == ("taken", "10100")
    light_, _ = senses(DAY_NIGHT, "свет 10100, 5100")
    assert registers(light_) == "electricity: chosen, electricity: value_implausible, hot_water: service"


@pytest.mark.parametrize(("account", "text", "located"), LOCATED)
def test_a_value_knows_how_it_came_to_its_register(account: Account, text: str, located: str) -> None:
    """By a serial, a label, the only register or the only assignment."""
    assert [sense.claim.located for sense in senses(account, text) if sense.claim] == [located]


@pytest.mark.parametrize(("account", "text", "told"), DROPPED)
def test_a_number_that_makes_no_claim_says_why(account: Account, text: str, told: str) -> None:
    """It says nothing new, or is the previous value or the consumption."""
    dropped = [f"{sense.number.text} {sense.dropped}" for sense in senses(account, text) if sense.dropped]
    assert ", ".join(dropped) == told


@pytest.mark.parametrize(("text", "sender", "told"), MENTIONED)
def test_a_number_of_the_register_says_why_it_is_an_account(text: str, sender: str, told: str) -> None:
    """Or why it is none."""
    others = () if sender == OWNER else (OTHER, SHORT) if "10100" in told else (OTHER,)
    found = [sense.mention for sense in senses(TWO, text, sender, *others) if sense.mention]
    assert ", ".join(f"{mention.number.text} {mention.standing}" for mention in found) == told


def test_accounts_that_stand_idle_or_cannot_be_told_from_values_are_passed_over() -> None:
    """The register has both numbers."""
    found = [sense.mention for sense in senses(TWO, "0123456: 10100\n7654321", STRANGER, OTHER) if sense.mention]
    assert [str(mention.standing) for mention in found] == ["head", "no_value"]
