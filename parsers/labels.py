"""Which meanings of a phrase are labels: those that name a register, or say which of its values a number is."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from models.catalogue import Service
from models.statement import Role

MEANINGS_KEPT: Final = 10_000
"""Of how many sets of meanings is remembered what they say; more than the languages' phrases have."""
ROLES: Final[Mapping[str, Role]] = MappingProxyType(
    {
        "previous": Role.PREVIOUS,
        "earlier": Role.PREVIOUS,
        "consumption": Role.CONSUMPTION,
        "sum": Role.SUM,
        "current": Role.VALUE,
    }
)
SERVICE_OF_UNIT: Final[Mapping[str, Service]] = MappingProxyType(
    {"unit.kwh": Service.ELECTRICITY, "unit.gcal": Service.HEAT}
)
UNITS: Final = (*SERVICE_OF_UNIT, "unit.m3")
_PLAIN: Final = frozenset(
    {
        "filler", "reading", "meter", "greeting", "thanks", "place", "serves", "date_before", "account", "serial",
        "number_sign", "and", "either", "ending", "erring", "right", "acknowledge", "photo", "document", "money_before",
        "period",
    }
)  # fmt: skip
"""What words mean that leave the numbers beside them bare: they do not count, or are explained anyhow."""
_REGISTERS: Final = ("service.", "zone.", "tariff.")
_OTHERS: Final = frozenset({"water", *UNITS, *ROLES})


@lru_cache(maxsize=MEANINGS_KEPT)
def has_label(tags: frozenset[str]) -> bool:
    """Whether the meanings of a phrase name a service, zone, tariff or unit, or say previous, current and the like."""
    return any(tag.startswith(_REGISTERS) or tag in _OTHERS for tag in tags)


@lru_cache(maxsize=MEANINGS_KEPT)
def has_other_meaning(tags: frozenset[str]) -> bool:
    """Whether the meanings of a phrase could give the numbers beside it another meaning than that of a reading."""
    return tags.isdisjoint(_PLAIN) and not has_label(tags) and not any(tag.startswith("month.") for tag in tags)
