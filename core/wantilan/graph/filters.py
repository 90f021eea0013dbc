"""Filters and orders, generated from an entity's declaration: the same shape on every list."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Optional
from uuid import UUID

import sqlalchemy as sa
import strawberry
from strawberry.annotation import StrawberryAnnotation

from ..errors import DeclarationError
from ..store.types import Grams, GramsChange, Instant, Rupiah, RupiahChange
from .naming import camel_case
from .shapes import Filtered, Order
from .sources import Attribute
from .vocabulary import adopt_enum

RANGE = frozenset({"lt", "lte", "gt", "gte"})
EQUAL = frozenset({"eq", "in"})


@dataclass(frozen=True)
class By:
    """A column to filter or order by, with the column that holds its normalised text (see `by`)."""

    column: Attribute
    key: Attribute
    downwards: bool = False


def by(column: Attribute, *, key: Attribute | None = None, downwards: bool = False) -> By:
    """`by(Resident.full_name, key=Resident.name_key)`: shown as the first, compared through the second.
    `downwards`: the last one comes first unless the client asks for it otherwise.
    """
    return By(column, key or column, downwards)


def order_enum(
    cls: type, given: Iterable[Attribute | By], shown: Mapping[str, tuple[str, Any]]
) -> tuple[dict[str, Order], type | None]:
    orders: dict[str, Order] = {}
    for one in given:
        column, key = (one.column, one.key) if isinstance(one, By) else (one, one)
        name = _shown_as(cls, column, shown).upper()
        ways = {f"{name}_ASC": Order(column, key), f"{name}_DESC": Order(column, key, descending=True)}
        orders |= dict(reversed(ways.items())) if isinstance(one, By) and one.downwards else ways
    if not orders:
        return {}, None
    words = enum.Enum(f"{cls.__name__}Order", {name: name for name in orders})  # type: ignore[misc]
    words.__doc__ = f"How a list of {cls.__name__} is ordered; rows that are equal follow by their ids."
    strawberry.enum(words, description=words.__doc__)
    for value in words.__strawberry_definition__.values:  # type: ignore[attr-defined]
        shown_name, _, direction = value.name.rpartition("_")
        way = "upwards" if direction == "ASC" else "downwards"
        value.description = f"By {shown_name.lower().replace('_', ' ')}, {way}."
    return orders, words


def filter_input(
    cls: type, given: Iterable[Attribute | By], shown: Mapping[str, tuple[str, Any]]
) -> tuple[dict[str, Filtered], type | None]:
    filters: dict[str, Filtered] = {}
    body: dict[str, Any] = {}
    annotations: dict[str, Any] = {}
    for one in given:
        column, key = (one.column, one.key) if isinstance(one, By) else (one, None)
        name = _shown_as(cls, column, shown)
        operators, made = _operators(column)
        filters[name] = Filtered(column, operators, key)
        annotations[name] = Optional[made]  # noqa: UP045
        body[name] = strawberry.field(
            default=strawberry.UNSET, description=f"Conditions on `{camel_case(name)}`."
        )
    if not filters:
        return {}, None
    for word, (python_name, text) in JOINED.items():
        annotations[python_name] = Optional[bool]  # noqa: UP045 - its own type, once there is one
        body[python_name] = strawberry.field(default=strawberry.UNSET, name=word, description=text)
    made = type(f"{cls.__name__}Filter", (), {"__annotations__": annotations, "__module__": __name__, **body})
    text = f"Which rows of {cls.__name__} are wanted; all conditions must hold."
    whole: Any = strawberry.input(made, description=text)
    for field in whole.__strawberry_definition__.fields:
        if field.graphql_name in JOINED:
            own = whole if field.graphql_name == "not" else list[whole]
            field.type_annotation = StrawberryAnnotation(Optional[own])  # noqa: UP045
    return filters, whole


JOINED = {
    "and": ("and_", "All of these hold."),
    "or": ("or_", "At least one of these holds; none does in an empty list."),
    "not": ("not_", "This does not hold, or cannot be told since a value is missing."),
}


def _shown_as(cls: type, column: Attribute, shown: Mapping[str, tuple[str, Any]]) -> str:
    if column.key not in shown:
        raise DeclarationError(
            f"{cls.__name__} is filtered or ordered by {column.key!r}, but no field shows it. "
            f"Show it, or leave it out: clients filter only by what they can see."
        )
    return shown[column.key][0]


_MADE: dict[Any, tuple[frozenset[str], type]] = {}


def _operators(column: Attribute) -> tuple[frozenset[str], type]:
    """The operators of a column's type; one input type per value type, shared by all lists."""
    value, name = _value_type(column)
    nullable = bool(column.property.columns[0].nullable)
    if (value, nullable) not in _MADE:
        operators = set(EQUAL)
        if value is str:
            operators.add("startsWith")
        elif not (isinstance(value, type) and issubclass(value, enum.Enum)) and value not in (
            bool,
            strawberry.ID,
        ):
            operators |= RANGE
        if nullable:
            operators.add("isNull")
        _MADE[value, nullable] = frozenset(operators), _operator_input(value, name, operators, nullable)
    return _MADE[value, nullable]


def _value_type(column: Attribute) -> tuple[Any, str]:
    type_ = column.property.columns[0].type
    if isinstance(type_, sa.Enum) and type_.enum_class is not None:
        adopt_enum(type_.enum_class)
        return type_.enum_class, type_.enum_class.__name__
    hint = column.class_.__annotations__.get(column.key, "")
    for amount in (GramsChange, RupiahChange, Grams, Rupiah):  # the longer names first
        if amount.__name__ in str(hint):
            return amount, amount.__name__
    known: dict[type, tuple[Any, str]] = {
        str: (str, "String"), int: (int, "Int"), bool: (bool, "Boolean"), float: (float, "Float"),
        date: (date, "Date"), datetime: (datetime, "DateTime"), UUID: (strawberry.ID, "ID"),
    }  # fmt: skip
    return (datetime, "DateTime") if isinstance(type_, Instant) else known[type_.python_type]


WORDS = {
    "eq": "Equal to this.", "in": "One of these.", "lt": "Below this.", "lte": "At most this.",
    "gt": "Above this.", "gte": "At least this.", "isNull": "Whether it is missing.",
    "startsWith": "Begins with this.",
}  # fmt: skip


def _operator_input(value: Any, name: str, operators: set[str], nullable: bool) -> type:
    annotations: dict[str, Any] = {}
    body: dict[str, Any] = {}
    for operator in WORDS:
        if operator not in operators:
            continue
        python = {"in": "in_", "isNull": "is_null", "startsWith": "starts_with"}.get(operator, operator)
        hint = bool if operator == "isNull" else list[value] if operator == "in" else value
        annotations[python] = Optional[hint]  # noqa: UP045
        body[python] = strawberry.field(default=strawberry.UNSET, name=operator, description=WORDS[operator])
    made = type(
        f"{name}{'Nullable' if nullable else ''}Filter",
        (),
        {"__annotations__": annotations, "__module__": __name__, **body},
    )
    return strawberry.input(made, description=f"Conditions on a {name}.")
