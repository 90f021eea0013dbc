"""Small things: keys, joins, and values as JSON shows them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from wantilan.graph import sources
from wantilan.graph.shapes import Shape


@dataclass(frozen=True)
class AskedId:
    tag: str


def read_id(text: object) -> AskedId | None:
    """The tag in front of a text that has the form of an id: `tag-village-key` or `tag-key`."""
    parts = str(text).split("-")
    return AskedId(parts[0]) if len(parts) in (2, 3) else None


def key_of(shape: Shape) -> str:
    """The column of a row's own key, the last of the primary key."""
    name: str = list(shape.table.primary_key)[-1].name
    return name


def joined(owner: sa.Table, there: sa.Table, via: sources.Via, *, up: bool) -> list[tuple[str, str]]:
    """Pairs of columns, here and there, that are equal: those of the one foreign key, or of the one named."""
    if isinstance(via, tuple):
        pair = (via[0].key, via[1].key)
        return [
            *([("village_id", "village_id")] if "village_id" in owner.c and "village_id" in there.c else []),
            pair,
        ]
    found: list[list[tuple[str, str]]] = []
    for holder, pointed, reverse in ((owner, there, False), (there, owner, True)):
        if owner is there and reverse is up:
            continue
        for constraint in holder.foreign_key_constraints:
            if constraint.referred_table is pointed and (via is None or via.key in constraint.column_keys):
                pairs = [(e.parent.name, e.column.name) for e in constraint.elements]
                found.append([(b, a) for a, b in pairs] if reverse else pairs)
    (only,) = found
    return only


def shown(value: Any) -> Any:
    """A value as JSON shows it."""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    return round(value, 6) if isinstance(value, float) else value


def point(longitude: float | None, latitude: float | None) -> dict[str, Any] | None:
    if longitude is None or latitude is None:
        return None
    return {"type": "Point", "coordinates": [shown(longitude), shown(latitude)]}


def twelve_months_before(last: date) -> date:
    """The day after the same day a year ago; 29 February counts as 28."""
    day = 28 if (last.month, last.day) == (2, 29) else last.day
    return date(last.year - 1, last.month, day) + timedelta(days=1)


def by_hand(table: Mapping[str, Any], name: str) -> Any:
    if name not in table:
        raise AssertionError(
            f"tests/fuzz/equivalents.py: {name} is declared in SQL; write it in Python by hand"
        )
    return table[name]


def id_in(column: Any, village: UUID, key: UUID) -> str:
    """The global id of the row at which a column points."""
    (far,) = (
        one.column.table.name
        for one in column.property.columns[0].foreign_keys
        if one.column.name != "village_id"
    )
    return f"{far}-{village.hex}-{key.hex}"
