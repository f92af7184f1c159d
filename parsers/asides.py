"""Sets numbers aside of which the customer says that they are not his reading of today (rules, section 5).

What a bill or our answer says, what is supposed, asked, expected, annulled or given as an example, what was paid, and
what other people's meters show is told, not submitted. The words are data; what they reach is here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from models.catalogue import Request
from models.grounds import Ground
from models.statement import Role
from parsers.draft import Draft, Line, Sentence, is_label
from parsers.pieces import Piece

_ABOUT_BILLS: Final = frozenset({Request.HELP_DESK, Request.OTHER})
_OF_A_CHUNK: Final = ("others", "example", "old_meter", "forecast")
_OF_A_SENTENCE: Final = ("in_bill", "withdrawn", "told", "example", "swapped", "unread")
_GROUNDS: Final = tuple((tag, Ground(tag)) for tag in (*_OF_A_CHUNK, "told"))
_SEVERAL: Final = 2


def set_aside(lines: Sequence[Line], drafts: Mapping[int, Draft], asked: frozenset[str]) -> None:
    """Explain such numbers; `asked` are the requests of the message."""
    about_bills = not asked.isdisjoint(_ABOUT_BILLS)
    before: Sequence[Piece] = ()
    for sentence in (sentence for line in lines for sentence in line.sentences):
        pieces = sentence.pieces
        if about_bills and sentence.has("bill"):
            _explain(pieces, drafts, Ground.BILL)
        if sentence.has(*_OF_A_SENTENCE):
            _explain(_quoted_from_us(sentence), drafts, Ground.BILL_SAYS)
            _explain(_annulled(pieces), drafts, Ground.ANNULLED)
            _explain(_headed(pieces), drafts, Ground.TOLD)
            _explain(_swapped(pieces), drafts, Ground.SWAPPED)
            _explain(_unread(sentence), drafts, Ground.UNREAD)
        if sentence.has("told", "supposed", "negation", *_OF_A_CHUNK):
            for before_it, chunk in zip([None, *sentence.chunks], sentence.chunks, strict=False):
                _set_chunk_aside(chunk.pieces, drafts)
                if before_it and _tells(before_it.pieces, "others") and chunk.pieces[0].has("that"):
                    _explain(chunk.pieces, drafts, Ground.OTHERS)
        if sentence.has("money_before"):
            _explain(_paid_as_well(sentence), drafts, Ground.TOLD)
        if sentence.has("denied") and not any(piece.is_number for piece in pieces):
            _explain(before, drafts, Ground.DENIED)
        before = pieces
        if sentence.asks and not sentence.has("serves"):
            _explain(pieces, drafts, Ground.ASKED)
    _explain(_annulled_at_the_end(lines), drafts, Ground.ANNULLED)


def is_aside(pieces: Sequence[Piece]) -> bool:
    """Whether the words of a heading say that the numbers below it are no readings of today."""
    return _tells(pieces, "told", "withdrawn", *_OF_A_CHUNK)


def _set_chunk_aside(pieces: Sequence[Piece], drafts: Mapping[int, Draft]) -> None:
    if _tells(pieces, *_OF_A_CHUNK) or (_tells(pieces, "told") and not _tells(pieces, "reading", "current")):
        ground = next(ground for tag, ground in _GROUNDS if _tells(pieces, tag))
        _explain(_reached(pieces, drafts), drafts, ground)
    _explain(_following(pieces, "supposed"), drafts, Ground.SUPPOSED)
    _explain(_negated(pieces), drafts, Ground.DENIED)


def _tells(pieces: Sequence[Piece], *tags: str) -> bool:
    return any(piece.has(*tags) for piece in pieces)


def _reached(pieces: Sequence[Piece], drafts: Mapping[int, Draft]) -> Iterable[Piece]:
    """The numbers of a chunk that its words of telling reach: those behind them, or, where none is, those before.

    Where the nearest of those before is something else already (a phone), the words are about that.
    """
    behind = [piece for piece in _following(pieces, "told", *_OF_A_CHUNK) if piece.is_number]
    if behind:
        return behind
    nearest = next((drafts[id(piece)] for piece in reversed(pieces) if id(piece) in drafts), None)
    return pieces if nearest is not None and nearest.open else ()


def _paid_as_well(sentence: Sentence) -> list[Piece]:
    """The sums that "and" adds to one that was paid: "paid 36500 for the light and 3270 for the water"."""
    sums: list[Piece] = []
    paid = False
    for chunk in sentence.chunks:
        amount_first = next((piece.is_number for piece in chunk.pieces if piece.is_number or is_label(piece)), False)
        if chunk.joined and paid and amount_first and not _tells(chunk.pieces, "reading", "current", "serves"):
            sums += chunk.pieces
        paid = paid or _tells(chunk.pieces, "money_before")
    return sums


def _quoted_from_us(sentence: Sentence) -> list[Piece]:
    """What a sentence says that our bill or answer says, up to where it speaks of the meter."""
    told: list[Piece] = []
    for chunk in sentence.chunks:
        if _tells(chunk.pieces, "in_bill"):
            told += chunk.pieces
        elif told and _tells(chunk.pieces, "meter", "current"):
            break
        elif told:
            told += chunk.pieces
    return told


def _annulled(sentence: Sequence[Piece]) -> list[Piece]:
    """What follows a word of annulment up to what is right; what stands before it, where nothing follows."""
    annulled = _following(sentence, "withdrawn")
    end = next((place for place, piece in enumerate(annulled) if piece.has("right")), len(annulled))
    behind = list(annulled[:end])
    if annulled and not any(piece.is_number for piece in annulled):
        return list(sentence)
    return behind


def _headed(sentence: Sequence[Piece]) -> Sequence[Piece]:
    """All of a sentence behind a word of telling and a colon: "Example: light 73100, hot water 110"."""
    colons = [place for place, piece in enumerate(sentence) if piece.text == ":"]
    head = sentence[: colons[0]] if colons else ()
    return sentence if _tells(head, "told", "example") and not _tells(head, "reading", "current") else ()


def _annuls_all(sentence: Sequence[Piece]) -> bool:
    """Whether a sentence without number and label annuls the message itself, and not an earlier one or a part."""
    numbers = any(piece.is_number or is_label(piece) for piece in sentence)
    return _tells(sentence, "withdrawn") and not numbers and not _tells(sentence, "previous", "right", "part")


def _annulled_at_the_end(lines: Sequence[Line]) -> list[Piece]:
    """All numbers, where a sentence behind the last of them annuls the message.

    A number behind the sentence is what the customer means instead.
    """
    numbers = [piece for line in lines for piece in line.pieces if piece.is_number]
    end = max((number.start for number in numbers), default=0)
    behind = (s.pieces for line in lines for s in line.sentences if s.has("withdrawn") and s.pieces[0].start > end)
    return numbers if any(_annuls_all(pieces) for pieces in behind) else []


def _swapped(sentence: Sequence[Piece]) -> Sequence[Piece]:
    """The values of a sentence that says behind them that they are swapped."""
    numbers = [place for place, piece in enumerate(sentence) if piece.is_number]
    behind = sentence[numbers[-1] :] if numbers else ()
    return sentence if len(numbers) >= _SEVERAL and _tells(behind, "swapped") else ()


def _unread(sentence: Sentence) -> Sequence[Piece]:
    """All of a sentence a part of which says, of no register in particular, that the meter has not been read."""
    unread = any(_tells(chunk.pieces, "unread") and not any(map(is_label, chunk.pieces)) for chunk in sentence.chunks)
    return sentence.pieces if unread else ()


def _negated(pieces: Sequence[Piece]) -> list[Piece]:
    """The number of a label that is denied: "it is not the hot water 110"."""
    denied: list[Piece] = []
    for place, piece in enumerate(pieces[:-2]):
        rest = [other for other in pieces[place + 1 : place + 4] if not other.has("and")]
        if piece.has("negation") and is_label(rest[0]):
            denied += [other for other in rest[1:] if other.is_number][:1]
    return denied


def _following(pieces: Sequence[Piece], *tags: str) -> Sequence[Piece]:
    """What follows the first word of a meaning."""
    start = next((place for place, piece in enumerate(pieces) if piece.has(*tags)), len(pieces))
    return pieces[start:]


def _explain(pieces: Iterable[Piece], drafts: Mapping[int, Draft], ground: Ground) -> None:
    for piece in pieces:
        draft = drafts.get(id(piece))
        if draft and draft.open:
            draft.explain(Role.DOCUMENT, ground)
