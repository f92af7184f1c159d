"""Sets numbers aside of which the customer says that they are not his reading of today (rules, section 5).

What a bill or our answer says, what is supposed, asked, expected, annulled or given as an example, what was paid, and
what other people's meters show is told, not submitted. The words are data; what they reach is here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from models.catalogue import Request
from models.grounds import Ground
from parsers.annulments import annul
from parsers.draft import Draft, Line, Sentence, dismiss, sentences_in
from parsers.piece import Piece, tells
from parsers.requests import ANNOUNCED, TOLD

_ABOUT_BILLS: Final = frozenset({Request.HELP_DESK, Request.OTHER})
_OF_A_CHUNK: Final = ("others", "example", "old_meter", "forecast")
_OF_OTHERS: Final = ("others", "old_meter", "told")
_GROUNDS: Final = tuple((tag, Ground(tag)) for tag in (*_OF_A_CHUNK, "told"))
_SEVERAL: Final = 2
_OF_A_STORY: Final = 3
"""How many words that count for something else make a sentence a story."""


def set_aside(lines: Sequence[Line], drafts: Mapping[int, Draft], asked: frozenset[str]) -> None:
    """Explain such numbers; `asked` are the requests of the message."""
    about_bills = not asked.isdisjoint(_ABOUT_BILLS)
    sentences = list(sentences_in(lines))
    for before, sentence in zip([None, *sentences], sentences, strict=False):
        if about_bills and sentence.has("bill"):
            dismiss(sentence.pieces, drafts, Ground.BILL)
        for tags, reached, ground in _RULES:
            if sentence.has(*tags):
                dismiss(reached(sentence), drafts, ground)
        if sentence.has("told", *_OF_A_CHUNK):
            _set_chunks_aside(sentence, drafts)
        if before and sentence.has("denied") and not any(piece.is_number for piece in sentence.pieces):
            dismiss(before.pieces, drafts, Ground.DENIED)
        if sentence.asks and not sentence.has("serves"):
            dismiss(sentence.pieces, drafts, Ground.ASKED)
    annul(sentences, drafts)


def set_earlier_aside(lines: Sequence[Line], drafts: Mapping[int, Draft], asked: frozenset[str]) -> None:
    """Explain the values of a message that announces its readings for later: they are those of an earlier month.

    What a sentence says of today, or gives to be recorded, stays.
    """
    if ANNOUNCED not in asked:
        return
    for sentence in sentences_in(lines):
        if not sentence.has("current", "serves"):
            dismiss((piece for piece in sentence.pieces if _is_value(piece, drafts)), drafts, Ground.ANNOUNCED)


def set_stories_aside(lines: Sequence[Line], drafts: Mapping[int, Draft], asked: frozenset[str]) -> None:
    """Explain the values of a message that asks for something and tells all its numbers in passing.

    "The men tore the seal off our meter, on its tag is 38812": whoever gives a reading beside a request says less about
    it, or says that it is one.
    """
    if asked <= TOLD:
        return
    values: list[Piece] = []
    for sentence in sentences_in(lines):
        strange, giving = 0, False
        for chunk in sentence.chunks:
            strange += sum(piece.is_strange for piece in chunk.pieces)
            giving = giving or tells(chunk.pieces, "reading", "serves")
            own = [piece for piece in chunk.pieces if _is_value(piece, drafts)]
            if own and (giving or strange < _OF_A_STORY or tells(chunk.pieces, "current")):
                return
            values += own
    dismiss(values, drafts, Ground.STORY)


def _is_value(piece: Piece, drafts: Mapping[int, Draft]) -> bool:
    draft = drafts.get(id(piece))
    return draft is not None and draft.open and draft.words.says_which


def is_aside(pieces: Sequence[Piece]) -> bool:
    """Whether the words of a heading say that the numbers below it are no readings of today."""
    return tells(pieces, "told", "withdrawn", *_OF_A_CHUNK)


def _set_chunks_aside(sentence: Sentence, drafts: Mapping[int, Draft]) -> None:
    ground: Ground | None = None
    for chunk in sentence.chunks:
        pieces = chunk.pieces
        if tells(pieces, *_OF_A_CHUNK) or (tells(pieces, "told") and not tells(pieces, "reading", "current")):
            ground = next(ground for tag, ground in _GROUNDS if tells(pieces, tag))
            dismiss(_reached(pieces, drafts), drafts, ground)
        elif ground and chunk.joined and all(piece.is_number for piece in pieces):
            dismiss(pieces, drafts, ground)
        else:
            ground = None


def _reached(pieces: Sequence[Piece], drafts: Mapping[int, Draft]) -> Iterable[Piece]:
    """The numbers of a chunk that its words of telling reach: those behind them, or, where none is, those before.

    Where the nearest of those before is something else already (a phone), the words are about that.
    """
    behind = [piece for piece in _following(pieces, "told", *_OF_A_CHUNK) if piece.is_number]
    if behind:
        return behind
    nearest = next((drafts[id(piece)] for piece in reversed(pieces) if id(piece) in drafts), None)
    return pieces if nearest is not None and nearest.open else ()


def _of_others(sentence: Sentence) -> list[Piece]:
    """What two parts of a sentence together say of another meter.

    "Neighbours say that it is 5120"; "took the old meter off, it stood at 5120"; "1190, it is theirs".
    """
    reached: list[Piece] = []
    for chunk, following in pairwise(sentence.chunks):
        if following.pieces[0].has("that", "it") and tells(chunk.pieces, *_OF_OTHERS):
            reached += following.pieces
        numbers = any(piece.is_number for piece in following.pieces)
        if tells(following.pieces[:_SEVERAL], "it") and tells(following.pieces, "others") and not numbers:
            reached += chunk.pieces
    return reached


def _denied(sentence: Sentence) -> list[Piece]:
    """The number in a sentence before words that deny it: "I could guess 78900, but that is no reading".

    Where a number follows them, it is what the denied one is put right to.
    """
    place = next(place for place, piece in enumerate(sentence.pieces) if piece.has("denied"))
    behind = any(piece.is_number for piece in sentence.pieces[place:])
    return [] if behind else [piece for piece in sentence.pieces[:place] if piece.is_number][-1:]


def _supposed(sentence: Sentence) -> list[Piece]:
    """What follows words of supposing in their part of the sentence; all, where they open it ("Suppose, by then …")."""
    if len(sentence.chunks[0].pieces) == 1 and sentence.chunks[0].pieces[0].has("supposed"):
        return sentence.pieces
    return [piece for chunk in sentence.chunks for piece in _following(chunk.pieces, "supposed")]


def _paid_as_well(sentence: Sentence) -> list[Piece]:
    """The sums that go on with what was paid: "paid 36500 for the light and 3270 for the water", "I paid, 9860"."""
    sums: list[Piece] = []
    paid = paid_right_before = False
    for chunk in sentence.chunks:
        amount_first = chunk.pieces[0].is_number and not tells(chunk.pieces, "reading", "current", "serves")
        unlabelled = not any(piece.is_label for piece in chunk.pieces)
        if amount_first and ((chunk.joined and paid) or (unlabelled and paid_right_before)):
            sums += chunk.pieces
        paid_right_before = tells(chunk.pieces, "money_before", "told")
        paid = paid or paid_right_before
    return sums


def _quoted_from_us(sentence: Sentence) -> list[Piece]:
    """What a sentence says that our bill or answer says, up to where it speaks of the meter."""
    told: list[Piece] = []
    for chunk in sentence.chunks:
        if tells(chunk.pieces, "in_bill"):
            told += chunk.pieces
        elif told and tells(chunk.pieces, "meter", "current"):
            break
        elif told:
            told += chunk.pieces
    return told


def _annulled(sentence: Sentence) -> list[Piece]:
    """What follows a word of annulment up to what is right; what stands before it, where nothing follows."""
    annulled = _following(sentence.pieces, "withdrawn")
    end = next((place for place, piece in enumerate(annulled) if piece.has("right")), len(annulled))
    behind = list(annulled[:end])
    if annulled and not any(piece.is_number for piece in annulled):
        return sentence.pieces
    return behind


def _headed(sentence: Sentence) -> Sequence[Piece]:
    """All of a sentence behind a word of telling and a colon: "Example: light 73100, hot water 110"."""
    colons = [place for place, piece in enumerate(sentence.pieces) if piece.text == ":"]
    head = sentence.pieces[: colons[0]] if colons else ()
    return sentence.pieces if tells(head, "told", "example") and not tells(head, "reading", "current") else ()


def _swapped(sentence: Sentence) -> Sequence[Piece]:
    """The values of a sentence that says behind them that they are swapped."""
    numbers = [place for place, piece in enumerate(sentence.pieces) if piece.is_number]
    behind = sentence.pieces[numbers[-1] :] if numbers else ()
    return sentence.pieces if len(numbers) >= _SEVERAL and tells(behind, "swapped") else ()


def _unread(sentence: Sentence) -> Sequence[Piece]:
    """All of a sentence a part of which says, of no register in particular, that the meter has not been read."""

    def unread(pieces: Sequence[Piece]) -> bool:
        return tells(pieces, "unread") and not any(piece.is_label for piece in pieces)

    return sentence.pieces if any(unread(chunk.pieces) for chunk in sentence.chunks) else ()


def _negated(sentence: Sentence) -> list[Piece]:
    """The number of a label that is denied: "it is not the hot water 110"."""
    denied: list[Piece] = []
    for pieces in (chunk.pieces for chunk in sentence.chunks):
        for place, piece in enumerate(pieces[:-2]):
            rest = [other for other in pieces[place + 1 : place + 4] if not other.has("and")]
            if piece.has("negation") and rest[0].is_label:
                denied += [other for other in rest[1:] if other.is_number][:1]
    return denied


def _following(pieces: Sequence[Piece], *tags: str) -> Sequence[Piece]:
    """What follows the first word of a meaning."""
    start = next((place for place, piece in enumerate(pieces) if piece.has(*tags)), len(pieces))
    return pieces[start:]


_RULES: Final[tuple[tuple[tuple[str, ...], Callable[[Sentence], Sequence[Piece]], Ground], ...]] = (
    (("in_bill",), _quoted_from_us, Ground.BILL_SAYS),
    (("claimed", "known"), lambda sentence: sentence.pieces, Ground.BILL),
    (("withdrawn",), _annulled, Ground.ANNULLED),
    (("told", "example"), _headed, Ground.TOLD),
    (("swapped",), _swapped, Ground.SWAPPED),
    (("unread",), _unread, Ground.UNREAD),
    (("money_before", "told"), _paid_as_well, Ground.TOLD),
    (_OF_OTHERS, _of_others, Ground.OTHERS),
    (("denied",), _denied, Ground.DENIED),
    (("supposed",), _supposed, Ground.SUPPOSED),
    (("negation",), _negated, Ground.DENIED),
)
"""What the words of one of some meanings reach in their sentence, and why that is no reading of today."""
