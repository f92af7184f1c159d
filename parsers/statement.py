"""From a letter to a statement: every number of what the customer wrote, explained as far as the text alone goes."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from models.catalogue import Service
from models.grounds import Ground
from models.letter import Letter, NewestPart
from models.register import identifier_key
from models.statement import Label, Number, Place, ReadToken, Role, Statement
from parsers.asides import set_aside, set_earlier_aside, set_stories_aside
from parsers.binding import Binder
from parsers.blocks import bind_stacked, bind_tables
from parsers.corrections import Corrector
from parsers.dates import Calendar
from parsers.decoys import explain_decoy
from parsers.draft import Chunk, Draft, Line
from parsers.headings import apply_announcements, apply_headings
from parsers.identifiers import explain_identifiers, places_in
from parsers.language import language_of
from parsers.lexicon import Lexicon
from parsers.piece import Piece, tells
from parsers.requests import METER_CHANGED, asked_in, most_concrete
from parsers.sequels import go_on
from parsers.text import Text, cut_text
from parsers.tokens import Kind, Token

_SHAPES: Final = {
    Kind.PHONE: Role.PHONE,
    Kind.DATE: Role.DATE,
    Kind.TIME: Role.TIME,
    Kind.STAMP: Role.TIME,
    Kind.LINK: Role.LINK,
}
_SHORTEST_ALONE: Final = 3
_OF_READINGS: Final = ("reading", "meter", "current", "erring", "right")
_READING_WORDS: Final = ("reading", "serves")
_FEW: Final = 2
_LIKE_ACCOUNTS: Final = 6


def read_statement(letter: Letter, newest: NewestPart, lexicon: Lexicon, *, keep_tokens: bool = False) -> Statement:
    """Read what the customer wrote; where that holds no value, read what he forwarded (rules, section 5)."""
    statement = _read(letter, newest.text, newest.signature, lexicon, keep_tokens=keep_tokens)
    if newest.forwarded and not statement.with_role(Role.VALUE, Role.BARE):
        body = f"{newest.text}\n{newest.forwarded}"
        forwarded = _read(letter, body, newest.signature, lexicon, keep_tokens=keep_tokens)
        return forwarded if forwarded.with_role(Role.VALUE, Role.BARE) else statement
    return statement


def _read(letter: Letter, body: str, signature: str, lexicon: Lexicon, *, keep_tokens: bool) -> Statement:
    text = cut_text(letter.subject, body, signature, lexicon)
    drafts = {id(piece): Draft(piece, line.number) for line in text.lines for piece in line.pieces if piece.is_number}
    asked = asked_in(list(_sentences_read(text)), lexicon)
    _explain(text, drafts, lexicon, asked)
    numbers = tuple(_numbers(text, drafts))
    body_pieces = [piece for line in text.lines if not line.signature for piece in line.pieces]
    written = [p for line in text.lines if not (line.signature or line.is_answer) for p in line.pieces]
    return Statement(
        text=text.original,
        numbers=numbers,
        language=language_of(written, text.original, text.folded, lexicon),
        request=most_concrete(asked),
        about_readings=any(piece.has(*_READING_WORDS) or piece.is_label for piece in body_pieces),
        named_services=frozenset(Service(service) for piece in body_pieces for service in piece.values("service.")),
        meter_changed=METER_CHANGED in asked,
        on_photo=frozenset(_on_photo(text)),
        mere_thanks=_is_mere_thanks(text),
        is_answer=any(line.is_answer for line in text.lines),
        attachments=tuple(attachment.name for attachment in letter.attachments),
        tokens=tuple(_tokens(text)) if keep_tokens else (),
    )


def _tokens(text: Text) -> Iterator[ReadToken]:
    """The pieces as they were read, but for what parts lines and columns."""
    for piece in text.pieces:
        if piece.kind not in {Kind.BREAK, Kind.GAP}:
            yield ReadToken(text.span(piece), piece.kind.name.lower(), tuple(sorted(piece.tags)))


def _sentences_read(text: Text) -> Iterator[Sequence[Token]]:
    """The tokens of each sentence that is no signature, parted where a piece says that a full stop ends one."""
    end = bisect_left(text.tokens, text.signature, key=lambda token: text.folded.offsets[token.start])
    start = 0
    for piece in text.pieces:
        if piece.kind is Kind.STOP:
            yield text.tokens[start : min(piece.first, end)]
            start = piece.last
    yield text.tokens[start:end]


def _explain(text: Text, drafts: dict[int, Draft], lexicon: Lexicon, asked: frozenset[str]) -> None:
    """Explain the numbers: identifiers, decoys, tables, sentences, stacked lines, corrections, dates, subject."""
    for line in text.lines:
        explain_identifiers(line, drafts)
        for place, piece in enumerate(line.pieces):
            draft = drafts.get(id(piece))
            if draft and draft.open and not explain_decoy(draft, line.pieces, place):
                go_on(draft, line.pieces, place, drafts)
    readable = [line for line in text.lines if not line.signature]
    for draft in drafts.values():
        if text.lines[draft.line].signature and draft.open:
            draft.explain(Role.STRAY, Ground.SIGNATURE)
    set_aside(readable, drafts, asked)
    binder = Binder(drafts.values())
    rows = bind_tables(readable, binder)
    for line in readable:
        if line.number not in rows:
            binder.bind_line(line)
    bind_stacked([line for line in readable if line.number not in rows], binder)
    apply_headings([line for line in readable if line.number not in rows], drafts)
    apply_announcements([line for line in readable if line.number not in rows], drafts)
    corrector = Corrector(drafts, lexicon)
    for line in readable:
        corrector.correct_line(line.pieces)
    corrector.correct_across(readable)
    Calendar(drafts).date_numbers(readable)
    _promote_only_number(text, drafts)
    set_earlier_aside(readable, drafts, asked)
    set_stories_aside(readable, drafts, asked)
    _apply_subject(readable, drafts, binder)


def _promote_only_number(text: Text, drafts: Mapping[int, Draft]) -> None:
    """Let the one unexplained number of a message be its value, where its part of the sentence speaks of a reading."""
    unexplained = [draft for draft in drafts.values() if draft.open]
    if len(unexplained) != 1 or len(unexplained[0].piece.key) < _SHORTEST_ALONE:
        return
    draft = unexplained[0]
    for sentence in text.lines[draft.line].sentences:
        for chunk in sentence.chunks:
            here = not draft.bare and any(piece is draft.piece for piece in chunk.pieces)
            if here and _speaks_of_readings(chunk.pieces):
                draft.bare, draft.ground = True, draft.ground or Ground.ONLY_NUMBER


def _speaks_of_readings(pieces: Sequence[Piece]) -> bool:
    """Whether a part of a sentence is about a reading, with hardly another word."""
    strange = sum(piece.is_strange for piece in pieces)
    return strange <= _FEW and any(piece.has(*_OF_READINGS) or piece.is_label for piece in pieces)


def _apply_subject(lines: Sequence[Line], drafts: Mapping[int, Draft], binder: Binder) -> None:
    """Let a service that the subject alone names speak, weakly, for the one unlabelled number of the body."""
    for line in lines:
        if not line.subject:
            continue
        if line.is_answer:
            for draft in binder.open_in(line.pieces):
                draft.explain(Role.STRAY, Ground.EARLIER_SUBJECT)
        named = _named_in(line)
        unlabelled = [
            draft
            for draft in drafts.values()
            if draft.line != line.number and draft.open and draft.may_be_value and not draft.words.says_which
        ]
        values = [draft for draft in binder.open_in(line.pieces) if len(draft.piece.key) < _LIKE_ACCOUNTS]
        if named and len(unlabelled) == 1 and not values:
            unlabelled[0].words.services |= named
            unlabelled[0].carried, unlabelled[0].ground = True, Ground.SUBJECT


def _named_in(line: Line) -> set[Service]:
    services = {Service(service) for piece in line.pieces for service in piece.values("service.")}
    return services if len(services) == 1 else set()


def _numbers(text: Text, drafts: Mapping[int, Draft]) -> Iterator[Number]:
    content = [piece for piece in text.pieces if piece.kind not in {Kind.BREAK, Kind.STOP, Kind.SIGN}]
    in_body = [piece for piece in content if text.body <= text.folded.offsets[piece.start] < text.signature]
    edges = {id(piece) for piece in (in_body[:1] + in_body[-1:])}
    for line in text.lines:
        places = places_in(line, edges)
        for piece in line.pieces:
            draft = drafts.get(id(piece))
            if draft and not draft.joined:
                yield _number(text, line, draft, places[id(piece)])
            elif piece.kind in _SHAPES and any(sign.isdigit() for sign in piece.text):
                yield _shaped(text, line, piece)


def _number(text: Text, line: Line, draft: Draft, place: Place) -> Number:
    piece = draft.piece
    span = text.span(piece)
    if draft.role is None:
        draft.explain(*_role_of(draft))
    evidence = span
    if draft.words.start is not None:
        start, end = min(draft.words.start, piece.start), max(draft.words.end, piece.end)
        evidence = text.folded.original(start, end)
    return Number(
        span=span,
        text=span.of(text.original),
        key=piece.key,
        role=draft.role or Role.STRAY,
        readings=piece.readings,
        label=draft.words.label(carried=draft.carried),
        place=Place.HEAD if draft.heads_column else place,
        line=line.number,
        clause=draft.clause,
        evidence=evidence,
        ground=draft.ground or Ground.LABEL,
        witness=text.span(draft.witness) if draft.witness else None,
        said_on=draft.said_on,
        either=draft.either,
        in_signature=line.signature,
        in_subject=line.subject,
        strange=not draft.may_be_value,
        torn=draft.words.torn,
        under=text.span(draft.under) if draft.under else None,
    )


def _role_of(draft: Draft) -> tuple[Role, Ground]:
    """What an open number is by its words, and why: not a value where they say previous, consumption or sum."""
    words, roles = draft.words, draft.words.roles
    if not draft.piece.readings and not (words.says_which and draft.piece.key.isdigit()):
        return Role.STRAY, Ground.NO_QUANTITY
    said = draft.ground or (Ground.HEADING if draft.headed else Ground.LABEL)
    if Role.PREVIOUS in roles or (roles and Role.VALUE not in roles):
        return next(role for role in (Role.SUM, Role.CONSUMPTION, Role.PREVIOUS) if role in roles), said
    if words.says_which:
        return Role.VALUE, Ground.TORN if words.contradictory else draft.ground or Ground.LABEL
    if Role.VALUE in roles:
        return Role.VALUE, draft.ground or said
    return (Role.BARE, draft.ground or Ground.UNLABELLED) if draft.bare else (Role.STRAY, Ground.STRANGE)


def _shaped(text: Text, line: Line, piece: Piece) -> Number:
    """A number that its shape explains: a link, a phone, a date, a time."""
    span = text.span(piece)
    return Number(
        span=span,
        text=span.of(text.original),
        key=identifier_key(piece.text) if piece.kind is Kind.PHONE else "",
        role=_SHAPES[piece.kind],
        readings=(),
        label=Label(),
        place=Place.INSIDE,
        line=line.number,
        clause=0,
        evidence=span,
        ground=Ground.SHAPE,
        in_signature=line.signature,
        in_subject=line.subject,
    )


def _on_photo(text: Text) -> Iterator[Service]:
    """The services that a part of a sentence without a number, or what stands before it, names with a photo."""
    for line in text.lines:
        for sentence in line.sentences:
            if not sentence.has("photo"):
                continue
            named: list[str] = []
            whole = not any(piece.is_number for piece in sentence.pieces)
            for chunk in [Chunk(sentence.pieces)] if whole else sentence.chunks:
                named = [service for piece in chunk.pieces for service in piece.values("service.")] or named
                numbers = any(piece.is_number for piece in chunk.pieces)
                if tells(chunk.pieces, "photo") and not numbers:
                    yield from (Service(service) for service in named)


def _is_mere_thanks(text: Text) -> bool:
    """Whether the body says thanks or "got it" and nothing else that matters (rules, section 6)."""
    body = [piece for line in text.lines if not (line.subject or line.signature) for piece in line.pieces]
    words = [piece for piece in body if piece.kind is Kind.WORD]
    if any(piece.is_number for piece in body) or not tells(words, "thanks", "acknowledge"):
        return False
    strange = [
        piece for piece in words if piece.tags.isdisjoint({"thanks", "acknowledge", "greeting", "common", "filler"})
    ]
    return len(strange) <= _FEW
