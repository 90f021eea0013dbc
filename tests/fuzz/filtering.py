"""Filters, over one row in Python: what `filter: {…}` means."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from tests.fuzz.rights import Row

from wantilan.graph.shapes import Filtered, Shape
from wantilan.store.folding import sort_key


def matches(shape: Shape, given: Mapping[str, Any] | None, row: Row) -> bool:
    """All keys must hold. `and: []` holds, `or: []` does not; `not` holds wherever its inside does not."""
    for name, value in (given or {}).items():
        if value is None:
            continue
        if name == "and":
            holds = all(matches(shape, part, row) for part in value)
        elif name == "or":
            holds = any(matches(shape, part, row) for part in value)
        elif name == "not":
            holds = not matches(shape, value, row)
        else:
            filtered = filters_of(shape)[name]
            holds = all(satisfied(filtered, operator, operand, row) for operator, operand in value.items())
        if not holds:
            return False
    return True


def filters_of(shape: Shape) -> dict[str, Filtered]:
    """By the name in GraphQL."""
    return {camel(name): filtered for name, filtered in shape.filters.items()}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def satisfied(filtered: Filtered, operator: str, operand: Any, row: Row) -> bool:
    """A missing value satisfies `isNull: true` and nothing else."""
    if operator == "isNull":
        return (row[filtered.column.key] is None) is operand
    value = row[(filtered.key if filtered.key is not None else filtered.column).key]
    if value is None:
        return False
    if operator == "in":
        return any(same(value, comparable(filtered, one)) for one in operand)
    wanted = comparable(filtered, operand)
    match operator:
        case "eq":
            return same(value, wanted)
        case "lt":
            return bool(value < wanted)
        case "lte":
            return bool(value <= wanted)
        case "gt":
            return bool(value > wanted)
        case "gte":
            return bool(value >= wanted)
        case "startsWith":
            return str(value).startswith(wanted)
    raise AssertionError(f"tests/fuzz/filtering.py does not know the operator {operator}")


def same(value: Any, wanted: Any) -> bool:
    if isinstance(value, enum.Enum):
        return value is wanted or value.name == wanted or value.value == wanted
    return bool(value == wanted)


def comparable(filtered: Filtered, operand: Any) -> Any:
    """Names are compared in their normal form, ids by their keys."""
    if names_a_row(filtered):
        return UUID(operand.rsplit("-", 1)[1])
    return sort_key(operand) if filtered.key is not None else operand


def names_a_row(filtered: Filtered) -> bool:
    """Whether a filter takes ids: its column points at a row."""
    return isinstance(filtered.column.type, sa.Uuid)
