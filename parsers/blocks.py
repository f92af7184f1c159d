"""Labels that stand above, below or at the head of a column of their numbers: tables and stacked lines."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final

from models.grounds import Ground
from models.statement import Role
from parsers.binding import Binder
from parsers.dates import Day, day_of
from parsers.draft import Draft, Line, Words
from parsers.label_lines import is_label_line, labels_of
from parsers.piece import Piece, tells
from parsers.times import short_date
from parsers.tokens import Kind

_TWO: Final = 2
_SHORTEST_SERIAL: Final = 5
_SHORTEST_ACCOUNT: Final = 6
_NOT_OF_TODAY: Final = ("forecast", "others", "example", "old_meter", "in_bill", "bill", "withdrawn", "erring")
_OF_MONEY: Final = ("money_unit", "money_before", "told")
_HEADINGS: Final = ("account", "serial", "meter", "number_sign", "reading", "period")


def bind_tables(lines: Sequence[Line], binder: Binder) -> set[int]:
    """Bind the columns of every table; returns the numbers of the lines that were read as rows."""
    read: set[int] = set()
    for place, line in enumerate(lines):
        header = cells_of(line)
        if line.number in read or len(header) < _TWO:
            continue
        rows = list(_rows_below(lines[place + 1 :]))
        accounts = _accounts_of(header, binder) if rows and _is_label_cell(cells_of(rows[0])[0]) else []
        if not accounts and not _is_header(header):
            continue
        for day in binder.open_in([piece for cell in header for piece in cell if _dates(piece)]):
            day.explain(Role.DATE, Ground.COLUMN)
        for account in accounts:
            account.heads_column = True
        for row in rows:
            if accounts:
                _bind_to_accounts(cells_of(row), accounts, binder)
            else:
                _bind_row(cells_of(row), header, binder)
        read |= {line.number, *(row.number for row in rows)}
    return read


def _rows_below(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines of several cells with numbers that follow each other; a line of signs alone parts none."""
    for row in lines:
        if all(piece.kind in {Kind.SIGN, Kind.GAP} for piece in row.pieces):
            continue
        if not any(piece.is_number for piece in row.pieces) or len(cells_of(row)) < _TWO or row.signature:
            return
        yield row


def _accounts_of(header: Sequence[Sequence[Piece]], binder: Binder) -> list[Draft]:
    """The numbers that head all columns but the first, where they are several and as long as accounts are."""
    heads = header if any(piece.is_number for piece in header[0]) else header[1:]
    drafts = [binder.number_in(cell) for cell in heads]
    accounts = [draft for draft in drafts if draft and len(draft.piece.key) >= _SHORTEST_ACCOUNT]
    named = any(piece.is_label for cell in header for piece in cell)
    return accounts if len(accounts) == len(heads) >= _TWO and not named else []


def _is_label_cell(cell: Sequence[Piece]) -> bool:
    return Words.of(cell).says_which and not any(piece.is_number for piece in cell)


def _bind_to_accounts(cells: Sequence[Sequence[Piece]], accounts: Sequence[Draft], binder: Binder) -> None:
    """Give the numbers of a row to the accounts above them; of a row that is not as long, it cannot be told whose."""
    for place, cell in enumerate(cells[1:]):
        for draft in binder.open_in(cell):
            if len(cells) - 1 != len(accounts):
                draft.explain(Role.DOCUMENT, Ground.COLUMN)
                continue
            draft.words.join(Words.of([*cells[0], *cell]))
            draft.under, draft.bare, draft.ground = accounts[place].piece, True, Ground.COLUMN


def cells_of(line: Line) -> list[list[Piece]]:
    """The cells of a line: what tabs, bars or wide gaps part."""
    cells: list[list[Piece]] = [[]]
    for piece in line.pieces:
        if piece.kind is Kind.GAP:
            cells.append([])
        else:
            cells[-1].append(piece)
    return cells[1:] if not cells[0] and len(cells) > 1 else cells


def _is_header(cells: Sequence[Sequence[Piece]]) -> bool:
    """Whether the cells are the heads of columns: several that name something, or one among several; and no number.

    Numbers that can be days ("18.11") head columns where nothing else does.
    """
    pieces = [piece for cell in cells for piece in cell]
    numbers = [piece for piece in pieces if piece.is_number]
    if numbers:
        days = all(_dates(number) for number in numbers)
        return days and len(numbers) >= _TWO and not any(piece.is_label for piece in pieces)
    named = sum(any(_heads_column(piece) for piece in cell) for cell in cells)
    return named >= _TWO or (named > 0 and len(cells) > _TWO)


def _heads_column(piece: Piece) -> bool:
    """Whether a piece can head a column: a label, the word for an account or a meter, a date, money, a forecast."""
    return piece.is_label or piece.has(*_HEADINGS, *_NOT_OF_TODAY, *_OF_MONEY) or _dates(piece) is not None


