"""How the words of enumerations stand in a set-up: by their names, as in the API."""

from __future__ import annotations

import enum
from typing import Annotated, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints
from pydantic_core import PydanticCustomError

from wantilan import FieldFault

from ..models import WasteFeePeriod, WastePpClass, WasteSipsnClass, WasteSourceClass, WasteStream

E = TypeVar("E", bound=enum.Enum)

Fault: TypeAlias = FieldFault
"""Its path leads from the top of the set-up."""


class Part(BaseModel):
    """A part of a set-up: people edited it, so unknown names are refused."""

    model_config = ConfigDict(extra="forbid")


def _by_name(kind: type[E]) -> BeforeValidator:
    def read(value: object) -> E:
        if isinstance(value, kind):
            return value
        if isinstance(value, str) and value in kind.__members__:
            return kind[value]
        raise PydanticCustomError("unknown_word", "not one of the known words")

    return BeforeValidator(read)


def _name(value: enum.Enum) -> str:
    return value.name


Said = PlainSerializer(_name)
Stream = Annotated[WasteStream, _by_name(WasteStream), Said]
SipsnClass = Annotated[WasteSipsnClass, _by_name(WasteSipsnClass), Said]
PpClass = Annotated[WastePpClass, _by_name(WastePpClass), Said]
SourceClass = Annotated[WasteSourceClass, _by_name(WasteSourceClass), Said]
FeePeriod = Annotated[WasteFeePeriod, _by_name(WasteFeePeriod), Said]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Whole = Annotated[int, Field(strict=True)]
