"""What an answer must be, and what the reference knows to tell it: the schema, all rows, the day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.fuzz.rights import Store

from wantilan.graph.schema import Schema
from wantilan.graph.shapes import Shape

Path = tuple[str | int, ...]
Fault = tuple[str, Path]
"""A code of the API and a response path, empty when an error has none."""


@dataclass
class Expected:
    """What the API must answer. With `refusals` there is no data, and one of them is told."""

    data: Any = None
    refusals: list[Fault] = field(default_factory=list)
    errors: list[Fault] = field(default_factory=list)
    not_enabled: dict[str, set[str]] = field(default_factory=dict)
    seen: set[tuple[str, ...]] = field(default_factory=set)
    """Fields that had a value, (type, field), and what they were given: (type, field, argument)."""


@dataclass(frozen=True)
class Known:
    """One deployment, as the reference sees it."""

    schema: Schema
    store: Store
    today: date

    def type_name(self, shape: Shape) -> str:
        return self.schema.type_of[shape.cls]
