"""Statistics are counted over the days on which mail was received, in local time."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailreader.store import Span, Store
from models.catalogue import Outcome, Reason, Request
from models.decision import Decision
from models.verdict import Finding, Verdict
from tests.languages import EN, KK, RU
from tests.store.samples import NOW, accepted, arrival, decide, decision, refused

ALMATY = ZoneInfo("Asia/Almaty")
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30), ALMATY)


def there(counts: object) -> dict[str, int]:
    """Return what is not zero."""
    assert isinstance(counts, dict)
    return {name: number for name, number in counts.items() if number}


def test_messages_are_counted_by_what_became_of_them(store: Store) -> None:
    """A second delivery is a duplicate and nothing else; what is not judged yet waits."""
    saved = store.save_arrivals([arrival(uid) for uid in range(1, 7)])
    twice = replace(arrival(9), message_id="<1@mail.example>", body_digest="digest-1")
    store.save_arrivals([twice])
    decide(store, saved[0].id, accepted("12345"))
    two = refused(), refused(Reason.METER_UNKNOWN)
    decide(store, saved[1].id, decision(Outcome.REJECTED, *two, findings=(Finding(Reason.METER_UNKNOWN, {}),)))
    decide(store, saved[2].id, decision(Outcome.REVIEW, request=Request.TARIFF_CHANGE))
    ignored = Verdict(Outcome.IGNORED, None, ignored_because="list", holds_reading=True, silence="automatic")
    decide(store, saved[3].id, Decision(ignored))
    held = replace(decision(Outcome.REJECTED, refused()), held_back="per_sender_per_day")
    decide(store, saved[4].id, held)
    found = store.statistics(NOVEMBER)
    assert (found.messages, found.waiting, found.duplicates) == (6, 1, 1)
    assert found.outcomes == {"accepted": 1, "partial": 0, "rejected": 2, "review": 1, "ignored": 1}
    assert there(found.reasons) == {"value_below_previous": 2, "meter_unknown": 1}
    assert there(found.requests) == {"tariff_change": 1}
    assert found.languages == {RU: 4, KK: 0, EN: 0}
    assert (found.readings, there(found.services), found.sources) == (1, {"electricity": 1}, {"mail": 1, "operator": 0})
    assert (found.ignored, found.ignored_with_reading) == ({"list": 1}, 1)
    assert (found.silences, found.held_back) == ({"automatic": 1}, {"per_sender_per_day": 1})
    assert there(found.outbox) == {"waiting": 3, "held": 1}
    assert (found.queue.open, found.queue.oldest, there(found.queue.statuses)) == (3, NOW, {"open": 3})


def test_day_is_that_of_the_receipt_in_local_time(store: Store) -> None:
    """A minute before and after midnight in Almaty; days without mail are left out."""
    midnight = datetime(2026, 11, 21, tzinfo=ALMATY)
    minutes = [int((midnight + timedelta(minutes=place) - NOW).total_seconds()) // 60 for place in (-1, 0, 2 * 24 * 60)]
    saved = store.save_arrivals([arrival(uid, minutes=when) for uid, when in enumerate(minutes, 1)])
    decide(store, saved[1].id, accepted("12345"))
    found = store.statistics(NOVEMBER)
    assert [(day.day.day, day.messages, there(day.outcomes)) for day in found.days] == [
        (20, 1, {}),
        (21, 1, {"accepted": 1}),
        (23, 1, {}),
    ]
    one_day = store.statistics(Span(date(2026, 11, 21), date(2026, 11, 21), ALMATY))
    assert (one_day.messages, [day.day.day for day in one_day.days]) == (1, [21])


def test_days_without_mail_count_nothing(store: Store) -> None:
    """The queue is told as of now, whenever its items came."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, decision(Outcome.REJECTED, refused()))
    found = store.statistics(Span(date(2026, 10, 1), date(2026, 10, 31), ALMATY))
    assert (found.messages, found.days, there(found.reasons), there(found.outbox)) == (0, (), {}, {})
    assert (found.queue.open, there(found.queue.statuses)) == (1, {})
