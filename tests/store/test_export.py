"""Readings for billing: each given out once, whatever commits when."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from mailreader.store import CursorAhead, Store
from models.catalogue import Outcome
from models.decision import Decision
from models.history import History
from models.lines import ExportLine
from models.register import RegisterExcerpt
from tests.store.samples import accepted, arrival, decide, decide_by, recorded
from tests.store.samples import account as sample_account
from tests.store.samples import decision as sample_decision


def record(store: Store, uid: int, value: str, *, number: str = "0123456", period: str = "2026-11") -> None:
    """Record one value from a message of its own."""
    [saved] = store.save_arrivals([arrival(uid)])
    decide(store, saved.id, of(number, value, period), period=period)


def of(number: str, value: str, period: str = "2026-11") -> Decision:
    """Return a decision that records one value of an account."""
    return sample_decision(Outcome.ACCEPTED, recorded(value, number, f"M{number}"), period=period)


def values(lines: list[ExportLine]) -> list[str]:
    """Return the values of lines."""
    return [line.value for line in lines]


def test_export_gives_each_reading_once_with_rising_cursors(store: Store) -> None:
    """A later export repeats what counts; `since` gives only what came after a cursor."""
    record(store, 1, "12345")
    [first] = store.readings()
    record(store, 2, "12354")
    [second] = store.readings(since=first.cursor)
    assert (second.value, second.replaces, second.message_id) == ("12354", first.cursor, "<2@mail.example>")
    assert second.cursor > first.cursor
    assert list(store.readings()) == [second]
    assert list(store.readings(since=0)) == [first, second]
    assert list(store.readings(since=second.cursor)) == []


def test_reading_replaced_before_the_export_is_no_line(store: Store) -> None:
    """Billing sees the reading that counts, in the place of nothing that it ever saw."""
    record(store, 1, "12345")
    record(store, 2, "12354")
    [line] = store.readings(since=0)
    assert (line.value, line.replaces) == ("12354", None)


def test_reading_replaced_twice_between_exports_withdraws_what_was_given_out(store: Store) -> None:
    """Billing knows 58291 alone: that is what goes, however many readings lie between."""
    record(store, 1, "58291")
    [first] = store.readings(since=0)
    record(store, 2, "58292")
    record(store, 3, "58293")
    [second] = store.readings(since=first.cursor)
    assert (second.value, second.replaces) == ("58293", first.cursor)
    record(store, 4, "58294")
    [third] = store.readings(since=second.cursor)
    assert (third.value, third.replaces) == ("58294", second.cursor)
    assert [line.replaces for line in store.readings(since=0)] == [None, first.cursor, second.cursor]


def test_reading_withdraws_nothing_of_another_register_or_month(store: Store) -> None:
    """Each month of each register has a chain of its own."""
    record(store, 1, "100")
    record(store, 2, "200", number="2")
    record(store, 3, "300", period="2026-10")
    assert [line.replaces for line in store.readings(since=0)] == [None, None, None]


@pytest.mark.parametrize("period", [None, "2026-11"])
def test_reading_in_a_later_portion_withdraws_one_of_an_earlier(store: Store, period: str | None) -> None:
    """Also where the readings between them fell to portions in which they were no lines."""
    record(store, 1, "58291")
    [first] = store.readings(period, since=0, limit=1)
    record(store, 2, "58292")
    record(store, 3, "300", number="2")
    record(store, 4, "58293")
    [other] = store.readings(period, since=first.cursor, limit=1)
    [last] = store.readings(period, since=other.cursor, limit=1)
    assert (other.value, other.replaces) == ("300", None)
    assert (last.value, last.replaces) == ("58293", first.cursor)


def test_older_message_handled_late_is_never_exported(store: Store) -> None:
    """It is kept in the history and never counted."""
    saved = store.save_arrivals([arrival(uid) for uid in (1, 2)])
    decide(store, saved[1].id, accepted("12354"))
    decide(store, saved[0].id, accepted("12345"))
    assert values(list(store.readings(since=0))) == ["12354"]


def test_export_of_a_period_leaves_out_others(store: Store) -> None:
    """What is of another period stays new to whoever asks for that."""
    record(store, 1, "12345")
    record(store, 2, "12300", period="2026-10")
    [november] = store.readings("2026-11")
    assert values([november]) == ["12345"]
    assert values(list(store.readings(since=november.cursor))) == ["12300"]
    assert values(list(store.readings("2026-10"))) == ["12300"]


def test_portions_follow_each_other_by_their_cursors(store: Store) -> None:
    """Each is full while there is more, and together they are the whole."""
    for uid in range(1, 8):
        record(store, uid, f"{uid}00", number=f"{uid}")
    cursor, portions = 0, []
    while portion := list(store.readings(since=cursor, limit=3)):
        portions.append(values(portion))
        cursor = portion[-1].cursor
    assert portions == [["100", "200", "300"], ["400", "500", "600"], ["700"]]


def test_reading_replaced_while_it_waits_for_its_portion_is_no_line(store: Store) -> None:
    """Only what a portion holds has been given out; its successor fills the portion, not the reading before it."""
    record(store, 1, "100", number="1")
    record(store, 2, "200", number="2")
    record(store, 3, "300", number="3")
    [first] = store.readings(since=0, limit=1)
    record(store, 4, "222", number="2")
    second = list(store.readings(since=first.cursor, limit=2))
    assert values(second) == ["300", "222"]
    assert list(store.readings(since=second[-1].cursor)) == []


@pytest.mark.parametrize("since", [None, 0])
def test_lines_are_those_of_the_moment_when_they_were_given_out(store: Store, since: int | None) -> None:
    """However slowly they are read: what replaces one meanwhile is the next export's."""
    record(store, 1, "100", number="1")
    record(store, 2, "200", number="2")
    lines = store.readings(since=since)
    record(store, 3, "222", number="2")
    assert values(list(lines)) == ["100", "200"]
    [newer] = store.readings(since=2)
    assert (newer.value, newer.replaces) == ("222", 2)
    assert values(list(store.readings())) == ["100", "222"]


def test_reading_whose_transaction_ends_late_is_never_skipped(store: Store, database: str) -> None:
    """An export that runs while a reading is being recorded leaves it to the next one, or waits for it."""
    store.import_register([sample_account("1", "M1"), sample_account("2", "M2")])
    billing, other = Store.open(database), Store.open(database)
    [late] = store.save_arrivals([arrival(1)])
    with ThreadPoolExecutor() as threads:
        exports = []

        def judge(_register: RegisterExcerpt, _history: History) -> Decision:
            exports.append(threads.submit(lambda: list(billing.readings(since=0))))
            return of("1", "100")

        decide_by(store, late.id, judge)
        first = exports[0].result(timeout=60)
    record(other, 2, "200", number="2")
    cursor = first[-1].cursor if first else 0
    rest = list(billing.readings(since=cursor))
    assert sorted(values([*first, *rest])) == ["100", "200"]
    billing.close()
    other.close()


def test_readings_are_never_all_in_memory(store: Store) -> None:
    """The lines come one by one: the first is there before the last was asked for."""
    for uid in (1, 2):
        record(store, uid, f"{uid}00", number=f"{uid}")
    lines = store.readings()
    assert next(lines).value == "100"
    assert next(lines).value == "200"
    assert list(lines) == []


def test_cursor_that_was_never_given_out_is_refused(store: Store) -> None:
    """After a restore billing would otherwise read nothing, and nobody would notice."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, accepted("12345"))
    with pytest.raises(CursorAhead, match="last cursor that was given out is 1"):
        store.readings(since=2)
    assert [line.cursor for line in store.readings(since=0)] == [1]
