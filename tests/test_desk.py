"""What operators do with an item: each act records, answers, closes and leaves its trail, or does nothing at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from config.settings import Settings
from mailreader.app import App
from mailreader.desk import Desk
from mailreader.pipeline import Pipeline
from mailreader.readers import Readers, ReadingFailed, ReadResult
from mailreader.register_file import load_register
from mailreader.store import Arrival, Store
from mailreader.store.engine import writing
from models.acts import Acceptance, ActRefused, By, Rejection, StatedValue
from models.catalogue import Act, OutboxState, Outcome, QueueStatus, Reason, ReplyKind, Zone
from models.history import ReadingSource, ReadingState
from models.lines import ExportLine, QueueLine
from parsers.mail import parse_envelope
from tests.system.site import OUR_ADDRESS, REGISTER, letter

pytestmark = pytest.mark.usefixtures("kept_readers")

OUTSIDE = datetime(2026, 11, 5, 9, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 20, 9, tzinfo=UTC)
BY = By("aigul", RECEIVED + timedelta(hours=1))
OWNER = "user3001@mail.example"
ACCOUNT = "0863576"
ELECTRICITY = "Лицевой счет 0863576. Свет {}."


@dataclass
class Office:
    """A database with mail in its queue, and the desk over it."""

    store: Store
    pipeline: Pipeline
    desk: Desk
    count: int = 0

    def receive(
        self, words: str, sender: str = OWNER, *, at: datetime = RECEIVED, later: timedelta = timedelta()
    ) -> int:
        """Have a mail arrive, and be handled `later`; it comes the later the later this is called. Its number."""
        self.count += 1
        raw = letter(words, name=f"m{self.count}", sender=sender)
        envelope = parse_envelope(raw)
        moment = at if at is OUTSIDE else at + timedelta(minutes=self.count)
        arrival = Arrival(
            "main", "INBOX", 1, self.count, moment, len(raw), raw, envelope.message_id, envelope.body_digest
        )
        (saved,) = self.store.save_arrivals([arrival])
        list(self.pipeline.handle_all(10, lambda: moment + later))
        return saved.id

    def item(self, number: int) -> QueueLine:
        """The item of a message."""
        found = self.store.queue_item(number)
        assert found is not None
        return found

    def recorded(self) -> list[ExportLine]:
        """The readings that count now."""
        return list(self.store.readings())

    def accept(self, number: int, *values: StatedValue, account: str | None = None, forced: bool = False) -> int | None:
        """Accept an item; the number of its answer."""
        return self.desk.accept(number, Acceptance(values, account, forced), BY).answer


@pytest.fixture
def office(registered_database: str) -> Iterator[Office]:
    """An office with the register of the corpus and an empty queue."""
    smtp = {"host": "127.0.0.1", "tls": "none", "from": OUR_ADDRESS}
    mailbox = {"host": "127.0.0.1", "tls": "none", "username": "u", "password": "p", "addresses": [OUR_ADDRESS]}
    settings = Settings.model_validate(
        {
            "database": {"url": registered_database},
            "smtp": smtp,
            "mailboxes": {"main": mailbox},
            "limits": {"readers": 1},
            "answers": {"backlog": True},
        }
    )
    app = App(settings, lambda: RECEIVED)
    store = app.open_store()
    with app.pipeline(store) as pipeline, app.desk(store) as desk:
        yield Office(store, pipeline, desk)
    store.close()


def value(meter: str, number: str, zone: Zone | None = None) -> StatedValue:
    """A value that an operator enters."""
    return StatedValue(meter, zone, Decimal(number))


@pytest.fixture
def implausible(office: Office) -> int:
    """An item whose value is far above what can be used in a month."""
    number = office.receive(ELECTRICITY.format("98291"))
    assert office.item(number).message.line.reasons == (Reason.VALUE_IMPLAUSIBLE,)
    return number


def test_what_was_read_is_recorded_and_confirmed(office: Office, implausible: int) -> None:
    """The reason it was put aside for is what the operator decides: no force is needed."""
    answer = office.accept(implausible)
    (reading,) = office.recorded()
    assert (reading.value, reading.source, reading.period) == ("98291", ReadingSource.OPERATOR, "2026-11")
    item = office.item(implausible)
    assert (item.status, item.message.line.outcome) == (QueueStatus.ACCEPTED, Outcome.ACCEPTED)
    assert item.message.line.reasons == ()
    reply = office.store.reply(answer or 0)
    assert reply is not None
    assert (reply.kind, reply.state, reply.in_reply_to) == (
        ReplyKind.CONFIRMATION,
        OutboxState.WAITING,
        "<m1@mail.example>",
    )
    assert "98 291" in reply.text.replace("\N{NO-BREAK SPACE}", " ") or "98291" in reply.text
    assert "оператор" in reply.text


def test_the_answer_goes_out_beside_the_automatic_one(office: Office, implausible: int) -> None:
    """Two answers, of which the second one carries what came of it."""
    office.accept(implausible)
    assert [line.kind for line in office.store.outbox()] == [ReplyKind.REVIEW, ReplyKind.CONFIRMATION]


def test_trail_keeps_what_was_read_beside_what_was_recorded(office: Office, implausible: int) -> None:
    """Who, when, and the item as it was."""
    office.desk.accept(implausible, Acceptance((value("electricity", "58291"),)), By("aigul", BY.at, "by telephone"))
    (act,) = office.store.trail(implausible)
    assert (act.act, act.actor, act.at, act.details["note"]) == (Act.ACCEPT, "aigul", BY.at, "by telephone")
    assert [one["value"] for one in act.details["before"]["readings"]] == ["98291"]
    assert [one["value"] for one in act.details["readings"]] == ["58291"]
    assert act.details["before"]["reasons"] == ["value_implausible"]


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_trail_cannot_be_changed(office: Office, implausible: int, statement: str) -> None:
    """Not even by whoever speaks SQL."""
    office.accept(implausible)
    with pytest.raises(DatabaseError), writing(office.store._engine) as session:
        session.connection().execute(text(statement))
    assert len(office.store.trail(implausible)) == 1


def test_corrected_value_is_judged_by_the_rules(office: Office, implausible: int) -> None:
    """A typing error of the operator's is caught; nothing has happened then."""
    with pytest.raises(ActRefused, match="below the previous value"):
        office.accept(implausible, value("electricity", "12"))
    assert (office.recorded(), office.store.trail(implausible)) == ([], [])
    assert office.item(implausible).status is QueueStatus.OPEN
    office.accept(implausible, value("electricity", "12"), forced=True)
    assert [reading.value for reading in office.recorded()] == ["12"]


