"""A part of what `make torture` does: operations here and there fail, and nothing is lost or done twice."""

import itertools

import pytest

from tests.databases import ON_SQLITE
from tests.torture.faults import Fault, Seam, When
from tests.torture.ground import Ground
from tests.torture.kills import run_killed
from tests.torture.network import network_cases, run_in_trouble
from tests.torture.plans import SERIES, in_recovery

pytestmark = pytest.mark.system

STEPS = {Seam.IMAP: 53, Seam.SQL: 199, Seam.SMTP: 23}
"""How far apart the operations lie that fail here: prime numbers, so that they fall on all kinds of them."""
BEGINS = {When.BEFORE: 3, When.AFTER: 14}


OF_SQL = [each for each in SERIES if each[0] is Seam.SQL]
OF_THE_NETWORK = [each for each in SERIES if each[0] is not Seam.SQL]


@pytest.mark.parametrize(("seam", "when", "lasting"), OF_SQL)
def test_statement_that_fails_costs_nothing(ground: Ground, seam: Seam, when: When, *, lasting: bool) -> None:
    """Whichever it is, before or after it was done, once or for a while."""
    fails_here_and_there(ground, seam, when, lasting=lasting)


@ON_SQLITE  # the operations are those of the mail servers
@pytest.mark.parametrize(("seam", "when", "lasting"), OF_THE_NETWORK)
def test_command_that_fails_costs_nothing(ground: Ground, seam: Seam, when: When, *, lasting: bool) -> None:
    """The same, of the mailbox and of the relay."""
    fails_here_and_there(ground, seam, when, lasting=lasting)


def fails_here_and_there(ground: Ground, seam: Seam, when: When, *, lasting: bool) -> None:
    """Fail operations that lie apart, until there is none any more; nothing may come of it."""
    runs = 0
    for number in itertools.count(BEGINS[when] + 5 * lasting, STEPS[seam]):
        with ground.world() as world:
            outcome = world.run((Fault(seam, when, number, lasting),))
        assert outcome.complaints == [], number
        if not outcome.struck:
            break
        runs += 1
    assert runs > 1


def test_fault_while_another_is_got_over_costs_nothing(ground: Ground) -> None:
    """The way back is as safe as the way there."""
    for plan in in_recovery({Seam.IMAP: 80, Seam.SQL: 280, Seam.SMTP: 48}, 3):
        with ground.world() as world:
            assert world.run(plan).complaints == [], plan


@ON_SQLITE  # `tests/system/test_crash.py` kills at points that have names, on both
@pytest.mark.parametrize(
    "points",
    [("before Readers.read", "after smtp:9")],
    ids=["in-the-parse-and-again"],
)
def test_process_that_is_killed_goes_on_where_it_was(ground: Ground, points: tuple[str, ...]) -> None:
    """Wherever that is, and though it is killed again on its way back."""
    with ground.world() as world:
        outcome = run_killed(world, points)
    assert (outcome.complaints, outcome.struck) == ([], len(points))


@ON_SQLITE  # the connections are those with the mail servers
@pytest.mark.parametrize("place", [0, 7])
def test_connection_that_breaks_is_opened_again(ground: Ground, place: int) -> None:
    """Closed, dripping, silent: the daemon finds it out by itself, and comes to rest."""
    case = list(network_cases(place + 1))[place]
    with ground.world() as world:
        assert run_in_trouble(world, case).complaints == [], case


@ON_SQLITE
def test_only_the_final_dot_leaves_an_answer_unknown(ground: Ground) -> None:
    """Wherever else the mailbox or the relay fails, an answer is sent in the end."""
    before_the_dot = Fault(Seam.SMTP, When.BEFORE, 14)
    with ground.world() as world:
        assert world.run((before_the_dot,)).unknown == 0
    with ground.world() as world:
        assert world.run((Fault(Seam.IMAP, When.AFTER, 40),)).unknown == 0
