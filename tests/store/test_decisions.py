"""The one transaction of a message: all or nothing, once, in the order received."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from threading import Barrier, Thread

import pytest

from mailreader.store import Store
from mailreader.store.history import UnfinishedReadingError
from models.catalogue import Outcome, Reason
from models.decision import Decision
from models.history import History, ReadingState
from models.register import RegisterExcerpt
from tests.store.samples import (
    NOW,
    PERIOD,
    SENDER,
    accepted,
    account,
    arrival,
    decide,
    decide_by,
    decision,
    recorded,
    refused,
    seen,
)


def values(store: Store) -> dict[str, ReadingState]:
    """Return the readings of the sample account, each with its state."""
    known = store.account("0123456")
    assert known is not None
    return {str(past.value): past.state for past in known[1]}


def test_decided_message_comes_back_as_it_was_decided(store: Store) -> None:
    """A second decision is the stored one, and the judge is not asked."""
    [saved] = store.save_arrivals([arrival(1)])
    made = decide(store, saved.id, decision(Outcome.PARTIAL, recorded("12345"), refused()))
    again = decide(store, saved.id, decision(Outcome.IGNORED))
    assert again == replace(made, message_id="<1@mail.example>")
    assert len(store.outbox()) == 1


def test_exception_of_the_judge_leaves_nothing_behind(store: Store) -> None:
    """A judge that dies takes the whole decision with it."""
    [saved] = store.save_arrivals([arrival(1)])

    def judge(_register: RegisterExcerpt, _history: History) -> Decision:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decide_by(store, saved.id, judge)
    assert (values(store), store.queue(None), store.outbox()) == ({}, [], [])
    assert decide(store, saved.id, accepted("1")).verdict.outcome is Outcome.ACCEPTED


def test_failure_after_the_judge_leaves_nothing_behind(store: Store) -> None:
    """A reading without a register is our fault: it undoes the verdict that was already written."""
    [saved] = store.save_arrivals([arrival(1)])
    broken = replace(recorded("200"), serial=None)
    with pytest.raises(UnfinishedReadingError):
        decide(store, saved.id, decision(Outcome.ACCEPTED, recorded("12345"), broken))
    line = store.message(saved.id)
    assert line is not None
    assert (line.line.outcome, values(store), store.outbox()) == (None, {}, [])


def test_two_messages_about_one_account_are_judged_one_after_the_other(database: str) -> None:
    """The second judge sees what the first one recorded, however they are timed."""
    stores = [Store.open(database), Store.open(database)]
    stores[0].import_register([account()])
    saved = stores[0].save_arrivals([arrival(1), arrival(2)])
    histories: list[int] = []
    barrier = Barrier(2)

    def run(store: Store, message_id: int) -> None:
        def judge(_register: RegisterExcerpt, history: History) -> Decision:
            histories.append(len(history.recorded))
            return accepted("12345" if message_id == saved[0].id else "12346")

        barrier.wait()
        decide_by(store, message_id, judge)

    threads = [Thread(target=run, args=(store, row.id)) for store, row in zip(stores, saved, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert histories == [0, 1]
    assert values(stores[0])["12346"] is ReadingState.CURRENT
    for store in stores:
        store.close()


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("stated", [("100", "200", "300"), ("100", "200", "100"), ("100", "100", "200")])
def test_latest_message_counts_in_whatever_order_they_are_handled(
    store: Store, order: tuple[int, ...], stated: tuple[str, ...]
) -> None:
    """An older message never replaces a newer one, also where the newer one only repeated a value."""
    saved = store.save_arrivals([arrival(uid) for uid in (1, 2, 3)])
    for place in order:
        decide(store, saved[place].id, accepted(stated[place]))
    counting = [value for value, state in values(store).items() if state is ReadingState.CURRENT]
    assert counting == [stated[-1]]


def test_same_instant_is_ordered_by_uid(store: Store) -> None:
    """Of two messages of one second the higher UID is the later."""
    early, late = store.save_arrivals([arrival(1, minutes=0), arrival(2, minutes=0)])
    decide(store, late.id, accepted("200"))
    decide(store, early.id, accepted("100"))
    assert values(store) == {"200": ReadingState.CURRENT, "100": ReadingState.LATE}


def test_same_value_again_makes_no_second_reading(store: Store) -> None:
    """What is stated again is confirmed again, however it is written, and stays one reading."""
    saved = store.save_arrivals([arrival(1), arrival(2)])
    decide(store, saved[0].id, accepted("12345"))
    decide(store, saved[1].id, accepted("12345.0"))
    assert values(store) == {"12345": ReadingState.CURRENT}
    assert [row.value for row in store.readings()] == ["12345"]


def test_value_with_more_decimals_than_thousandths_stays_exact(store: Store) -> None:
    """A reading is recorded as it was stated."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, accepted("123.45678"))
    assert [row.value for row in store.readings()] == ["123.45678"]


