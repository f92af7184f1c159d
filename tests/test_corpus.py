"""The corpora judged message by message: no wrong reading, and no fewer right verdicts than were reached before."""

from collections import Counter
from collections.abc import Sequence

import pytest

from tests.corpora import Judged, corpus_accounts, judge_corpus, small_register, write_report
from tests.large_register import LargeRegister

LARGE = 300_000
REGISTERS = {
    "small": small_register,
    "large": LargeRegister.around(corpus_accounts(), LARGE, 7).excerpt,
    "dense": LargeRegister.around(corpus_accounts(), LARGE, 6).excerpt,
}
"""The accounts of the corpora alone, among those of a city, and where every third number of six digits is one."""
FLOORS = {
    ("corpus", "small"): 130,
    ("corpus", "large"): 130,
    ("corpus", "dense"): 129,
    ("heldout", "small"): 120,
    ("heldout", "large"): 120,
    ("heldout", "dense"): 120,
    ("heldout2", "small"): 145,
    ("heldout2", "large"): 145,
    ("heldout2", "dense"): 145,
    ("heldout3", "small"): 119,
    ("heldout3", "large"): 119,
    ("heldout3", "dense"): 118,
    ("heldout4", "small"): 108,
    ("heldout4", "large"): 106,
    ("heldout4", "dense"): 108,
    ("heldout5", "small"): 203,
    ("heldout5", "large"): 203,
    ("heldout5", "dense"): 201,
    ("heldout6", "small"): 110,
    ("heldout6", "large"): 110,
    ("heldout6", "dense"): 110,
    ("heldout7", "small"): 299,
    ("heldout7", "large"): 298,
    ("heldout7", "dense"): 299,
    ("heldout8", "small"): 219,
    ("heldout8", "large"): 219,
    ("heldout8", "dense"): 219,
    ("heldout9", "small"): 168,
    ("heldout9", "large"): 168,
    ("heldout9", "dense"): 168,
    ("heldout10", "small"): 215,
    ("heldout10", "large"): 214,
    ("heldout10", "dense"): 215,
    ("heldout11", "small"): 447,
    ("heldout11", "large"): 446,
    ("heldout11", "dense"): 445,
    ("heldout12", "small"): 170,
    ("heldout12", "large"): 170,
    ("heldout12", "dense"): 170,
    ("heldout13", "small"): 153,
    ("heldout13", "large"): 153,
    ("heldout13", "dense"): 153,
    ("heldout14", "small"): 157,
    ("heldout14", "large"): 157,
    ("heldout14", "dense"): 157,
}
"""How many messages are right in every part: a change may raise these numbers and never lower them.

Where every third number of six digits is an account, a mail of the corpus that leaves out the leading zero of its
account names another one.
"""


@pytest.fixture(scope="module", params=FLOORS, ids="-".join)
def judged(request: pytest.FixtureRequest) -> tuple[int, Sequence[Judged]]:
    """The floor of a corpus under a register, and its verdicts, of which a report is written."""
    corpus, size = request.param
    verdicts = judge_corpus(corpus, REGISTERS[size])
    write_report(f"{corpus}-{size}", verdicts)
    return FLOORS[corpus, size], verdicts


def test_a_corpus_records_no_wrong_reading(judged: tuple[int, Sequence[Judged]]) -> None:
    """Not one reading is recorded that is not in the right verdict."""
    _, verdicts = judged
    assert {each.message.id: each.wrong for each in verdicts if each.wrong} == {}


def test_a_corpus_is_read_as_well_as_before(judged: tuple[int, Sequence[Judged]]) -> None:
    """As many messages are right in outcome, readings, reasons, request and language as the floor says, or more."""
    floor, verdicts = judged
    faults = {each.message.id: each.faults for each in verdicts if each.faults}
    assert len(verdicts) - len(faults) >= floor, faults


def test_a_corpus_has_each_message_once(judged: tuple[int, Sequence[Judged]]) -> None:
    """No message is judged twice, and none is missing."""
    floor, verdicts = judged
    counted = Counter(each.message.id for each in verdicts)
    assert set(counted.values()) == {1}
    assert len(counted) >= floor


@pytest.mark.parametrize("digits", [6, 7])
def test_a_made_account_is_found_by_all_that_names_it(digits: int) -> None:
    """A made account is found by its number, without its leading zeros and by a serial, and is the same every time."""
    register = LargeRegister.around(corpus_accounts(), LARGE, digits)
    made = register.accounts.number(1000)
    (account,) = register.excerpt([made], None).accounts.values()
    assert account.number == made
    assert account.registers
    for name in (made.lstrip("0"), account.registers[0].serial):
        assert account in register.excerpt([name], None).accounts.values()


@pytest.mark.parametrize(("digits", "share"), [(6, 0.3), (7, 0.03)])
def test_a_large_register_is_as_dense_as_those_of_cities(digits: int, share: float) -> None:
    """As many of all numbers are accounts as the size says, so that values and dates do hit accounts."""
    register = LargeRegister.around(corpus_accounts(), LARGE, digits)
    numbers = [f"{number:0{digits}d}" for number in range(0, 10**digits, 10**digits // 1000)]
    found = sum(number in register.excerpt([number], None).accounts for number in numbers)
    assert found / len(numbers) == pytest.approx(share, rel=0.3)
