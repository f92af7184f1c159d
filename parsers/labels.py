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
_REGISTERS: Final = ("service.", "zone.", "tariff.")
_OTHERS: Final = frozenset({"water", *UNITS, *ROLES})


@lru_cache(maxsize=MEANINGS_KEPT)
def has_label(tags: frozenset[str]) -> bool:
    """Whether the meanings of a phrase name a service, zone, tariff or unit, or say previous, current and the like."""
    return any(tag.startswith(_REGISTERS) or tag in _OTHERS for tag in tags)
