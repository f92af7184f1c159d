"""Nothing depends on what an account number looks like: all corpora with every account in another shape (rules, 2)."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any, Final

import pytest

from fixtures.make_mail import make_mail
from models.register import Account, RegisterExcerpt
from tests.corpora import corpus_accounts, judge_mail, recorded_by, sources


def _digits(count: int) -> Callable[[Random], str]:
    return lambda lot: f"{lot.randrange(10 ** (count - 1), 10**count)}"


SHAPES: Final[dict[str, Callable[[Random], str]]] = {
    "six digits": _digits(6),
    "nine digits": _digits(9),
    "twelve digits": _digits(12),
    "letters and a hyphen": lambda lot: f"PA{lot.randrange(10, 100)}-{lot.randrange(10_000, 100_000)}",
}
EVERY: Final = 12
"""Of how many messages one is taken: all of them take minutes."""


@cache
def numbers(shape: str) -> Mapping[str, str]:
    """The new number of each account: leading zeros stay where it is digits, so that they can be left out."""
    lot = Random(shape)  # noqa: S311 - no secret is made of them
    made: dict[str, str] = {}
    for account in corpus_accounts():
        number = SHAPES[shape](lot)
        zeros = len(account.number) - len(account.number.lstrip("0")) if number.isdigit() else 0
        made[account.number] = "0" * zeros + number[zeros:]
    assert len(set(made.values())) == len(made)
    return made


@cache
def register(shape: str) -> RegisterExcerpt:
    """The register of the corpora with the new numbers."""
    return RegisterExcerpt.of(_renumbered(account, numbers(shape)[account.number]) for account in corpus_accounts())


def _renumbered(account: Account, number: str) -> Account:
    return replace(
        account, number=number, registers=tuple(replace(meter, account=number) for meter in account.registers)
    )


def reshaped(entry: Mapping[str, Any], shape: str) -> dict[str, Any]:
    """The entry with every account in its new shape, however it was grouped."""
    made = dict(entry)
    for field in ("subject", "body", "html"):
        for number, new in numbers(shape).items():
            zeros = len(number) - len(number.lstrip("0"))
            short = new[zeros:] if new.isdigit() else new
            whole = r"[ -]?".join(number)
            text = re.sub(rf"(?<![\d,-])(?<!\d[.]){whole}(?![\d-])", new, made.get(field) or "")
            made[field] = re.sub(rf"(?<![\d.,-]){number[zeros:]}(?![\d-])", short, text) if zeros else text
    return {name: value for name, value in made.items() if value or name not in {"body", "html"}}


def due(entry: Mapping[str, Any], shape: str, recorded: Counter[str]) -> set[str]:
    """Those of the recorded lines that the right verdict of the entry holds, under the new numbers."""
    right = {
        (numbers(shape)[reading["account"]], reading["service"], reading["zone"], Decimal(reading["value"]))
        for reading in entry["expect"]["recorded"]
    }
    parts = {line: line.split() for line in recorded}
    return {line for line, (*meter, _, value) in parts.items() if (*meter, Decimal(value)) in right}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shape_of_an_account_changes_no_verdict(shape: str) -> None:
    """The same readings are recorded under the new numbers, and none that is not right."""
    others, lost = set(), set()
    for entry in sources()[::EVERY]:
        before = Counter(
            f"{numbers(shape)[account]} {rest}"
            for account, _, rest in (line.partition(" ") for line in recorded_by(judge_mail(make_mail(dict(entry)))))
        )
        mail = make_mail(reshaped(entry, shape))
        now = Counter(recorded_by(judge_mail(mail, lambda _identifiers, _sender: register(shape))))
        others |= {entry["id"]} if not (now - before).keys() <= due(entry, shape, now) else set()
        lost |= {entry["id"]} if before - now else set()
    assert others == set()
    assert lost == set()
