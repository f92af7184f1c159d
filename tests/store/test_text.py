"""What customers write goes in as far as a database can hold it, and never stops it."""

import random
from dataclasses import replace

import pytest
from sqlalchemy import JSON, Enum, String, text
from sqlalchemy.engine.default import DefaultDialect
from sqlmodel import SQLModel

import models.tables  # noqa: F401 - fills the metadata
from mailreader.store import Store
from mailreader.store.engine import connect
from models.catalogue import Outcome, Reason
from models.columns import CleanText
from models.decision import Reply
from models.verdict import Finding
from tests.store.samples import NOW, accepted, account, arrival, decide, decision, recorded, refused

HOSTILE = "a\0b\ud800c\udfff"
CLEAN = "abc"
LONG = "".join(random.Random("long").choices("абвгдежзиклмнопрстуфхцчшщ0123456789", k=3000))  # noqa: S311 - no secret
"""Letters drawn by lot, so that PostgreSQL cannot compress them below what an entry of an index holds."""


def is_text(kind: object) -> bool:
    """Whether a type of a column keeps text of any kind; enums are ours."""
    return isinstance(kind, CleanText) or (isinstance(kind, String) and not isinstance(kind, Enum))


TEXTS = [
    pytest.param(column.type, id=f"{table.name}.{column.name}")
    for table in SQLModel.metadata.sorted_tables
    for column in table.columns
    if is_text(column.type)
]


@pytest.mark.parametrize("kind", TEXTS)
def test_every_column_of_text_cleans_it(kind: CleanText) -> None:
    """Neither NUL nor half a surrogate pair comes to the database."""
    assert isinstance(kind, CleanText)
    assert kind.process_bind_param(HOSTILE, DefaultDialect()) == CLEAN


def test_columns_of_json_are_known() -> None:
    """Each is cleaned where it is written: a new one must be, too."""
    kept = {
        str(column) for table in SQLModel.metadata.sorted_tables for column in table.columns if is_json(column.type)
    }
    assert kept == {"audit.details", "findings.facts", "judged_readings.facts", "outbox.headers"}


def is_json(kind: object) -> bool:
    """Whether a type of a column keeps JSON."""
    return isinstance(kind, JSON) or isinstance(getattr(kind, "impl", None), JSON)


def test_hostile_text_is_stored_without_what_no_database_takes(store: Store) -> None:
    """In the mail, in its verdict, in the reply: the way of the message goes on."""
    mail = replace(arrival(1, raw=b"\0\xff"), folder=HOSTILE, message_id=HOSTILE, body_digest=HOSTILE)
    [saved] = store.save_arrivals([mail])
    reading = replace(refused(), serial=HOSTILE, value=HOSTILE, evidence=HOSTILE, account=HOSTILE)
    made = decision(Outcome.REJECTED, reading, findings=(Finding(Reason.NOT_A_READING, {HOSTILE: HOSTILE}),))
    assert made.reply is not None
    reply = Reply(
        made.reply.kind, HOSTILE, HOSTILE, made.reply.language, HOSTILE, ((HOSTILE, HOSTILE),), in_reply_to=HOSTILE
    )
    decide(store, saved.id, replace(made, reply=reply, sender=HOSTILE, subject=HOSTILE))
    stored, [line] = store.message(saved.id), store.outbox()
    assert stored is not None
    assert (stored.subject, stored.line.sender, stored.line.message_id) == (CLEAN, CLEAN, CLEAN)
    assert (line.to, line.subject, line.text, line.headers) == (CLEAN, CLEAN, CLEAN, ((CLEAN, CLEAN),))
    kept = store.mail(saved.id)
    assert kept is not None
    assert kept.raw == b"\0\xff"
    store.release(saved.id, HOSTILE)


def test_what_claims_to_be_an_account_or_an_address_may_be_of_any_length(store: Store) -> None:
    """Entries of an index are bounded on PostgreSQL."""
    mail = replace(arrival(1), folder=LONG, message_id=f"<{LONG}@mail.example>")
    [saved] = store.save_arrivals([mail])
    [again] = store.save_arrivals([mail])
    [elsewhere] = store.save_arrivals([replace(mail, uid=2)])
    assert (again.id, again.known, elsewhere.duplicate_of) == (saved.id, True, saved.id)
    made = decision(Outcome.REJECTED, replace(refused(), account=LONG), sender=f"{LONG}@mail.example")
    decide(store, saved.id, made)
    store.attach("main", LONG, 7, NOW)
    assert store.cursor("main", LONG).last_uid == 2
    assert store.unseen("main", LONG, 7, [1, 2, 3]) == [3]


@pytest.mark.parametrize("value", ["0.001", "123.45678", "99999999.999"])
def test_quantities_stay_exact(store: Store, value: str) -> None:
    """Nothing is rounded on the way through either database."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, accepted(value))
    assert [line.value for line in store.readings()] == [value]


def test_instants_come_back_aware_in_utc(store: Store) -> None:
    """Whatever time zone the session is in."""
    mail = arrival(1)
    store.save_arrivals([replace(mail, received=mail.received.astimezone())])
    [stored] = store.pending(1, NOW)
    assert (stored.received, stored.received.utcoffset()) == (mail.received, NOW.utcoffset())


def test_unregistered_text_of_the_register_is_found_again(store: Store) -> None:
    """Letters of any script, quotes and signs of patterns in an account's number are only letters."""
    number = "Ә%_'\"\\-1"
    store.import_register([account(number, "M2")])
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, decision(Outcome.ACCEPTED, recorded("1", number, "M2")))
    known = store.account(number)
    assert known is not None
    assert [str(past.value) for past in known[1]] == ["1"]


def test_enums_are_kept_by_their_values(store: Store, database: str) -> None:
    """So that whoever looks with SQL reads the words of the interface."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, decision(Outcome.PARTIAL, refused()))
    engine = connect(database)
    with engine.connect() as connection:
        words = "SELECT m.outcome, j.status, j.reason FROM messages m JOIN judged_readings j ON j.message_id = m.id"
        assert tuple(connection.execute(text(words)).one()) == ("partial", "rejected", "value_below_previous")
    engine.dispose()
