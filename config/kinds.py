"""The kinds of values that settings have beyond numbers and text, each checked where it is read."""

import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from config.secret import read_secret
from config.words import language_codes
from models.catalogue import Language, Service

_LAST: Final = "last"


class Section(BaseModel):
    """A table of the configuration: unknown keys are errors, nothing changes after loading, no error shows a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=True)


def _split(value: object) -> object:
    return [word for word in re.split(r"[,\s]+", value) if word] if isinstance(value, str) else value


def _day(value: object) -> object:
    return None if value == _LAST else value


def _each_language(value: object) -> object:
    return dict.fromkeys(language_codes(), value) if isinstance(value, str) else value


def _language(code: Language) -> Language:
    known = language_codes()
    if code not in known:
        raise ValueError(f"should be one of {', '.join(known)}")
    return code


def _address(value: str) -> str:
    name, address = parseaddr(value)
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or re.search(r"[\x00-\x1f\x7f]", name + address):
        raise ValueError("is not an e-mail address")
    return value


def _secret_file(path: Path) -> Path:
    read_secret(path)
    return path


Addresses = Annotated[
    tuple[Annotated[str, AfterValidator(_address)], ...], BeforeValidator(_split), Field(min_length=1)
]
Address = Annotated[str, AfterValidator(_address)]
Services = Annotated[frozenset[Service], BeforeValidator(_split), PlainSerializer(sorted)]
LanguageCode = Annotated[Language, AfterValidator(_language)]
Languages = Annotated[tuple[LanguageCode, ...], BeforeValidator(_split), Field(min_length=1)]
Text = Annotated[str, Field(min_length=1)]
Port = Annotated[int, Field(ge=1, le=65535)]
Positive = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
SecretFile = Annotated[Path, AfterValidator(_secret_file)]
ByLanguage = Annotated[Mapping[LanguageCode, str], BeforeValidator(_each_language)]
"""A text for each language, or one for all."""
LastDay = Annotated[
    Annotated[int, Field(ge=1, le=31)] | None,
    BeforeValidator(_day),
    PlainSerializer(lambda day: _LAST if day is None else day),
]
"""A day of the month; `last`, the month's last, is None."""