@pytest.mark.parametrize(
    ("identifiers", "sender"),
    [({"0123456"}, None), ({"123456"}, None), ({"24680135"}, None), (set(), SENDER), (set(), SENDER.upper())],
    ids=["number", "without zeros", "serial", "address", "address in capitals"],
)
def test_account_is_found_by_all_that_can_name_it(store: Store, identifiers: set[str], sender: str | None) -> None:
    """Number, number without leading zeros, serial and address each bring the account before the judge."""
    store.import_register([account("777", "555", emails=frozenset())])
    [saved] = store.save_arrivals([arrival(1)])
    register, _history = seen(store, saved.id, sender=sender, identifiers=frozenset(identifiers))
    assert list(register.accounts) == ["0123456"]


def test_unknown_identifiers_find_nothing(store: Store) -> None:
    """Zeros alone and strangers name no account."""
    [saved] = store.save_arrivals([arrival(1)])
    register, _history = seen(store, saved.id, sender="b@mail.example", identifiers=frozenset({"0", "", "999"}))
    assert not register.accounts


def test_refusals_of_the_period_are_shown_to_the_next_judge(store: Store) -> None:
    """A value that was stated and refused is known when it is stated again."""
    saved = store.save_arrivals([arrival(1), arrival(2), arrival(3)])
    decide(store, saved[0].id, decision(Outcome.REJECTED, refused()))
    _register, history = seen(store, saved[1].id)
    assert [(past.value, past.reason) for past in history.refused] == [(Decimal(12), Reason.VALUE_BELOW_PREVIOUS)]
    assert seen(store, saved[2].id, period="2026-12")[1].refused == ()


def previous(store: Store, message_id: int, period: str = PERIOD) -> tuple[Decimal | None, date | None]:
    """Return the previous value and its date that a judge is shown."""
    register = seen(store, message_id, period=period)[0].accounts["0123456"].registers[0]
    return register.previous_value, register.previous_on


def test_replacement_is_judged_against_the_previous_value_of_the_first(store: Store) -> None:
    """Also when billing has meanwhile sent the first reading back (rules, section 4)."""
    saved = store.save_arrivals([arrival(1), arrival(2), arrival(3)])
    decide(store, saved[0].id, accepted("12345"))
    store.import_register([account(previous=("12345", date(2026, 11, 21)))])
    assert previous(store, saved[1].id) == (Decimal("100.5"), date(2026, 10, 25))
    store.import_register([account(previous=("12345", date(2026, 11, 22)))])
    assert previous(store, saved[2].id) == (Decimal("100.5"), date(2026, 10, 25))


def test_exported_value_of_the_period_that_is_not_ours_counts(store: Store) -> None:
    """A value that an inspector read in this period is the newest by date."""
    saved = store.save_arrivals([arrival(1), arrival(2)])
    decide(store, saved[0].id, accepted("12345"))
    store.import_register([account(previous=("12000", date(2026, 11, 19)))])
    assert previous(store, saved[1].id) == (Decimal(12000), date(2026, 11, 19))


def test_reading_of_an_earlier_period_is_the_previous_value(store: Store) -> None:
    """In December the November reading is the newest by date, until billing exports a newer one."""
    saved = store.save_arrivals([arrival(1), arrival(2), arrival(3)])
    decide(store, saved[0].id, accepted("12345"))
    assert previous(store, saved[1].id, "2026-12") == (Decimal(12345), date(2026, 11, 20))
    store.import_register([account(previous=("12400", date(2026, 12, 1)))])
    assert previous(store, saved[2].id, "2026-12") == (Decimal(12400), date(2026, 12, 1))


def test_export_that_billing_took_back_counts_no_more(store: Store) -> None:
    """An export with an older date than the last one withdraws what was exported after it."""
    [saved] = store.save_arrivals([arrival(1)])
    store.import_register([account(previous=("9000", date(2026, 11, 2)))])
    store.import_register([account(previous=("200", date(2026, 10, 28)))])
    assert previous(store, saved.id) == (Decimal(200), date(2026, 10, 28))


def test_read_on_is_the_local_day(store: Store) -> None:
    """A reading counts as of the local date of its registration."""
    [saved] = store.save_arrivals([arrival(1)])
    local = NOW.astimezone().replace(hour=23) + timedelta(days=1)
    decide(store, saved.id, decision(Outcome.ACCEPTED, recorded("12345"), at=local))
    known = store.account("0123456")
    assert known is not None
    assert known[1][0].read_on == local.date()