def test_value_that_the_dial_cannot_show_is_never_recorded(office: Office, implausible: int) -> None:
    """Also with force."""
    with pytest.raises(ActRefused, match="cannot be recorded"):
        office.accept(implausible, value("electricity", "12345678901"), forced=True)
    assert office.recorded() == []


def test_message_without_account_is_accepted_for_the_account_that_is_named(office: Office) -> None:
    """The operator knows whose it is."""
    number = office.receive("Свет 58291.", sender="stranger@mail.example")
    with pytest.raises(ActRefused, match="--account"):
        office.accept(number, value("electricity", "58291"))
    office.accept(number, value("electricity", "58291"), account=ACCOUNT)
    assert [(one.account, one.value) for one in office.recorded()] == [(ACCOUNT, "58291")]


def test_serial_names_the_account_too(office: Office) -> None:
    """A meter belongs to one account only."""
    number = office.receive("Свет 58291.", sender="stranger@mail.example")
    known = office.store.account(ACCOUNT)
    assert known is not None
    serial = next(meter.serial for meter in known[0].registers if meter.service == "electricity")
    office.accept(number, value(serial, "58291"))
    assert [(one.account, one.serial) for one in office.recorded()] == [(ACCOUNT, serial)]


def test_what_cannot_be_recorded_is_named_all_at_once(office: Office) -> None:
    """The operator need not ask again and again."""
    number = office.receive("Свет 58291, горячая вода 1257.", sender="stranger@mail.example")
    with pytest.raises(ActRefused) as refused:
        office.accept(number)
    assert len(refused.value.complaints) == 2
    with pytest.raises(ActRefused, match="no account 99"):
        office.accept(number, value("electricity", "58291"), account="99")


def test_refused_reading_of_another_meter_stays_refused_and_is_told(office: Office) -> None:
    """The item is done with; the customer hears of both."""
    number = office.receive("Лицевой счет 0863576. Свет 98291, горячая вода 1.")
    answer = office.accept(number, value("electricity", "98291"))
    line = office.item(number).message.line
    assert (line.outcome, line.reasons) == (Outcome.PARTIAL, (Reason.VALUE_BELOW_PREVIOUS,))
    assert office.item(number).status is QueueStatus.ACCEPTED
    reply = office.store.reply(answer or 0)
    assert reply is not None
    assert reply.kind is ReplyKind.PARTIAL


