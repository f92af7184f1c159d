"""The text that is read: subject, body and signature, one after the other, in lines of pieces."""

import unicodedata
from dataclasses import dataclass

from models.statement import Span
from parsers.draft import Line, lines_of
from parsers.lexicon import Lexicon
from parsers.normalise import Folded
from parsers.piece import Piece
from parsers.pieces import pieces_of
from parsers.tokens import Token, tokenise


@dataclass(slots=True)
class Text:
    """A text with the places where its body and its signature begin."""

    original: str
    body: int
    signature: int
    folded: Folded
    tokens: list[Token]
    lines: list[Line]
    pieces: list[Piece]

    def span(self, piece: Piece) -> Span:
        """Where a piece stands in the customer's own characters."""
        return self.folded.original(piece.start, piece.end)


def cut_text(subject: str, body: str, signature: str, lexicon: Lexicon) -> Text:
    """Lay subject, body and signature one after the other and cut them into lines of pieces."""
    head = " ".join(unicodedata.normalize("NFC", subject).splitlines())
    main = unicodedata.normalize("NFC", body)
    tail = unicodedata.normalize("NFC", signature)
    original = f"{head}\n{main}\n{tail}"
    folded = lexicon.normaliser.fold(original)
    tokens = tokenise(folded, original)
    pieces = pieces_of(tokens, lexicon)
    lines = lines_of(pieces)
    body_at, signature_at = len(head) + 1, len(head) + 1 + len(main)
    for line in lines:
        start = folded.offsets[line.pieces[0].start]
        line.subject = start < body_at - 1
        line.signature = start > signature_at
    return Text(original, body_at, signature_at, folded, tokens, lines, pieces)
