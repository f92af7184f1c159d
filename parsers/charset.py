"""Bytes of unknown or wrongly declared charset to text, by what Russian and Kazakh look like (rules, section 5).

A declared charset is a claim: UTF-8 labelled windows-1251, windows-1251 labelled iso-8859-1 and no label at all are
ordinary mail here, and decoding by the label alone gives mojibake without any error.
"""

import codecs
import re
from functools import cache
from typing import Final

CYRILLIC_CHARSETS: Final = ("cp1251", "koi8-r", "kz1048", "ptcp154", "cp866")
_STATEFUL: Final = re.compile(r"iso-?2022|utf-?7|hz|utf-?16|utf-?32|cp037|cp500|cp1026|cp1140", re.ASCII)
_TEXT_CODECS_ONLY: Final = re.compile(r"unicode_escape|raw_unicode|undefined|idna|punycode|mbcs|oem", re.ASCII)
_SAMPLE: Final = 1_024
_SURE: Final = 0.6
_DAMAGE: Final = 8
_DECLARED_BONUS: Final = 0.25
_SHORT_BONUS: Final = 8.0
_UTF8_BONUS: Final = 1.0

# The letters of Russian from frequent to rare, and the nine of Kazakh, as escapes: words are data, letters are not.
_RUSSIAN: Final = (
    "\u043e\u0435\u0430\u0438\u043d\u0442\u0441\u0440\u0432\u043b\u043a\u043c\u0434\u043f\u0443\u044f\u044b\u044c"
    "\u0433\u0437\u0431\u0447\u0439\u0445\u0436\u0448\u044e\u0446\u0449\u044d\u0444\u044a\u0451"
)
_KAZAKH: Final = "\u0456\u049b\u04a3\u0493\u04d9\u04e9\u04af\u04b1\u04bb"
_TYPOGRAPHY: Final = (
    "\u2116\u00ab\u00bb\u2013\u2014\u2026\u201c\u201d\u2018\u2019\u00a0\u00b3\u00b2\u00b0\u00b7\u20b8\n\t"
)


def _letter_weights() -> dict[str, float]:
    """Weights from 2.0 (most frequent) to 0.5; capitals a little less, so that inverted case loses."""
    weights = {letter: 2.0 - 1.5 * rank / len(_RUSSIAN) for rank, letter in enumerate(_RUSSIAN)}
    weights |= dict.fromkeys(_KAZAKH, 1.0)
    weights |= {letter.upper(): weight - 0.3 for letter, weight in weights.items()}
    return weights | dict.fromkeys(_TYPOGRAPHY, 0.3)


_WEIGHTS: Final = _letter_weights()
_CASE_FLIP: Final = re.compile(r"[\u0430-\u044f\u0451][\u0410-\u042f\u0401]")
_INVERTED_WORD: Final = re.compile(r"\b[\u0430-\u044f\u0451][\u0410-\u042f\u0401]{2}")
"""What KOI8-R makes of windows-1251, and the other way round."""
_SIGN_IN_WORD: Final = re.compile(
    r"(?<=[\u0400-\u04ff])[\u2030\u00b5\u00b1\u00b6\u00a7\u00ac\u2020\u2021\u00a6](?=[\u0400-\u04ff])"
)
_MIXED_WORD: Final = re.compile(r"[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]", re.IGNORECASE)
_LATIN_ACCENTED: Final = re.compile(r"[A-Za-z][\u00c0-\u00ff]+(?=[A-Za-z\s,.!?]|$)|\b[\u00c0-\u00ff][a-z]")
_NON_ASCII: Final = re.compile(rb"[\x80-\xff]")
_SIGNS: Final = "\u00a0\u2116\u00ab\u00bb\u2013\u2014\u2026\u00b0".encode("cp1251")
_MORE_THAN_SIGNS: Final = re.compile(rb"[^\x00-\x7f" + re.escape(_SIGNS) + rb"]")
_LIKE_CP1251: Final = frozenset({None, "cp1251", "cp1252", "iso8859-1", "kz1048", "ptcp154"})
"""Charsets in which the same bytes are these signs, or that are declared where none was meant."""
_NON_ASCII_LETTER: Final = re.compile(r"[^\x00-\x7f]")


def decode_text(data: bytes, declared: str | None = None) -> str:
    """Return the text of `data`; `declared` is the charset its sender names, if any. Never raises.

    NUL and lone surrogates, which a database refuses, do not come out of it.
    """
    codec = _known_codec(declared)
    if codec is not None and _STATEFUL.match(codec):
        return _clean(_decoded(data, codec) or _best(data, None))
    if data.isascii():
        return _clean(data.decode("ascii"))
    return _clean(_twice_encoded(_by_mark(data) or _best(data, codec)))


def is_garbage(text: str) -> bool:
    """True where so much of `text` is controls or replacement characters that nobody could read it."""
    bad = sum(1 for letter in text if letter == "\ufffd" or (letter < " " and letter not in "\t\n\r\f\v\x1b"))
    return bad * 4 > len(text)