def test_item_is_acted_on_once(office: Office, implausible: int) -> None:
    """Whoever comes second is told, and nothing is done twice."""
    office.accept(implausible)
    for again in (office.accept, lambda number: office.desk.dismiss(number, BY)):
        with pytest.raises(ActRefused, match="accepted already"):
            again(implausible)
    assert (len(office.recorded()), len(office.store.outbox())) == (1, 2)


def test_later_message_of_the_customer_counts_unless_the_operator_insists(office: Office, implausible: int) -> None:
    """An older message never replaces a newer one by itself."""
    office.receive(ELECTRICITY.format("58300"))
    with pytest.raises(ActRefused, match="a later message"):
        office.accept(implausible)
    office.accept(implausible, forced=True)
    assert [one.value for one in office.recorded()] == ["98291"]
    known = office.store.account(ACCOUNT)
    assert known is not None
    assert {str(past.value): past.state for past in known[1]} == {
        "58300": ReadingState.REPLACED,
        "98291": ReadingState.CURRENT,
    }


def test_message_after_the_act_replaces_what_the_operator_recorded(office: Office, implausible: int) -> None:
    """The customer has the last word, as ever."""
    office.accept(implausible, value("electricity", "58291"))
    office.receive(ELECTRICITY.format("58295"))
    assert [(one.value, one.source) for one in office.recorded()] == [("58295", ReadingSource.MAIL)]


def test_acceptance_closes_other_items_that_it_mends(office: Office, implausible: int) -> None:
    """As a good message would have."""
    refused = office.receive(ELECTRICITY.format("12"))
    assert office.item(refused).status is QueueStatus.OPEN
    later = office.receive(ELECTRICITY.format("98300"))
    office.accept(later)
    assert office.item(refused).status is QueueStatus.SUPERSEDED
    assert office.item(implausible).status is QueueStatus.OPEN


def test_rejection_tells_the_reasons(office: Office) -> None:
    """Its own reasons again, with what to do."""
    number = office.receive(ELECTRICITY.format("12"))
    done = office.desk.reject(number, Rejection(), BY)
    item = office.item(number)
    assert (item.status, item.message.line.outcome) == (QueueStatus.REJECTED, Outcome.REJECTED)
    reply = office.store.reply(done.answer or 0)
    assert reply is not None
    assert (reply.kind, reply.state) == (ReplyKind.REJECTION, OutboxState.WAITING)


def test_item_for_a_person_is_not_turned_down_without_saying_why(office: Office, implausible: int) -> None:
    """The customer would hear that a specialist looks at it, which he did."""
    with pytest.raises(ActRefused, match="--reason or --text"):
        office.desk.reject(implausible, Rejection(), BY)
    with pytest.raises(ActRefused, match="--reason or --text"):
        office.desk.reject(implausible, Rejection((Reason.VALUE_IMPLAUSIBLE,)), BY)
    office.desk.reject(implausible, Rejection((Reason.VALUE_AMBIGUOUS,)), BY)
    line = office.item(implausible).message.line
    assert (line.outcome, line.reasons) == (Outcome.REJECTED, (Reason.VALUE_AMBIGUOUS,))


def test_words_of_the_operator_stand_in_the_answer(office: Office, implausible: int) -> None:
    """In place of the texts about reasons, within the usual frame."""
    done = office.desk.reject(implausible, Rejection(words="Пришлите, пожалуйста, фото счётчика."), BY)
    reply = office.store.reply(done.answer or 0)
    assert reply is not None
    assert "Пришлите, пожалуйста, фото счётчика." in reply.text
    assert reply.text.startswith("Здравствуйте")


def test_dismissal_is_silent(office: Office, implausible: int) -> None:
    """Nothing is recorded and nobody is written to; the outcome stays."""
    before = len(office.store.outbox())
    office.desk.dismiss(implausible, BY)
    item = office.item(implausible)
    assert (item.status, item.message.line.outcome) == (QueueStatus.DISMISSED, Outcome.REVIEW)
    assert (office.recorded(), len(office.store.outbox())) == ([], before)


def test_no_answer_where_none_is_wanted_or_the_address_may_be_forged(office: Office, implausible: int) -> None:
    """An operator's answer does not go where an automatic one must not."""
    done = office.desk.accept(implausible, Acceptance(), BY, answering=False)
    assert (done.answer, done.unanswered) == (None, None)
    hidden = office.receive("Лицевой счет 0863576. Горячая вода 99999.", sender="a@localhost")
    assert office.item(hidden).status is QueueStatus.OPEN
    done = office.desk.reject(hidden, Rejection((Reason.VALUE_AMBIGUOUS,)), BY)
    assert (done.answer, done.unanswered) == (None, "unwritable_address")


