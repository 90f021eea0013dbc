"""Values of columns as JSON and back, the same from both databases: how rows travel, and reach a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from .types import Instant, instant_text

_SAME = (sa.Text, sa.String, sa.Integer, sa.Boolean, sa.Float, sa.JSON)
_NULLED_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def plain(column: sa.Column[Any], value: Any) -> Any:
    """A value as JSON says it: ids, days and instants as text, an enumeration by its name, bytes in hex.

    Raises TypeError, naming the column, for a type that has no form here.
    """
    if value is None:
        return None
    if isinstance(column.type, Instant):
        return instant_text(value)
    kind = bare_type(column)
    if isinstance(kind, sa.Enum):
        return value.name
    if isinstance(kind, sa.Uuid):
        return str(value)
    if isinstance(kind, sa.LargeBinary):
        return bytes(value).hex()
    if isinstance(kind, sa.Date):
        return value.isoformat()
    if isinstance(kind, _SAME):
        return value
    raise TypeError(f"{column}: values of {type(kind).__name__} have no form in JSON yet.")


def typed(column: sa.Column[Any], value: Any) -> Any:
    """What `plain` was given. Raises ValueError, KeyError or TypeError for what it never gave."""
    if value is None:
        return None
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value).astimezone(UTC)
    kind = bare_type(column)
    if isinstance(kind, sa.Enum):
        return kind.enum_class[value] if kind.enum_class is not None else value
    if isinstance(kind, sa.Uuid):
        return UUID(value)
    if isinstance(kind, sa.LargeBinary):
        return bytes.fromhex(value)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, _SAME):
        return value
    raise TypeError(f"{column}: values of {type(kind).__name__} have no form in JSON yet.")


def plain_row(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: plain(column, row[column.name]) for column in table.columns}


def typed_row(table: sa.Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError unless the values are those of all columns of the table, each of its type."""
    if values.keys() != set(table.columns.keys()):
        raise ValueError(f"These are not the columns of {table.name}.")
    try:
        return {column.name: typed(column, values[column.name]) for column in table.columns}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(f"A value is not of the type of its column in {table.name}.") from None


def writing(table: sa.Table) -> sa.Insert:
    """An INSERT of whole rows, by the names of the columns. Without a value for JSON it writes NULL."""
    nulled = {c.name: sa.bindparam(c.name, type_=_NULLED_JSON) for c in table.columns if _is_json(c)}
    given = {c.name: sa.bindparam(c.name, type_=c.type) for c in table.columns}
    return sa.insert(table).values({**given, **nulled})


def bare_type(column: sa.Column[Any]) -> Any:
    """The type of a column below our own classes."""
    kind: Any = column.type
    while isinstance(kind, sa.types.TypeDecorator):
        kind = kind.impl_instance
    return kind


def _is_json(column: sa.Column[Any]) -> bool:
    return isinstance(bare_type(column), sa.JSON)
