"""Enumeration: whose account a number is, a stranger does not learn from an answer, nor from there being none."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from models.catalogue import Reason
from tests.autoreply.desk import Started
from tests.servers.smtp_sink import SmtpSink, running_sink
from tests.threats.conversing import conversation, reasons, told, write

UNKNOWN: Final = "9137502"
LEGAL: Final = "8551845"
ENDED: Final = "2762873"
ALIKE: Final = (UNKNOWN, LEGAL, ENDED)
ACTIVE: Final = "2621429"
OWNER_OF_LEGAL: Final = "user3096@mail.example"
WRONG_METER: Final = ("1732551", "4577609", "0650249", "3621461")
"""Active accounts, none of which has the meter that the letters name."""

LETTERS: Final = (
    "Лицевой счет {}. Свет 58291, горячая вода 1257.",
    "л/с {} свет 58291",
    "л/с {} гвс 1257, свет день 500 ночь 300",
    "л/с {} холодная вода 300",
    "л/с {} свет 58291 холодная вода 300 газ 12 отопление 3",
    "л/с {} 58291",
    "л/с {} 58291 1257",
    "л/с {}",
    "{}",
    "{} свет 58291",
    "{}\r\n58291\r\n1257",
    "л/с {} счетчик № 55443322 свет 58291",
    "л/с {} счетчик № 55443322: 58291",
    "л/с {} свет 335 или 338",
    "л/с {} свет 123456789",
    "л/с {} свет 5",
    "л/с {} расход 150",
    "л/с {} заменили счетчик, свет 5",
    "л/с {} показания на фото",
    "л/с {} свет 58291. Пришлите дубликат счета.",
    "л/с {}. Пришлите дубликат счета.",
    "л/с {} свет 12,345",
    "л/с {} вода 300",
    "л/с {} Т1 500 Т2 300 Т3 100",
    "л/с 9137503 свет 100; л/с {} свет 200",
    "л/с 2621429 свет 72950; л/с {} свет 200",
    "Дербес шот {}. Жарық 58291, ыстық су 1257.",
    "Дербес шот {}. Суық су 1257.",
    "Дербес шот {}, есептегіш № 55443322, жарық 58291.",
    "Дербес шот {}",
    "Account {}. Electricity 58291, hot water 1257.",
    "Account {}. Cold water 58291.",
    "Account {}, meter 55443322: 58291",
    "My account is {}. Please send me a copy of the invoice. Electricity 58291.",
)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """One program without limits for all letters."""
    with running_sink() as sink, conversation(tmp_path_factory.mktemp("enumeration"), sink) as program:
        yield program


def answers(program: Started, letter: str, accounts: tuple[str, ...], subject: str = "показания") -> list[str]:
    """What a stranger is told about each of these accounts, their numbers aside."""
    return [
        told(write(program, letter.format(number), subject=subject.format(number))).replace(number, "NUMBER")
        for number in accounts
    ]


@pytest.mark.parametrize("letter", LETTERS)
def test_closed_account_reads_like_none_to_a_stranger(letter: str, program: Started) -> None:
    """Unknown, inactive and an organisation's: the whole message is the same, byte for byte."""
    told_of = answers(program, letter, ALIKE)
    for one, another in pairwise(told_of):
        assert one == another


WITH_SERIAL: Final = [letter for letter in LETTERS if "55443322" in letter]


@pytest.mark.parametrize(("letter", "number"), list(zip(WITH_SERIAL, WRONG_METER, strict=True)))
def test_wrong_meter_reads_like_no_account_to_a_stranger(letter: str, number: str, program: Started) -> None:
    """That the account is there and has other meters is not told."""
    wrong = write(program, letter.format(number))
    assert set(reasons(wrong)) == {Reason.METER_UNKNOWN}
    assert [told(wrong).replace(number, "NUMBER")] == answers(program, letter, (UNKNOWN,))


@pytest.mark.parametrize("subject", ["л/с {}", "{}", "Re: {} свет 5", "Account {}"])
def test_account_in_the_subject_reads_the_same_too(subject: str, program: Started) -> None:
    """The subject of the answer repeats the customer's, and nothing else."""
    assert len(set(answers(program, "свет 58291", ALIKE, subject))) == 1


def test_grouped_numbers_read_the_same_too(program: Started) -> None:
    """As they were written: the register's own form is not told."""
    grouped = [f"{number[:2]}-{number[2:4]}-{number[4:]}" for number in ALIKE]
    assert len(set(answers(program, "л/с {} свет 58291", tuple(grouped)))) == 1


def test_owner_is_told_what_is_the_matter(program: Started) -> None:
    """Who is registered for the account learns that it is an organisation's."""
    asked = f"л/с {LEGAL} холодная вода 300"
    assert told(write(program, asked, OWNER_OF_LEGAL)) != told(write(program, asked))


def test_readings_are_judged_as_they_are_whatever_is_told(program: Started) -> None:
    """Operators see the true reason; a good reading beside it is recorded and confirmed."""
    mixed = write(program, f"л/с {ACTIVE} свет 72960; л/с {ENDED} холодная вода 200")
    assert [str(reason) for reason in reasons(mixed)] == ["service_not_accepted"]
    assert [reading.account for reading in mixed.verdict.recorded] == [ACTIVE]
    assert "72960" in told(mixed)


@pytest.mark.usefixtures("_reading")
def test_silence_tells_no_more_than_an_answer(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """In a row of unknown accounts one that is closed neither brings an answer nor costs one."""
    with conversation(tmp_path, smtp_sink, {}) as program:
        for place, letter in ((0, "л/с {}"), (0, "{} свет 5829"), (2, "л/с {} холодная вода 3"), (3, "л/с {} 5829")):
            held = {tuple(_held_in_a_row(program, letter, place, number)) for number in ALIKE}
            assert len(held) == 1
            assert None in (stopped := held.pop())
            assert stopped[-1] is not None


def _held_in_a_row(program: Started, letter: str, place: int, number: str) -> Iterator[str | None]:
    """What holds the answers to a stranger's letters, that at `place` about the number."""
    asked = [f"91375{n}" for n in range(10, 14)]
    asked[place] = number
    for one in asked:
        yield write(program, letter.format(one), f"{place}-{len(letter)}-{number}@else.example").held_back
