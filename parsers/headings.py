"""Lines of words alone that speak for the lines below: "Previous readings:", "To be paid:" (rules, section 4)."""

from collections.abc import Mapping, Sequence

from models.grounds import Ground
from models.statement import Role
from parsers.asides import is_aside
from parsers.draft import Draft, Line, Words
from parsers.piece import is_bare, tells


def apply_headings(lines: Sequence[Line], drafts: Mapping[int, Draft]) -> None:
    """Give the numbers below a heading what it says, up to the next line of other words."""
    roles: frozenset[Role] = frozenset()
    aside = False
    for line in lines:
        numbers = [draft for piece in line.pieces if (draft := drafts.get(id(piece))) and draft.open]
        if any(piece.is_number for piece in line.pieces):
            for draft in numbers:
                if aside:
                    draft.explain(Role.DOCUMENT, Ground.HEADING)
                elif roles and not draft.words.roles:
                    draft.words.roles |= roles
                    draft.headed = True
        elif not line.subject and _heads(line):
            roles, aside = _roles_of(line), is_aside(line.pieces)
        elif not is_bare(line.pieces):
            roles, aside = frozenset(), False


def apply_announcements(lines: Sequence[Line], drafts: Mapping[int, Draft]) -> None:
    """Give the unlabelled numbers of a list the one service that the line above it names: "From my log, electricity:".

    The list goes on as long as its lines hold numbers that nothing labels.
    """
    announced = Words()
    for line in lines:
        numbers = [draft for piece in line.pieces if (draft := drafts.get(id(piece))) and draft.open]
        if not any(piece.is_number for piece in line.pieces):
            announced = _announced(line)
        elif any(not draft.bare or draft.words.says_which for draft in numbers):
            announced = Words()
        elif announced.says_which:
            for draft in numbers:
                draft.words.join(announced)
                draft.carried = True


def _announced(line: Line) -> Words:
    """The one service that a line with a colon at its end names; nothing where it is not so."""
    words = Words.of(line.pieces).which()
    ends = bool(line.pieces) and line.pieces[-1].text == ":" and not line.subject
    return words if ends and len(words.services) == 1 and not words.contradictory else Words()


def _heads(line: Line) -> bool:
    """Whether a line says something of what is below it, and nothing else."""
    says = bool(_roles_of(line)) or is_aside(line.pieces)
    strange = [piece for piece in line.pieces if piece.is_strange and not is_aside([piece])]
    return says and not strange and not tells(line.pieces, "greeting")


def _roles_of(line: Line) -> frozenset[Role]:
    """The one role that a line names without a register; none where it names several."""
    words = Words.of(line.pieces)
    return frozenset(words.roles) if len(words.roles) == 1 and not words.says_which else frozenset()
