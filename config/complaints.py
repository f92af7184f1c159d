"""What is wrong with a setting, in a line for a person: its key, the fault, and where it stands; never its value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class Origins:
    """What settings were read from: to say of a key where it stands."""

    prefix: str
    file: Path | None
    table: Mapping[str, Any]
    environ: Mapping[str, str]

    def of(self, place: list[str]) -> str:
        """Say where the key stands; where it is missing or a default, where its table does."""
        key = [step for step in place if not step.isdecimal()]
        return (
            self._in_environment(key)
            or self._in_file(key)
            or self._in_file(key[:-1])
            or self._in_environment(key[:-1], key[-1:])
            or "a default"
        )

    def _in_environment(self, table: list[str], key: Sequence[str] = ()) -> str:
        variable = (self.prefix + "__".join(table)).upper()
        names = [name.upper() for name in self.environ]
        if not table or not any(name == variable or name.startswith(f"{variable}__") for name in names):
            return ""
        return "in the environment: " + "__".join([variable, *map(str.upper, key)])

    def _in_file(self, place: list[str]) -> str:
        value: object = self.table
        for step in place:
            if not isinstance(value, Mapping) or step not in value:
                return ""
            value = value[step]
        return f"in {self.file}" if self.file and place else ""


def complain(error: ValidationError, model: type[BaseModel], origins: Origins) -> list[str]:
    """Return a line for each fault that validation of `model` found."""
    return [_line(fault, model, origins) for fault in error.errors(include_url=False, include_input=False)]


def _line(fault: ErrorDetails, model: type[BaseModel], origins: Origins) -> str:
    place = [str(step) for step in fault["loc"] if step != "[key]"]
    return f"{'.'.join(place)}: {_complaint(fault, place, model)} ({origins.of(place)})"


def _complaint(fault: ErrorDetails, place: list[str], model: type[BaseModel]) -> str:
    if fault["type"] == "missing":
        return "is needed"
    if fault["type"] == "extra_forbidden":
        close = get_close_matches(place[-1], _keys(model, place[:-1]), n=1)
        return f"unknown key; did you mean {close[0]}?" if close else "unknown key"
    return fault["msg"].removeprefix("Value error, ")


def _keys(model: type[BaseModel], place: list[str]) -> list[str]:
    """Return the keys that the table at `place` may have."""
    for step in place:
        field = next((field for name, field in model.model_fields.items() if step in {name, field.alias}), None)
        if field is not None:  # else the step is the name of a mailbox, whose table is of the model at hand
            model = next(_models(field.annotation), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """Find the models in an annotation: Smtp in `Smtp | None`, Mailbox in `dict[str, Mailbox]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
