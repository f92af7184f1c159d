"""Takes back what a later sentence annuls: "please do not book the hot water after all" (rules, section 4)."""

from collections.abc import Mapping, Sequence

from models.grounds import Ground
from parsers.draft import Draft, Sentence, Words, dismiss
from parsers.piece import Piece, tells


def annul(sentences: Sequence[Sentence], drafts: Mapping[int, Draft]) -> None:
    """Set aside what sentences behind the last number annul, and the same value wherever else it is said."""
    _annul_at_the_end(sentences, drafts)
    annulled = {draft.piece.readings for draft in drafts.values() if draft.ground is Ground.ANNULLED} - {()}
    dismiss([draft.piece for draft in drafts.values() if draft.piece.readings in annulled], drafts, Ground.ANNULLED)


def _annul_at_the_end(sentences: Sequence[Sentence], drafts: Mapping[int, Draft]) -> None:
    """Set aside what a sentence behind the last number annuls: the values of the registers that it names, else all.

    A number behind the sentence is what the customer means instead; and what is others' may be left out without more.
    """
    open_drafts = [draft for draft in drafts.values() if draft.open]
    end = max((draft.piece.start for draft in open_drafts), default=0)
    for sentence in (s for s in sentences if s.has("withdrawn") and not s.has("supposed") and s.pieces[0].start > end):
        annulling = [piece for chunk in sentence.chunks if tells(chunk.pieces, "withdrawn") for piece in chunk.pieces]
        own = [drafts[id(piece)] for piece in sentence.pieces if id(piece) in drafts]
        of_itself = any(draft.ground is Ground.ANNULLED for draft in own)
        if of_itself or sentence.has("previous", "part") or tells(annulling, "right", "others"):
            continue
        named = Words.of(sentence.pieces)
        meant = [piece for told in sentences for piece in _of_register(told, named) if id(piece) in drafts]
        everything = [draft.piece for draft in open_drafts]
        dismiss(meant if named.says_which and meant else everything, drafts, Ground.ANNULLED)


def _of_register(sentence: Sentence, named: Words) -> list[Piece]:
    """The numbers of a sentence that stand behind, or before, a word for one of the named registers."""
    reached: list[Piece] = []
    for pieces in (chunk.pieces for chunk in sentence.chunks):
        labels = [place for place, piece in enumerate(pieces) if not Words.of([piece]).is_disjoint(named)]
        others = [place for place, piece in enumerate(pieces) if piece.is_label and place not in labels]
        end = next((place for place in others if labels and place > labels[0]), len(pieces))
        start = max((place for place in others if labels and place < labels[0]), default=0)
        reached += pieces[start:end] if labels else []
    return reached
