"""Fields of the row itself: columns, expressions, ids, points, groups, doors."""

from __future__ import annotations

import sqlalchemy as sa

from ..store.tables import ReferenceTable
from .links import villages_counted
from .plan import ComputedAt, Place
from .planner import Member, Planner
from .points import Point
from .sources import Column, Computed, Door, Expression, VillagesCounted
from .sql import NULL, concat, literal, name


def column(planner: Planner, member: Member) -> str:
    source = member.bound.source
    assert isinstance(source, Column)
    return planner.column(source.of.key, member.bound.nullable, source.needs, member.owner, member.path)


def expression(planner: Planner, member: Member) -> str:
    source, owner = member.bound.source, member.owner
    assert isinstance(source, Expression)
    text = planner.pieces.expression(id(source), owner.table, source.build, owner.alias)
    made = planner.leaf(source.type, text, member.bound.nullable)
    return planner.needed(made, source.needs, owner, member.path)


def key(planner: Planner, member: Member) -> str:
    """The global id: tag, village, key; for a reference row tag and key."""
    return global_id(planner, member.owner)


def global_id(planner: Planner, owner: Place) -> str:
    last = list(owner.table.primary_key)[-1]
    text = f"{owner.alias}.{name(last.name)}"
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


def group(planner: Planner, member: Member) -> str:
    return planner.object(member.gtype, member.sets, member.owner, member.path)


def computed(planner: Planner, member: Member) -> str:
    """What Python needs stands in the place of what it will compute."""
    source, owner, path = member.bound.source, member.owner, member.path
    assert isinstance(source, Computed)
    planner.computed.append(ComputedAt(path, source.function, member.bound.graphql.type))
    return planner.d.record([(c.key, planner.column(c.key, True, None, owner, path)) for c in source.needs])


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
    return planner.leaf(sa.Integer(), text, False)
