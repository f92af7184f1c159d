"""A text in lines, sentences and chunks, and the explanation of its numbers while it is being made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from models.catalogue import Service, Zone
from models.grounds import Ground
from models.statement import Label, Role
from parsers.labels import MEANINGS_KEPT, ROLES, SERVICE_OF_UNIT
from parsers.piece import Piece, tails
from parsers.tokens import Kind

_CHAT_HEAD: Final = 6


@dataclass(frozen=True, slots=True)
class _Said:
    """What one phrase says of a number."""

    services: frozenset[Service]
    zones: frozenset[Zone]
    tariffs: frozenset[int]
    water: bool
    roles: frozenset[Role]


@lru_cache(maxsize=MEANINGS_KEPT)
def _said_by(tags: frozenset[str]) -> _Said:
    by_unit = {service for unit, service in SERVICE_OF_UNIT.items() if unit in tags}
    return _Said(
        services=frozenset(by_unit.union(map(Service, tails(tags, "service.")))),
        zones=frozenset(map(Zone, tails(tags, "zone."))),
        tariffs=frozenset(map(int, tails(tags, "tariff."))),
        water=not tags.isdisjoint({"water", "unit.m3"}),
        roles=frozenset(role for tag, role in ROLES.items() if tag in tags),
    )


@dataclass(slots=True)
class Words:
    """What the words around a number say, gathered mark by mark.

    `asides` are services that were named in passing ("the cold one I sent elsewhere"): they speak for a later number
    only where nothing else does.
    """

    services: set[Service] = field(default_factory=set)
    zones: set[Zone] = field(default_factory=set)
    tariffs: set[int] = field(default_factory=set)
    water: bool = False
    roles: set[Role] = field(default_factory=set)
    asides: set[Service] = field(default_factory=set)
    start: int | None = None
    end: int = 0

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> "Words":
        """What the labels among the pieces say."""
        words = cls()
        for piece in pieces:
            if piece.is_label:
                words.take(piece)
        return words

    def take(self, piece: Piece) -> None:
        """Add what one phrase says."""
        said = _said_by(piece.tags)
        self.services |= said.services
        self.zones |= said.zones
        self.tariffs |= said.tariffs
        self.water |= said.water
        self.roles |= said.roles
        self.start = piece.start if self.start is None else min(self.start, piece.start)
        self.end = max(self.end, piece.end)

    def join(self, other: "Words") -> None:
        """Add what other words say."""
        self.services |= other.services
        self.zones |= other.zones
        self.tariffs |= other.tariffs
        self.water |= other.water
        self.roles |= other.roles
        if other.start is not None:
            self.start = other.start if self.start is None else min(self.start, other.start)
            self.end = max(self.end, other.end)

    def copy(self) -> "Words":
        """An independent copy."""
        twin = Words()
        twin.join(self)
        return twin

    def which(self) -> "Words":
        """What they say of the register, without previous, current and the like."""
        return Words(set(self.services), set(self.zones), set(self.tariffs), self.water, start=self.start, end=self.end)

    def is_disjoint(self, other: "Words") -> bool:
        """Whether no service, zone and tariff is named by both; water without more is any water."""
        water = (self.water and other.water) or (self.water and Service.HOT_WATER in other.services)
        water = water or (other.water and Service.HOT_WATER in self.services)
        apart = self.services.isdisjoint(other.services) and self.zones.isdisjoint(other.zones)
        return apart and not water and self.tariffs.isdisjoint(other.tariffs)

    @property
    def says_which(self) -> bool:
        """Whether a service, zone or tariff is named."""
        return bool(self.services or self.zones or self.tariffs or self.water)

    @property
    def says_anything(self) -> bool:
        """Whether a register is named, or previous, current, consumption, sum."""
        return self.says_which or bool(self.roles)

    @property
    def contradictory(self) -> bool:
        """Whether the words name two services or two zones at once."""
        water_and_power = self.water and Service.ELECTRICITY in self.services
        zone_of_water = bool(self.zones - {Zone.TOTAL}) and bool(self.services - {Service.ELECTRICITY})
        return (
            len(self.services) > 1 or len(self.zones) > 1 or len(self.tariffs) > 1 or water_and_power or zone_of_water
        )

    @property
    def torn(self) -> frozenset[Service]:
        """The services between which contradictory words leave a number; none where they agree."""
        if not self.contradictory:
            return frozenset()
        power = {Service.ELECTRICITY} if self.zones or self.tariffs else set()
        return frozenset(self.services | power)

    def label(self, *, carried: bool) -> Label:
        """The label that the words make up; contradictory words make none."""
        if self.contradictory:
            return Label()
        return Label(
            service=next(iter(self.services), None),
            zone=next(iter(self.zones), None),
            tariff=next(iter(self.tariffs), None),
            water=self.water,
            carried=carried,
        )


@dataclass(slots=True)
class Draft:
    """One number while it is explained; `role` None is still open.

    `ground` is why it has its role, or how it came to its label (None: by the words beside it); `witness` is the piece
    that says so. `headed` says that previous, current and the like were said of several numbers at once.
    `heads_column` marks an account at the head of a column, and `under` is that of a number in the column.
    """

    piece: Piece
    line: int
    role: Role | None = None
    words: Words = field(default_factory=Words)
    carried: bool = False
    clause: int = 0
    said_on: tuple[int, int, int] | None = None
    either: bool = False
    bare: bool = False
    joined: bool = False
    ground: Ground | None = None
    witness: Piece | None = None
    headed: bool = False
    heads_column: bool = False
    under: Piece | None = None

    def explain(self, role: Role, ground: Ground, witness: Piece | None = None) -> None:
        """Settle what the number is, and why."""
        self.role, self.ground, self.witness = role, ground, witness

    @property
    def open(self) -> bool:
        """Whether it may still be a value."""
        return self.role is None

    @property
    def may_be_value(self) -> bool:
        """Whether nothing strange stands beside it, or its words say that it is a reading."""
        return self.bare or Role.VALUE in self.words.roles


@dataclass(slots=True)
class Chunk:
    """The pieces between two separators of a sentence; of one in brackets also the piece right before those."""

    pieces: list[Piece]
    opened: bool = False
    before: Piece | None = None
    either: bool = False
    joined: bool = False


@dataclass(slots=True)
class Sentence:
    """The pieces between full stops, semicolons and their like, and the chunks that they make.

    `tags` are the meanings of all its phrases, `asks` says that it ends in a question mark.
    """

    pieces: list[Piece]
    chunks: list[Chunk]
    tags: frozenset[str]
    asks: bool

    @classmethod
    def of(cls, pieces: list[Piece], *, asks: bool) -> "Sentence":
        """Cut a sentence into its chunks."""
        return cls(pieces, _chunks_of(pieces), frozenset().union(*(piece.tags for piece in pieces)), asks)

    def has(self, *tags: str) -> bool:
        """Whether a phrase in it can mean one of these."""
        return not self.tags.isdisjoint(tags)


@dataclass(slots=True)
class Line:
    """One line: its pieces and its sentences, whether it belongs to the subject or to the signature."""

    number: int
    pieces: list[Piece]
    sentences: list[Sentence]
    subject: bool = False
    signature: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether it is a subject that begins as answers and forwards do: its words are those of an earlier mail."""
        return self.subject and self.pieces[0].has("reply_prefix") and any(p.text == ":" for p in self.pieces[1:5])


