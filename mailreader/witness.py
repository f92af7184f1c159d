"""The second witness of an unlabelled account number: its holder's surname or its address in the text (rules, 2)."""

import re
from typing import Final

from models.register import Account

_SHORTEST_NAME: Final = 4
_ENDING: Final = 2
_WORDS: Final = re.compile(r"[^\W\d_]+")
_NUMBERS: Final = re.compile(r"\d+")


def is_named(account: Account, text: str) -> bool:
    """Whether a text names the holder's surname, or the street, house and flat of an account.

    Names are inflected: all but the last two letters of a name must begin a word of the text.
    """
    words = [word.casefold() for word in _WORDS.findall(text)]
    surname = account.full_name.split(" ")[0]
    return _stands(surname, words) or _is_addressed(account, words, text)


def _stands(name: str, words: list[str]) -> bool:
    stem = name.casefold()[: max(len(name) - _ENDING, _SHORTEST_NAME)]
    return len(name) >= _SHORTEST_NAME and any(word.startswith(stem) for word in words)


def _is_addressed(account: Account, words: list[str], text: str) -> bool:
    numbers = _NUMBERS.findall(account.address)
    street = [word for word in _WORDS.findall(account.address) if len(word) >= _SHORTEST_NAME]
    in_text = set(_NUMBERS.findall(text))
    return bool(numbers and street) and in_text.issuperset(numbers) and all(_stands(word, words) for word in street)