def _bind_row(cells: Sequence[Sequence[Piece]], header: Sequence[Sequence[Piece]], binder: Binder) -> None:
    """Give every number of a row the words of its column and those of the row; columns are counted from the right."""
    own = Words.of(piece for cell in cells for piece in cell)
    shift = len(header) - len(cells)
    for place, cell in enumerate(cells):
        column = place + shift
        if column < 0:
            continue
        for draft in binder.open_in(cell):
            _bind_cell(draft, header[column], own)


def _bind_cell(draft: Draft, heading: Sequence[Piece], own: Words) -> None:
    words = Words.of(heading)
    words.start = None
    draft.said_on = draft.said_on or next((day for piece in heading if (day := _dates(piece))), None)
    if tells(heading, "row_number"):
        draft.explain(Role.COUNT, Ground.COLUMN)
    elif tells(heading, *_OF_MONEY):
        draft.explain(Role.MONEY, Ground.COLUMN)
    elif tells(heading, *_NOT_OF_TODAY) and not tells(heading, "right"):
        draft.explain(Role.DOCUMENT, Ground.COLUMN)
    elif not words.says_anything and tells(heading, "account"):
        draft.explain(Role.ACCOUNT, Ground.COLUMN)
    elif not words.roles and tells(heading, "serial", "number_sign"):
        draft.explain(Role.SERIAL if len(draft.piece.key) >= _SHORTEST_SERIAL else Role.COUNT, Ground.COLUMN)
    elif not words.says_anything and _is_strange(heading):
        draft.explain(Role.STRAY, Ground.COLUMN)
    else:
        draft.bare = draft.bare or tells(heading, "reading", "meter", "period")
        draft.words.join(words)
        draft.words.join(own)
        draft.ground = Ground.COLUMN if words.says_anything else draft.ground


def _is_strange(heading: Sequence[Piece]) -> bool:
    """Whether the head of a column names something that is unknown, and so is no head of readings."""
    named = [piece for piece in heading if piece.kind is Kind.WORD]
    known = any(piece.has("reading", "meter", "place", "period") or piece.is_label for piece in named)
    return bool(named) and not known and not any(_dates(piece) for piece in heading)


def _dates(piece: Piece) -> Day | None:
    """The day or the month that heads a column."""
    month = piece.values("month.")
    short = short_date(piece.text) if piece.is_number else None
    return (0, *short) if short else (0, int(month[0]), 0) if month else day_of(piece)


def bind_stacked(lines: Sequence[Line], binder: Binder) -> None:
    """Bind the labels of lines that hold nothing else to the numbers of the lines below, or above, them."""
    block: list[Line] = []
    for line in [*lines, None]:
        if line is not None and not line.subject and (is_label_line(line) or _is_number_line(line, binder)):
            block.append(line)
            continue
        if line is not None and _names_account(line, block):
            block.pop()
        _bind_block(block, binder)
        block = []


def _names_account(line: Line, block: Sequence[Line]) -> bool:
    """Whether a line names the number above it, the last of a block that began with a number, as an account."""
    if not block or is_label_line(block[0]) or is_label_line(block[-1]):
        return False
    return not any(piece.is_number for piece in line.pieces) and tells(line.pieces, "account")


def _is_number_line(line: Line, binder: Binder) -> bool:
    drafts = binder.open_in(line.pieces)
    return bool(drafts) and all(draft.bare and not draft.words.says_which for draft in drafts)


def _bind_block(block: Sequence[Line], binder: Binder) -> None:
    kinds = [is_label_line(line) for line in block]
    if True not in kinds or False not in kinds:
        return
    labels_above = kinds[0] or not kinds[-1]
    ordered = block if labels_above else block[::-1]
    for labels, numbers in _runs(ordered):
        stacked = [words for line in labels for words in labels_of(line)]
        drafts = [binder.open_in(line.pieces) for line in numbers]
        if len(labels) > 1 and len(stacked) == sum(map(len, drafts)):
            _bind_numbers([draft for of_line in drafts for draft in of_line], stacked)
            continue
        for of_line in drafts:
            _bind_numbers(of_line, labels_of(labels[-1]))


def _runs(block: Sequence[Line]) -> Iterator[tuple[list[Line], list[Line]]]:
    """Each run of label lines in a block with the run of number lines behind it."""
    parted = [(labels, list(lines)) for labels, lines in groupby(block, key=is_label_line)]
    for (labels, above), (_, below) in pairwise(parted):
        if labels:
            yield above, below


def _bind_numbers(drafts: Sequence[Draft], groups: Sequence[Words]) -> None:
    """One label speaks for all numbers of a line; several speak for as many numbers, in their order."""
    if len(groups) == 1:
        for draft in drafts:
            draft.words.join(groups[0])
            draft.ground = Ground.STACKED
    elif len(groups) == len(drafts):
        for draft, words in zip(drafts, groups, strict=True):
            draft.words.join(words)
            draft.ground = Ground.STACKED