def test_reprocessing_after_a_new_register_records_and_answers(office: Office, tmp_path: Path) -> None:
    """An account that billing had not told of yet."""
    number = office.receive("Лицевой счет 9990001. Свет 150.")
    assert office.item(number).message.line.reasons == (Reason.ACCOUNT_UNKNOWN,)
    assert not office.desk.reprocess(number, BY).changed
    rows = REGISTER.read_text(encoding="utf-8").splitlines()
    new = "9990001,individual,apartment,active,,Новый А.,Абая 1,55550001,electricity,total,1,5,0,100,2026-10-25"
    (tmp_path / "new.csv").write_text("\n".join([rows[0], new]), encoding="utf-8")
    office.store.import_register(load_register(tmp_path / "new.csv"))
    done = office.desk.reprocess(number, BY)
    assert done.changed
    item = office.item(number)
    assert (item.status, item.message.line.outcome) == (QueueStatus.ACCEPTED, Outcome.ACCEPTED)
    assert [(one.account, one.value, one.source) for one in office.recorded()] == [
        ("9990001", "150", ReadingSource.MAIL)
    ]
    assert [line.kind for line in office.store.outbox()] == [ReplyKind.REJECTION, ReplyKind.CONFIRMATION]


def test_reprocessing_does_not_take_the_message_for_a_repetition_of_itself(office: Office) -> None:
    """What it was refused for is no earlier refusal."""
    number = office.receive(ELECTRICITY.format("12"))
    done = office.desk.reprocess(number, BY)
    assert not done.changed
    assert office.item(number).message.line.reasons == (Reason.VALUE_BELOW_PREVIOUS,)
    assert (done.answer, office.item(number).status) == (None, QueueStatus.OPEN)


def test_dismissed_item_can_be_read_again_and_an_accepted_one_cannot(office: Office, implausible: int) -> None:
    """A dismissal in error is mended so; an operator's own values are not undone."""
    office.desk.dismiss(implausible, BY)
    office.desk.reprocess(implausible, BY, reopening=True)
    assert office.item(implausible).status is QueueStatus.OPEN
    office.accept(implausible)
    with pytest.raises(ActRefused, match="accepted already"):
        office.desk.reprocess(implausible, BY, reopening=True)


def test_what_is_not_in_the_queue_cannot_be_acted_on(office: Office) -> None:
    """A good message, and one that does not exist."""
    number = office.receive(ELECTRICITY.format("58291"))
    with pytest.raises(ActRefused, match="not in the queue"):
        office.desk.dismiss(number, BY)
    with pytest.raises(ActRefused, match="no message 99"):
        office.desk.dismiss(99, BY)


def test_failed_answer_is_sent_again_by_hand(office: Office, implausible: int) -> None:
    """It waits as a new one does; a sent one has nothing to try again."""
    (reply,) = office.store.outbox()
    office.store.mark_failed(reply.id, "550 no such user")
    office.store.retry_reply(reply.id, BY)
    claimed = office.store.claim_reply(BY.at)
    assert claimed is not None
    assert (claimed.id, claimed.created_at) == (reply.id, BY.at)
    office.store.mark_sent(reply.id, BY.at)
    with pytest.raises(ActRefused, match="is sent"):
        office.store.retry_reply(reply.id, BY)
    assert [act.act for act in office.store.trail(implausible)] == [Act.RETRY_ANSWER]


def test_account_that_the_operator_names_is_the_one_that_what_was_read_goes_to(
    office: Office, implausible: int
) -> None:
    """Not the one that the message names; a number that the register does not have is refused."""
    with pytest.raises(ActRefused, match="no account 99"):
        office.accept(implausible, account="99")
    office.accept(implausible, account="1732551", forced=True)
    assert [(one.account, one.value) for one in office.recorded()] == [("1732551", "98291")]


@pytest.mark.parametrize("words", ["ЛС 9990001, Свет 58300.", "Свет 1732551"])
def test_value_for_a_service_needs_a_certain_account(office: Office, words: str) -> None:
    """Neither the sender's own, where another is stated, nor a number that merely happens to be one."""
    number = office.receive(words, sender=OWNER if "9990001" in words else "stranger@mail.example")
    with pytest.raises(ActRefused, match="--account"):
        office.accept(number, value("electricity", "58300"))
    assert office.recorded() == []


