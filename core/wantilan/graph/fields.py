"""Fields of the row itself: columns, expressions, ids, points, groups, doors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from ..store.tables import ReferenceTable
from ..store.types import Instant
from .known import Known
from .links import villages_counted
from .place import Place
from .plan import ComputedAt
from .planner import Member, Planner
from .points import Point
from .selection import Request
from .shapes import shape_of
from .sources import Column, Computed, Door, Expression, Localized, VillagesCounted
from .sql import INTEGER, NULL, TEXT, bare, concat, literal, name


def column(planner: Planner, member: Member) -> str:
    source = member.bound.source
    assert isinstance(source, Column)
    named = _named_by(planner, member.owner.table.c[source.of.key])
    if named is not None:
        made = _id_of(planner, member.owner, named, source.of.key)
        shown = f"coalesce({made},{NULL})" if member.bound.nullable else made
        return planner.needed(shown, source.needs, member.owner, member.path)
    return planner.column(source.of.key, member.bound.nullable, source.needs, member.owner, member.path)


def _named_by(planner: Planner, column: sa.Column[Any]) -> str | None:
    """The tag of what a foreign key of a village's row points at in the same village."""
    if not isinstance(bare(column.type), sa.Uuid):
        return None
    tables = {key.column.table for key in column.foreign_keys}
    return next((tag for tag, shape in planner.schema.tags.items() if shape.table in tables), None)


def _id_of(planner: Planner, owner: Place, tag: str, key: str) -> str:
    village, found = (planner.d.hex(f"{owner.alias}.{name(k)}") for k in ("village_id", key))
    return concat(literal(f'"{tag}-'), village, "'-'", found, "'\"'")


def expression(planner: Planner, member: Member) -> str:
    source, owner, path = member.bound.source, member.owner, member.path
    assert isinstance(source, Expression)
    reads = [planner.from_(shape_of(cls), path) for cls in source.reads]
    if reads:
        planner.pins = None  # they may lie anywhere
    text = planner.pieces.expression(
        id(source), owner.table, source.build, owner.alias, [place.table for place in reads]
    )
    for i, place in enumerate(reads):
        text = planner.pieces.put_in(text, i, place.table, place.rows(), place.alias)
    made = planner.leaf(source.type, text, member.bound.nullable)
    for place in reads:
        made = planner.guarded(planner.rules(place.shape, path), [], owner, made, path)
    return planner.needed(made, source.needs, owner, path)


def localized(planner: Planner, member: Member) -> str:
    """The language is bound: it is no part of the plan."""
    source, owner = member.bound.source, member.owner
    assert isinstance(source, Localized)
    texts = (owner.column(name(column.key)) for column in (source.en, source.id))
    english = planner.bind(lambda request: request.language, TEXT)
    chosen = "CASE WHEN {} = 'en' THEN {} ELSE {} END".format(english, *texts)
    return planner.leaf(TEXT, f"({chosen})", member.bound.nullable)


def key(planner: Planner, member: Member) -> str:
    """The global id: tag, village, key; for a reference row tag and key."""
    return global_id(planner, member.owner)


def global_id(planner: Planner, owner: Place) -> str:
    last = owner.key
    text = owner.column(name(last.name))
    found = planner.d.hex(text) if isinstance(last.type, sa.Uuid) else text
    if issubclass(owner.shape.model or object, ReferenceTable):
        return concat(literal(f'"{owner.shape.tag}-'), found, "'\"'")
    village = planner.d.hex(f"{owner.alias}.village_id")
    return concat(literal(f'"{owner.shape.tag}-'), village, "'-'", found, "'\"'")


def point(planner: Planner, member: Member) -> str:
    source, alias = member.bound.source, member.owner.alias
    assert isinstance(source, Point)
    longitude, latitude = (planner.d.decimal(f"{alias}.{c.key}") for c in (source.longitude, source.latitude))
    made = concat(literal('{"type":"Point","coordinates":['), longitude, "','", latitude, "']}'")
    return f"coalesce({made},{NULL})" if member.bound.nullable else made


def known(planner: Planner, member: Member) -> str:
    source, owner = member.bound.source, member.owner
    assert isinstance(source, Known)
    value = source.value
    whens = [
        f"WHEN {literal(thing.name)} THEN {planner.bind(partial(_said, value, thing), TEXT)}"
        for thing in planner.schema.listings[source.listing]
    ]
    if not whens:
        return NULL
    text = f"CASE {owner.alias}.{name(source.by.key)} {' '.join(whens)} END"
    return planner.leaf(TEXT, text, True)


def _said(value: Callable[[Any, str], str], thing: Any, request: Request) -> str:
    return value(thing, request.language)


def group(planner: Planner, member: Member) -> str:
    return planner.object(member.gtype, member.sets, member.owner, member.path)


def computed(planner: Planner, member: Member) -> str:
    """What Python needs stands in the place of what it will compute."""
    source, owner, path = member.bound.source, member.owner, member.path
    assert isinstance(source, Computed)
    readers = {c.key: reader for c in source.needs if (reader := _reader(owner.table.c[c.key].type))}
    planner.computed.append(ComputedAt(path, source.function, member.bound.graphql.type, readers))
    return planner.d.record([(c.key, planner.column(c.key, True, None, owner, path)) for c in source.needs])


def _reader(type_: TypeEngine[Any]) -> Callable[[str], Any] | None:
    """How a column's JSON becomes the Python value that the column has; None where it is one already."""
    kind = bare(type_)
    if isinstance(kind, Instant):
        return datetime.fromisoformat
    if isinstance(kind, sa.Date):
        return date.fromisoformat
    if isinstance(kind, sa.Uuid):
        return UUID
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class.__getitem__
    return None


def door(planner: Planner, member: Member) -> str:
    source = member.bound.source
    assert isinstance(source, Door)
    inside = planner.object(member.gtype, member.sets, member.owner, member.path)
    return planner.gate(source.program, member.owner, inside, member.path)


def counted(planner: Planner, member: Member) -> str:
    source, owner = member.bound.source, member.owner
    assert isinstance(source, VillagesCounted)
    build = villages_counted(source.program)
    text = planner.pieces.expression(("counted", source.program), owner.table, build, owner.alias)
    return planner.leaf(INTEGER, text, False)
