"""The machine: whatever people, servers and the end of the process do to the mailbox, between rounds and within."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.fuzz.contents import Content, Kind
from tests.fuzz.folders import At, Folders
from tests.fuzz.ledger import MAIN, OLD, Ledger
from tests.fuzz.plant import LONGER_THAN_A_CLAIM, Cut, Plant
from tests.system.site import Clock

PERSONAL: Final = "Personal"
_AWAY: Final = "Away"
_FLAGS: Final = (rb"\Seen", rb"\Flagged", rb"\Deleted")
_CALL: Final = st.integers(1, 20) | st.integers(1, 60)
"""Which call of a round: what is to happen later than its last one does not."""
_SETTLES_WITHIN: Final = 4
_PICK: Final = st.integers(0, 1000)
_KINDS: Final = st.lists(st.sampled_from(Kind), max_size=4)


@dataclass(frozen=True, slots=True)
class World:
    """What one run of the machine is about; `sent` tells the Message-IDs of all answers that reached the relay.

    `holds_still` leaves the folder where it is during a round: Dovecot loses track of a Maildir that is renamed and
    made anew while another session works in it.
    """

    folders: Folders
    plant: Plant
    clock: Clock
    sent: Callable[[], Sequence[str]]
    end: Callable[[], None]
    holds_still: bool = False


class MailboxMachine(RuleBasedStateMachine):
    """Rules are what may happen; the ledger says what must be so."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.ledger = Ledger()
        self.is_away = False
        self.made_anew = 0

    @initialize()
    def make_the_folders(self) -> None:
        """The folder of the program, and one of people's own."""
        self.world.folders.create(MAIN)
        self.world.folders.create(PERSONAL)

    @property
    def is_there(self) -> bool:
        """Whether the program's folder is."""
        return not self.is_away

    def look(self) -> Mapping[At, int]:
        """Every copy by its place, checked and noted."""
        found = self.world.folders.look()
        self.ledger.see(found)
        return found

    def deliver(self, content: Content) -> None:
        """Put one more copy of a content into the folder."""
        number = len(self.ledger.copies)
        self.ledger.copies.append(content)
        self.ledger.lies.append(MAIN)
        self.world.folders.append(MAIN, content.copy(number), self.world.clock())

    @precondition(lambda self: self.is_there)
    @rule(kinds=_KINDS)
    def letters_come(self, kinds: list[Kind]) -> None:
        """New letters: more than one batch of them, now and then."""
        for kind in kinds:
            number = len(self.ledger.contents)
            self.ledger.contents.append(Content(number, f"m{number}", kind))
            self.deliver(self.ledger.contents[-1])

    @precondition(lambda self: self.is_there and self.ledger.contents)
    @rule(pick=_PICK)
    def letter_comes_again(self, pick: int) -> None:
        """The same letter once more."""
        self.deliver(self.ledger.contents[pick % len(self.ledger.contents)])

    @precondition(lambda self: self.is_there and self.ledger.contents)
    @rule(pick=_PICK, kind=st.sampled_from([Kind.GOOD, Kind.REJECTED]))
    def another_letter_has_the_same_name(self, pick: int, kind: Kind) -> None:
        """The same Message-ID with another body."""
        name = self.ledger.contents[pick % len(self.ledger.contents)].name
        self.ledger.contents.append(Content(len(self.ledger.contents), name, kind))
        self.deliver(self.ledger.contents[-1])

    @rule(pick=_PICK)
    def person_deletes(self, pick: int) -> None:
        """A copy is gone, wherever it lay."""
        if (picked := self._pick(pick)) is not None:
            at, number = picked
            self.world.folders.expunge(at)
            self.ledger.lies[number] = None

    @rule(pick=_PICK, flag=st.sampled_from(_FLAGS))
    def person_marks(self, pick: int, flag: bytes) -> None:
        """Marks are no state of ours."""
        if (picked := self._pick(pick)) is not None:
            self.world.folders.flag(picked[0], flag)

    @rule(pick=_PICK)
    def person_takes_away(self, pick: int) -> None:
        """A copy is moved out of the program's folders."""
        self._move(pick, PERSONAL)

    @precondition(lambda self: self.is_there)
    @rule(pick=_PICK)
    def person_puts_back(self, pick: int) -> None:
        """A copy is moved into the program's folder, from wherever it lay."""
        self._move(pick, MAIN)

    def _move(self, pick: int, folder: str) -> None:
        picked = self._pick(pick)
        if picked is not None and picked[0].folder != folder:
            self.world.folders.move([picked[0]], folder)
            self.ledger.lies[picked[1]] = folder

    def _pick(self, pick: int) -> tuple[At, int] | None:
        """One of the copies there are, if any."""
        found = sorted(self.look().items(), key=lambda item: item[1])
        return found[pick % len(found)] if found else None

    @precondition(lambda self: self.is_there)
    @rule(kept=st.sets(st.integers(0, 9)))
    def folder_is_made_anew(self, kept: set[int]) -> None:
        """It has another UIDVALIDITY, and holds some of the old mail."""
        self.made_anew += 1
        old = f"{OLD}{self.made_anew}"
        self._rename(MAIN, old)
        self.world.folders.create(MAIN)
        copies = [(at, number) for at, number in sorted(self.look().items()) if at.folder == old]
        moved = [copy for place, copy in enumerate(copies) if place in kept]
        self.world.folders.move([at for at, _ in moved], MAIN)
        for _, number in moved:
            self.ledger.lies[number] = MAIN

    @precondition(lambda self: self.is_there)
    @rule()
    def folder_goes_missing(self) -> None:
        """For a while."""
        self._rename(MAIN, _AWAY)
        self.is_away = True

    @precondition(lambda self: self.is_away)
    @rule()
    def folder_is_back(self) -> None:
        """As it was."""
        self._rename(_AWAY, MAIN)
        self.is_away = False

    def _rename(self, folder: str, name: str) -> None:
        for at, number in self.look().items():
            if at.folder == folder:
                self.ledger.lies[number] = name
        self.world.folders.rename(folder, name)

    @rule()
    def time_passes(self) -> None:
        """More than a claim lasts."""
        self.world.clock.ahead += LONGER_THAN_A_CLAIM

    @rule()
    def program_starts_again(self) -> None:
        """Between two rounds."""
        self.world.plant.restart()

    @rule()
    def round_is_done(self) -> None:
        """Nothing disturbs it: whatever lies in the folder is accounted for."""
        present = {at for at in self.look() if at.folder == MAIN}
        if self.world.plant.round():
            self.ledger.listed |= present | self.world.plant.listed
        self.books_agree()

    @precondition(lambda self: self.is_there)
    @rule(kinds=_KINDS, at=_CALL, after=st.booleans())
    def process_ends_within_a_round(self, kinds: list[Kind], at: int, *, after: bool) -> None:
        """At any call, before or after its work is done, mostly with something to do."""

        def cut() -> None:
            raise Cut

        self.letters_come(kinds)
        self._disturbed(at, cut, after=after)

    @precondition(lambda self: self.is_there)
    @rule(
        kinds=_KINDS, at=_CALL, after=st.booleans(), pick=_PICK,
        act=st.sampled_from(["person_deletes", "person_takes_away", "person_puts_back", "letter_comes_again"]),
    )  # fmt: skip
    def person_acts_within_a_round(self, kinds: list[Kind], at: int, act: str, pick: int, *, after: bool) -> None:
        """At any call."""
        self.letters_come(kinds)
        if act != "letter_comes_again" or self.ledger.contents:
            self._disturbed(at, lambda: self._seen(lambda: getattr(self, act)(pick)), after=after)

    @precondition(lambda self: self.is_there and not self.world.holds_still)
    @rule(kinds=_KINDS, at=_CALL, after=st.booleans(), kept=st.sets(st.integers(0, 9)))
    def folder_is_made_anew_within_a_round(self, kinds: list[Kind], at: int, kept: set[int], *, after: bool) -> None:
        """At any call."""
        self.letters_come(kinds)
        self._disturbed(at, lambda: self._seen(lambda: self.folder_is_made_anew(kept)), after=after)

    def _seen(self, act: Callable[[], object]) -> None:
        """Act, and note what is where before and afterwards."""
        self.look()
        act()
        self.look()

    def _disturbed(self, at: int, act: Callable[[], None], *, after: bool) -> None:
        """A round within which something happens."""
        self.look()
        self.world.plant.wire.set(at, act, after=after)
        if self.world.plant.round():
            self.ledger.listed |= self.world.plant.listed
        self.world.plant.wire.set(0, lambda: None, after=False)
        self.books_agree()

    def books_agree(self) -> None:
        """Nothing is lost, twice, or sent that is not due."""
        self.look()
        self.ledger.check(self.world.plant.store, self.world.sent())

    def teardown(self) -> None:
        """Let nothing disturb any more: then everything is handled, filed and answered."""
        try:
            if self.is_away:
                self.folder_is_back()
            self.world.plant.restart()
            for _ in range(_SETTLES_WITHIN):
                self.time_passes()
                self.round_is_done()
            self.ledger.check_settled(self.world.plant.store, self.look())
        finally:
            self.world.plant.end()
            self.world.end()
