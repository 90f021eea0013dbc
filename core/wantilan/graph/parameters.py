"""The parameters of a plan, each with what binds it. What comes from the actor is named and never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .pieces import ACTOR
from .plan import Plan
from .selection import Request

WITHHELD = object()
"""Stands for a value that is not shown: one of the actor, or one that nobody knows yet."""


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str
    source: str
    value: object

    @property
    def is_withheld(self) -> bool:
        return self.value is WITHHELD


class Seen(dict[str, Any]):
    """Variables that remember which of them were asked for."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.names: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        self.names.append(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.names.append(key)
        return super().__getitem__(key)


def parameters(plan: Plan, request: Request) -> list[Parameter]:
    """In the order of the statement; `plan.keys` has the same."""
    bound = plan.statement(request).values
    named = (
        {f":{name}": value for name, value in bound.items()}
        if isinstance(bound, dict)
        else {f"${number}": value for number, value in enumerate(bound, start=1)}
    )
    found: list[Parameter] = []
    for (name, value), key, (get, _) in zip(named.items(), plan.keys, plan.slots, strict=True):
        type_ = _type(plan.sql, name, value)
        if key.startswith(ACTOR):
            found.append(Parameter(name, type_, f"actor: {key.removeprefix(ACTOR)}", WITHHELD))
            continue
        seen = Seen(request.variables)
        get(replace(request, variables=seen))
        source = ", ".join(f"variable ${used}" for used in dict.fromkeys(seen.names))
        found.append(Parameter(name, type_, source or "the query or a default", value))
    return found


def _type(sql: str, name: str, value: object) -> str:
    """PostgreSQL's statements say it; SQLite takes what the driver is handed."""
    if name.startswith("$"):
        said = re.search(rf"\{name}::(\w+(?:\[\])?)", sql)
        return said[1].lower() if said else "?"
    return "null" if value is None else type(value).__name__
