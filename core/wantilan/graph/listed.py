"""Plans of short lists that the host knows when the schema is built: a village's programs."""

from __future__ import annotations

from typing import Any

from graphql import FieldNode, GraphQLObjectType

from .lists import Sets
from .place import Place
from .plan import Path
from .planner import Member, Planner
from .schema import Bound
from .sources import Item, Listed
from .sql import TEXT, concat, literal


def below(planner: Planner, member: Member) -> str:
    """The list on a row."""
    source = member.bound.source
    assert isinstance(source, Listed)
    return items(planner, member.bound, source, member.sets, member.owner, member.path)


def items(planner: Planner, bound: Bound, source: Listed, sets: Sets, owner: Place | None, path: Path) -> str:
    assert isinstance(bound.type, GraphQLObjectType)
    made: list[str] = []
    for thing in planner.schema.listings[source.name]:
        pairs = [
            (key, _member(planner, bound.type, nodes[0], thing, owner, (*path, 0, key)))
            for key, nodes in planner.selection.fields(bound.type, sets).items()
        ]
        made.append(planner.d.record(pairs))
    parts = [part for text in made for part in ("','", text)][1:]
    return concat("'['", *parts, "']'")


def _member(
    planner: Planner, gtype: GraphQLObjectType, node: FieldNode, thing: Any, owner: Place | None, path: Path
) -> str:
    if node.name.value == "__typename":
        return literal(f'"{gtype.name}"')
    bound = planner.schema.bound[gtype.name][node.name.value]
    source = bound.source
    assert isinstance(source, Item)
    if source.constant is not None:
        constant = source.constant
        text = planner.bind(lambda r: planner.d.constant(constant(thing, r.language))[0], TEXT)
    else:
        assert owner is not None and source.build is not None and source.type is not None
        build = source.build
        name = (id(source), id(thing))
        raw = planner.pieces.expression(name, owner.table, lambda t: build(thing, t), owner.alias)
        text = planner.leaf(source.type, raw, bound.nullable)
    if source.needs is None or owner is None:
        return text
    return planner.needed(text, source.needs, owner, path)
