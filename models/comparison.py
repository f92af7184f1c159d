"""What the clerks entered by hand beside what was read of the same mail: plain data of a trial."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum, unique

from models.catalogue import Reason, Service, Zone


@dataclass(frozen=True, slots=True)
class Entered:
    """A reading that a clerk entered: `line` of the file, the account as it stands there, and `serial` or `service`.

    `period` is YYYY-MM, None where the file does not say.
    """

    line: int
    account: str
    serial: str | None
    service: Service | None
    zone: Zone
    value: Decimal
    period: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """A reading that we recorded, or (with its `reason`) refused; what the message left open is None.

    `message` is the number of the message, `source` where it was found, `evidence` the text that it was read from.
    """

    period: str
    account: str
    serial: str | None
    service: Service | None
    zone: Zone | None
    value: Decimal | None
    reason: Reason | None
    message: int
    source: str
    evidence: str | None
    received: datetime


@unique
class Difference(StrEnum):
    """In what we and the clerks differ."""

    DIFFERENT = "different"
    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"


@dataclass(frozen=True, slots=True)
class Pair:
    """A difference: what they entered, what we recorded or refused; `account` as the register has it."""

    kind: Difference
    period: str
    account: str
    entered: Entered | None
    read: Read | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far we agree with the clerks, and every difference.

    `entered` and `recorded` count what there was to compare; `repeated` the lines that another line stands for.
    """

    entered: int
    recorded: int
    agreed: int
    repeated: int
    pairs: Sequence[Pair]

    def count(self, kind: Difference) -> int:
        """How many differences are of a kind."""
        return sum(pair.kind is kind for pair in self.pairs)

    @property
    def agreed_percent(self) -> Decimal | None:
        """Of what the clerks entered, how much we read the same, to a tenth; None where they entered nothing."""
        return (Decimal(100 * self.agreed) / self.entered).quantize(Decimal("0.1")) if self.entered else None