def lines_of(pieces: Sequence[Piece]) -> list[Line]:
    """Cut the pieces of a text into its lines; empty lines leave none."""
    lines: list[Line] = []
    line: list[Piece] = []
    for piece in [*pieces, None]:
        if piece is not None and piece.kind is not Kind.BREAK:
            line.append(piece)
        elif line:
            lines.append(Line(len(lines), line, list(_sentences_of(line))))
            line = []
    return lines


def _sentences_of(line: Sequence[Piece]) -> Iterator[Sentence]:
    """The sentences of a line; the stamp and the name before a line of a chat belong to none."""
    colon = next((place for place, piece in enumerate(line[:_CHAT_HEAD]) if piece.text == ":"), None)
    spoken = colon + 1 if line[0].kind is Kind.STAMP and colon is not None else 0
    sentence: list[Piece] = []
    for piece in [*line[spoken:], None]:
        if piece is not None and piece.kind is not Kind.STOP:
            sentence.append(piece)
        elif sentence:
            yield Sentence.of(sentence, asks=piece is not None and "?" in piece.text)
            sentence = []


def _chunks_of(sentence: Sequence[Piece]) -> list[Chunk]:
    """Cut a sentence at commas, brackets and words that join or part ("and", "or")."""
    chunks = [Chunk([])]
    last: Piece | None = None
    for piece in sentence:
        if piece.kind is Kind.OPEN:
            chunks.append(Chunk([], opened=True, before=last))
            continue
        last = piece
        if piece.kind is Kind.COMMA or piece.kind is Kind.CLOSE:
            offered = chunks[-1].either and not chunks[-1].pieces
            chunks.append(Chunk([], either=offered))
        elif piece.tags and piece.has("and", "either"):
            label = piece.is_label
            chunks.append(
                Chunk([piece] if label else [], either=piece.has("either"), joined=piece.has("and") and not label)
            )
        else:
            chunks[-1].pieces.append(piece)
    return [chunk for chunk in chunks if chunk.pieces]


def sentences_in(lines: Iterable[Line]) -> Iterator[Sentence]:
    """All sentences of some lines, in their order."""
    return (sentence for line in lines for sentence in line.sentences)


def dismiss(pieces: Iterable[Piece], drafts: Mapping[int, Draft], ground: Ground) -> None:
    """Explain the open numbers among the pieces as told, and no readings of today; `drafts` by identity of piece."""
    for piece in pieces:
        draft = drafts.get(id(piece))
        if draft and draft.open:
            draft.explain(Role.DOCUMENT, ground)
