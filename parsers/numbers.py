"""What quantities a number can be read as, in digits or in words (rules, section 4)."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

_ZEROS: Final = str.maketrans({"o": "0", "\u043e": "0", " ": None, "\u00a0": None, "'": None})
_GROUP: Final = 3
_LONGEST: Final = 18
_SPACED: Final = re.compile("[ \u00a0']")
_THOUSAND: Final = 1000
_HUNDRED: Final = 100
_TEN: Final = 10


def parse_readings(text: str) -> tuple[Decimal, ...]:
    """The exact decimals that `text` can stand for, the decimal-sign reading first; empty where it is no quantity.

    A comma or point before exactly three digits may also part thousands: then there are two readings. Spaces
    or apostrophes within are part of the number, and with them a comma or point is the decimal sign.
    """
    digits = text.translate(_ZEROS)
    if len(digits) > _LONGEST or "-" in digits:
        return ()
    parts = re.split("[.,]", digits)
    signs = [sign for sign in digits if sign in ".,"]
    if not signs:
        return (Decimal(digits),)
    if len(signs) == 1:
        return _single_sign(parts[0], parts[1], spaced=bool(_SPACED.search(text)))
    if len(set(signs)) == 1:
        return (Decimal("".join(parts)),) if _grouped(parts) else ()
    if signs[-1] in signs[:-1] or not _grouped(parts[:-1]):
        return ()
    return (Decimal(f"{''.join(parts[:-1])}.{parts[-1]}"),)


def _single_sign(whole: str, tail: str, *, spaced: bool) -> tuple[Decimal, ...]:
    as_decimal = Decimal(f"{whole}.{tail}")
    if spaced or not _grouped([whole, tail]):
        return (as_decimal,)
    return (as_decimal, Decimal(whole + tail))


def _grouped(parts: Sequence[str]) -> bool:
    """Whether the parts are a whole number in groups of three ("12", "345")."""
    head, *groups = parts
    return 1 <= len(head) <= _GROUP and not head.startswith("0") and all(len(group) == _GROUP for group in groups)


def compose(values: Sequence[int], *, joining_tens: bool) -> list[int]:
    """Compose the values of number words into the numbers that they say, from left to right.

    A word joins the number before it only where the language would say it so: each next part is smaller than the
    last place that is still open (`three hundred | forty-five`), a hundred or thousand multiplies what stands
    before it. What does not join begins a new number; leading zeros join what follows. `joining_tens` says that the
    language has no words for 11 to 19 and says "ten two".
    """
    numbers: list[int] = []
    place = 0
    while place < len(values):
        taken, number = _compose_one(values, place, joining_tens=joining_tens)
        numbers.append(number)
        place += taken
    return numbers


def _compose_one(values: Sequence[int], place: int, *, joining_tens: bool) -> tuple[int, int]:
    """How many words from `place` on make one number, and which."""
    total, group, room, taken = 0, 0, _THOUSAND, 0
    while place + taken < len(values):
        value = values[place + taken]
        if value == 0 and total == group == 0:
            pass
        elif value == _THOUSAND and total == 0:
            total, group, room = max(group, 1) * _THOUSAND, 0, _THOUSAND
        elif value == _HUNDRED and 0 < group < _TEN:
            group, room = group * _HUNDRED, _HUNDRED
        elif 0 < value < min(room, _THOUSAND):
            group, room = group + value, _room_after(value, joining_tens=joining_tens)
        else:
            break
        taken += 1
    return max(taken, 1), total + group


def _room_after(value: int, *, joining_tens: bool) -> int:
    """Below what the next part must stay: after hundreds below 100, after tens below 10, after units nothing."""
    if value >= _HUNDRED:
        return _HUNDRED
    least = _TEN if joining_tens else 2 * _TEN
    return _TEN if value >= least and value % _TEN == 0 else 1