@cache
def _known_codec(name: str | None) -> str | None:
    """The codec of a declared charset; None where it is unknown, or says nothing about bytes above 127."""
    if not name:
        return None
    cleaned = name.strip("\"' \t").casefold()
    try:
        codec = codecs.lookup(cleaned).name
        "".encode(codec)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if codec == "ascii" or _TEXT_CODECS_ONLY.match(codec) else codec


def _decoded(data: bytes, codec: str) -> str | None:
    """Strictly decoded, or None."""
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None


def _by_mark(data: bytes) -> str | None:
    """Decoded by the byte order mark, where there is one."""
    if data.startswith(codecs.BOM_UTF8):
        return _decoded(data, "utf-8-sig")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and len(data) % 2 == 0:
        return _decoded(data, "utf-16")
    return None


def _best(data: bytes, declared: str | None) -> str:
    """The most plausible decoding: strict UTF-8, the declared charset, then the Cyrillic ones."""
    if (text := _without_letters(data, declared)) is not None:
        return text
    whole = _decoded(data, "utf-8")
    utf8_sample = "" if whole is None else _sample_of(whole)
    if whole is not None and _plausibility(utf8_sample) >= _SURE:
        return whole
    if whole is None and (mended := _damaged_utf8(data)) is not None:
        return mended
    sample = _sample(data)
    ranked: list[tuple[float, int, str]] = []
    candidates = dict.fromkeys(("utf-8", *((declared,) if declared else ()), *CYRILLIC_CHARSETS))
    for order, codec in enumerate(candidates):
        text = _decoded(sample, codec) if codec != "utf-8" else utf8_sample
        if not text:
            continue
        ranked.append((-_plausibility(text) - _bonus(codec, declared, len(data)), order, codec))
    for _, _, codec in sorted(ranked):
        if (text := _decoded(data, codec)) is not None:
            return text
    return data.decode(declared or "utf-8", "replace")


def _without_letters(data: bytes, declared: str | None) -> str | None:
    """The text, where all that is above 127 in it are signs: a hard space tells nothing of an alphabet."""
    if declared not in _LIKE_CP1251 or _MORE_THAN_SIGNS.search(data):
        return None
    return _decoded(data, "cp1251")


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken bytes, as cutting at a length leaves it; None where it is something else."""
    text = _sample(data).decode("utf-8", "replace")
    letters = len(_NON_ASCII_LETTER.findall(text))
    if text.count("\ufffd") * _DAMAGE > letters or _plausibility(text) < _SURE:
        return None
    return data.decode("utf-8", "replace")


def _bonus(codec: str, declared: str | None, size: int) -> float:
    """How far a codec is believed before its text is seen; of a word or two the text tells little, the label more."""
    if codec == "utf-8":
        return _UTF8_BONUS
    if codec != declared:
        return 0.0
    return _DECLARED_BONUS + (_SHORT_BONUS / size if codec in CYRILLIC_CHARSETS else 0.0)


def _sample(data: bytes) -> bytes:
    """The first bytes that tell something: from just before the first one above 127."""
    first = _NON_ASCII.search(data)
    start = max(0, first.start() - 32) if first else 0
    return data[start : start + _SAMPLE]


def _sample_of(text: str) -> str:
    """The same of text that is decoded already."""
    first = _NON_ASCII_LETTER.search(text)
    start = max(0, first.start() - 32) if first else 0
    return text[start : start + _SAMPLE]


def _plausibility(text: str) -> float:
    """Mean weight of the letters above 127, about 1.2 for Russian or Kazakh, below zero for mojibake."""
    upper = [letter for letter in text if letter > "\x7f"]
    if not upper:
        return 0.0
    total = sum(_WEIGHTS.get(letter, _other_weight(letter)) for letter in upper)
    total -= 8.0 * len(_SIGN_IN_WORD.findall(text))
    total -= 8.0 * len(_INVERTED_WORD.findall(text))
    total -= 2.0 * len(_CASE_FLIP.findall(text)) + 1.0 * len(_MIXED_WORD.findall(text))
    total += 3.0 * len(_LATIN_ACCENTED.findall(text))
    return total / len(upper)


def _other_weight(letter: str) -> float:
    """The weight of a character that is neither a letter of the two languages nor usual typography."""
    if letter >= "\u3000":
        return 0.5  # emoji and East Asian text: possible only where UTF-8 or the declared charset decodes strictly
    if "\u0100" <= letter < "\u0250":
        return 0.3  # Latin letters that no Cyrillic charset has: a language or a name of elsewhere
    if letter < "\u00a0" or "\u2500" <= letter < "\u2600":
        return -3.0  # C1 controls; the box drawing of KOI8-R and cp866
    return -4.0 if "\u0400" <= letter < "\u0530" else -1.0  # letters of other Cyrillic alphabets: a mislabelled Kazakh


def _twice_encoded(text: str) -> str:
    """Undo UTF-8 that a relay took for a single-byte charset and encoded again."""
    for codec in ("cp1251", "latin-1", "cp1252"):
        try:
            once = text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
        if len(text) - len(once) >= 3:  # noqa: PLR2004 - fewer pairs than that happen by chance
            return once
    return text


def _clean(text: str) -> str:
    """Without NUL and lone surrogates; every line ends with a line feed alone."""
    if "\0" in text:
        text = text.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