def test_value_that_a_later_message_repeated_still_counts(office: Office) -> None:
    """58300, then 98291 that is put aside, then 58300 again: that is the customer's last word."""
    office.receive(ELECTRICITY.format("58300"))
    aside = office.receive(ELECTRICITY.format("98291"))
    office.receive(ELECTRICITY.format("58300"))
    with pytest.raises(ActRefused, match="a later message"):
        office.accept(aside)
    office.accept(aside, forced=True)
    assert [one.value for one in office.recorded()] == ["98291"]


def test_reading_again_does_not_undo_what_an_operator_insisted_on(office: Office, implausible: int) -> None:
    """What is recorded of a message already is not recorded anew."""
    partial = office.receive("Лицевой счет 0863576. Свет 58300, горячая вода 1.")
    office.accept(implausible, forced=True)
    assert not office.desk.reprocess(partial, BY).changed
    assert [one.value for one in office.recorded()] == ["98291"]
    known = office.store.account(ACCOUNT)
    assert known is not None
    assert len(known[1]) == 2


def test_refused_reading_without_a_meter_stays_and_is_told(office: Office) -> None:
    """A service that is not taken, beside one that is accepted."""
    number = office.receive("Лицевой счет 0863576. Свет 98291, холодная вода 45.")
    answer = office.accept(number, value("electricity", "98291"))
    line = office.item(number).message.line
    assert (line.outcome, line.reasons) == (Outcome.PARTIAL, (Reason.SERVICE_NOT_ACCEPTED,))
    reply = office.store.reply(answer or 0)
    assert reply is not None
    assert reply.kind is ReplyKind.PARTIAL


def test_what_only_a_person_can_decide_is_not_passed_over(office: Office) -> None:
    """Whoever closes the item decides all of it, or says that he leaves it out."""
    number = office.receive("Лицевой счет 0863576. Свет 98291, горячая вода 1999.")
    assert office.item(number).message.line.reasons == (Reason.VALUE_IMPLAUSIBLE,)
    with pytest.raises(ActRefused, match="still to be decided"):
        office.accept(number, value("electricity", "98291"))
    office.accept(number, value("electricity", "98291"), forced=True)
    line = office.item(number).message.line
    assert (line.outcome, [one.value for one in line.readings]) == (Outcome.ACCEPTED, ["98291"])


def test_meter_that_was_mistyped_is_settled_by_the_right_one(office: Office) -> None:
    """The customer is not told that one value was accepted and refused."""
    number = office.receive("Лицевой счет 0863576. Счетчик 11112222, свет 58291.")
    assert office.item(number).message.line.reasons == (Reason.METER_UNKNOWN,)
    office.accept(number, value("electricity", "58291"))
    assert office.item(number).message.line.outcome is Outcome.ACCEPTED


def test_answer_to_a_request_leaves_good_readings_as_they_are(office: Office) -> None:
    """The message stays accepted; only the request is answered."""
    number = office.receive("Лицевой счет 0863576. Свет 58300. Пришлите, пожалуйста, дубликат квитанции за октябрь.")
    assert office.item(number).message.line.outcome is Outcome.ACCEPTED
    done = office.desk.reject(number, Rejection(words="Дубликат отправлен почтой."), BY)
    item = office.item(number)
    assert (item.status, item.message.line.outcome) == (QueueStatus.REJECTED, Outcome.ACCEPTED)
    reply = office.store.reply(done.answer or 0)
    assert reply is not None
    assert (reply.kind, "Дубликат отправлен почтой." in reply.text) == (ReplyKind.CONFIRMATION, True)


def test_answer_that_was_not_sent_yet_gives_way_to_the_operators(office: Office, implausible: int) -> None:
    """Nobody reads that a specialist will look at it after the specialist has written; and it can be looked at."""
    office.accept(implausible)
    assert [(line.state, line.held_because) for line in office.store.outbox()] == [
        (OutboxState.HELD, "superseded"),
        (OutboxState.WAITING, None),
    ]


def test_answer_that_is_being_sent_is_not_sent_a_second_time(office: Office, implausible: int) -> None:
    """Whoever claimed it is at it."""
    del implausible
    claimed = office.store.claim_reply(BY.at)
    assert claimed is not None
    with pytest.raises(ActRefused, match="being sent"):
        office.store.retry_reply(claimed.id, BY)


