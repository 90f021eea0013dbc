"""Totals that are kept: an aggregate is read from a rollup wherever one holds all that it asks for.

Neither clients nor authors say so, and the answer is the same: same wall, gate and read rules, fewer rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa
from graphql import GraphQLObjectType

from ..access.rules import is_region
from ..store.places import Village
from ..store.rollups import ROWS, SPAN, WHOLE, Rollup, spans_of
from ..store.tables import sql_table
from .place import Place
from .planner import Days, Planner
from .schema import Schema
from .shapes import Shape
from .sources import Aggregated, Column, Folded
from .sql import INTEGER


@dataclass(frozen=True)
class Kept:
    """A rollup in the place of the table that it is made of."""

    rollup: Rollup
    shape: Shape

    def within(self, planner: Planner, place: Place, days: Days | None) -> list[str]:
        """The rows that together hold each day of the period once."""
        if self.rollup.day is None:
            return []
        if days is None:
            return [f"{place.column(SPAN)} >= {WHOLE}"]
        begins, ends = days
        spans = planner.bind_list(lambda request: spans_of(begins(request), ends(request)), INTEGER)
        return [planner.d.among(place.column(SPAN), spans)]

    def count(self, planner: Planner, place: Place) -> str:
        return planner.d.total(place.column(ROWS))


def covering(
    schema: Schema, gtype: GraphQLObjectType, target: Shape, source: Aggregated, owner: sa.Table
) -> Kept | None:
    """The rollup that holds what an aggregate over a village or region asks for; the smallest, if several."""
    if source.via is not None or not (owner is sql_table(Village) or is_region(owner)):
        return None
    found = [one for one in schema.rollups if _holds(schema, one, gtype, target, source)]
    if not found:
        return None
    smallest = min(found, key=lambda one: len(one.dimensions))
    return Kept(smallest, replace(target, model=smallest.model))


def _holds(
    schema: Schema, rollup: Rollup, gtype: GraphQLObjectType, target: Shape, source: Aggregated
) -> bool:
    fields = schema.bound[gtype.name].values()
    folds = [field.source for field in fields if isinstance(field.source, Folded)]
    return (
        rollup.source is target.model
        and (source.between is None or source.between.key == rollup.day)
        and set(grouped(schema, gtype)) <= set(rollup.by)
        and all(fold.of is None or fold.of.key in rollup.sums for fold in folds)
    )


def grouped(schema: Schema, gtype: GraphQLObjectType) -> list[str]:
    """The columns by which an aggregate is grouped."""
    sources = [field.source for field in schema.bound[gtype.name].values()]
    return [source.of.key for source in sources if isinstance(source, Column)]
