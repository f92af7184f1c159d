"""The words of one language as data, as loaded from its folder: raw, before they are compiled for reading."""

from collections.abc import Mapping
from dataclasses import dataclass

Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class LanguageWords:
    """One language's words; phrases are words with single spaces, `*` stands for any ending.

    `concepts` and `requests` map a concept or request code to its phrases (a request's phrases may hold ` | `: all
    parts must stand in one sentence, in any order; a part may be one of several, `a/b`, or, `!a`, must be absent).
    `numbers` and `months` map a value to its words. A concept `short.x` means x before a number of three digits or
    more, `near.x` beside a number or the word for a reading, and both alone in the cell of a table. Any of
    `number_endings` may hang at a word of a number. `corrections` are patterns with `{old}`, `{new}` and `...`; in
    them `-x` is an ending that hangs at a number, `+` heads what a meter went from and to, `?` what words of erring
    may turn round. `common` are words that mark the language. `letters` folds letters, `lookalikes` maps Latin
    letters to what they pass for in this script, `latin` maps Latin spelling to the script, `sounds` folds what
    Latin spelling does not tell apart.
    """

    code: str
    concepts: Words
    requests: Words
    numbers: Mapping[int, tuple[str, ...]]
    number_endings: tuple[str, ...]
    months: Mapping[int, tuple[str, ...]]
    corrections: tuple[str, ...]
    common: tuple[str, ...]
    letters: Mapping[str, str]
    lookalikes: Mapping[str, str]
    latin: Mapping[str, str]
    sounds: Mapping[str, str]