def test_answer_to_an_address_that_does_not_exist_is_held(office: Office, implausible: int) -> None:
    """Also an operator's; he can send it by hand."""
    (automatic,) = office.store.outbox()
    office.store.mark_failed(automatic.id, "550 5.1.1 no such user", bounced_at=BY.at)
    answer = office.accept(implausible)
    reply = office.store.reply(answer or 0)
    assert reply is not None
    assert (reply.state, reply.held_because) == (OutboxState.HELD, "address_bounced")


def test_old_mail_that_was_not_answered_is_not_answered_by_reading_it_again(office: Office, tmp_path: Path) -> None:
    """A new register must not write to those who gave up months ago."""
    number = office.receive("Лицевой счет 9990001. Свет 150.", later=timedelta(days=20))
    assert office.store.outbox() == []
    rows = REGISTER.read_text(encoding="utf-8").splitlines()
    new = "9990001,individual,apartment,active,,Новый А.,Абая 1,55550001,electricity,total,1,5,0,100,2026-10-25"
    (tmp_path / "new.csv").write_text("\n".join([rows[0], new]), encoding="utf-8")
    office.store.import_register(load_register(tmp_path / "new.csv"))
    assert office.desk.reprocess(number, BY).changed
    assert [one.value for one in office.recorded()] == ["150"]
    assert office.store.outbox() == []


def test_all_open_items_are_read_again_and_no_closed_one(office: Office, implausible: int) -> None:
    """What a colleague closes meanwhile stays closed."""
    office.desk.dismiss(implausible, BY)
    with pytest.raises(ActRefused, match="dismissed already"):
        office.desk.reprocess(implausible, BY)


class _Unable(Readers):
    """Readers that no mail gets through."""

    def read(self, mails: Sequence[bytes]) -> Iterator[ReadResult]:
        """Fail."""
        return (ReadingFailed("no result within 10 s") for _ in mails)


def test_mail_that_cannot_be_read_just_now_keeps_its_item(office: Office, implausible: int) -> None:
    """A busy machine is no reason to forget what was read, or to leave the customer without an answer."""
    unable = replace(office.desk, readers=_Unable(1, seconds=1, megabytes=256))
    with pytest.raises(ActRefused, match="could not be read just now"):
        unable.reprocess(implausible, BY, answering=False)
    with pytest.raises(ActRefused, match="could not be read just now"):
        unable.accept(implausible, Acceptance(), BY)
    assert office.item(implausible).message.line.reasons == (Reason.VALUE_IMPLAUSIBLE,)
    unable.accept(implausible, Acceptance(), BY, answering=False)
    assert [one.value for one in office.recorded()] == ["98291"]


def test_message_from_outside_the_window_is_recorded_by_force_alone(office: Office) -> None:
    """As of its receipt, in the month of that; and the answer names the window that is open now."""
    number = office.receive("Лицевой счет 0863576. Свет 58300. Пришлите дубликат квитанции.", at=OUTSIDE)
    with pytest.raises(ActRefused, match="outside the window"):
        office.accept(number, value("electricity", "58300"))
    office.accept(number, value("electricity", "58300"), forced=True)
    (reading,) = office.recorded()
    assert (reading.period, reading.registered_at) == ("2026-11", OUTSIDE)


def test_what_the_rules_refuse_is_recorded_by_force_alone(office: Office) -> None:
    """The customer can mend it: nothing of it waited for a person."""
    number = office.receive(ELECTRICITY.format("12"))
    with pytest.raises(ActRefused, match="was refused: value_below_previous"):
        office.accept(number)
    with pytest.raises(ActRefused, match="below the previous value"):
        office.accept(number, value("electricity", "12"))
    office.accept(number, forced=True)
    assert [one.value for one in office.recorded()] == ["12"]


def test_evidence_stays_with_the_value_that_it_is_evidence_of(office: Office, implausible: int) -> None:
    """A corrected value was not said by the customer."""
    office.accept(implausible, value("electricity", "58291"))
    (reading,) = office.item(implausible).message.line.readings
    assert (reading.value, reading.evidence) == ("58291", None)


def test_words_of_the_operator_and_reasons_stand_together(office: Office, implausible: int) -> None:
    """Whoever gives both means both."""
    order = Rejection((Reason.VALUE_AMBIGUOUS,), "Позвоните нам, пожалуйста.")
    reply = office.store.reply(office.desk.reject(implausible, order, BY).answer or 0)
    assert reply is not None
    assert "Позвоните нам, пожалуйста." in reply.text
    assert reply.text.count("98") > 0
