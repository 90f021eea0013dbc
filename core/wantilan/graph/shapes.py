"""What a declared class is: the record that a decorator leaves on it, read when the schema is built."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..access.rules import Rule
from ..errors import DeclarationError
from ..store.tables import Table
from .sources import Attribute

SHAPE = "__wantilan__"


class Kind(enum.Enum):
    ENTITY = "entity"
    INTERFACE = "interface"
    SUMMARY = "summary"
    GROUP = "group"
    DOOR = "door"
    ROOT = "root"
    SUBSCRIPTION = "subscription"
    LISTED = "listed"
    TABLE = "table"
    FIGURES = "figures"
    PAYLOAD = "payload"
    INPUT = "input"


@dataclass(frozen=True)
class Order:
    """One way to order a list: the column shown, and the one that sorts."""

    column: Attribute
    key: Attribute
    descending: bool = False


@dataclass(frozen=True)
class Filtered:
    """One column by which a list can be filtered. `key` holds normalised text, if there is such a column."""

    column: Attribute
    operators: frozenset[str]
    key: Attribute | None = None


@dataclass
class Shape:
    kind: Kind
    cls: type
    model: type[Table] | None = None
    read: tuple[Rule, ...] = ()
    filters: Mapping[str, Filtered] = field(default_factory=dict)  # by python name
    orders: Mapping[str, Order] = field(default_factory=dict)  # by GraphQL value, first is the default
    filter_type: type | None = None
    order_type: type | None = None
    target: type | None = None
    tag: str = ""

    @property
    def table(self) -> Any:
        assert self.model is not None, f"{self.cls.__name__} has no table"
        return self.model.__table__


def shape_of(cls: object) -> Shape:
    """The record on a declared class. Raises DeclarationError for any other class."""
    found = cls.__dict__.get(SHAPE) if isinstance(cls, type) else None
    if not isinstance(found, Shape):
        name = getattr(cls, "__name__", str(cls))
        raise DeclarationError(
            f"{name} is not declared. Decorate it with @entity, @summary, @door, @root or @group."
        )
    return found
