"""Every declared piece of SQL is compiled now, for both databases: what would open a rule stops the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import sqlalchemy as sa

from ...access.rules import Rule, within
from ...errors import DeclarationError
from ...store.tables import VillageTable
from ..links import enabled, villages_counted
from ..pieces import HERE, Pieces
from ..schema import Part, Schema
from ..shapes import Kind, Shape, shape_of
from ..sources import Aggregated, Column, Connected, Expression, Item, Listed, Many, One, VillagesCounted
from ..sql import DIALECTS
from . import holdings
from .columns import may_be_null, moved, strangers
from .figuring import figure_steps
from .holdings import Held
from .nulls import CURE
from .rights import open_to_all
from .ties import tie

Step = tuple[str, Callable[[], object]]


def freezing_faults(schema: Schema, part: Part) -> Iterator[str]:
    for dialect in DIALECTS.values():
        pieces = Pieces(dialect())
        for what, freeze in _steps(schema, part, pieces):
            try:
                freeze()
            except DeclarationError as error:
                yield f"{what}: {error}"
            except Exception as error:  # it runs what an author wrote
                cure = "Build it from the columns of the table that it is given."
                yield f"{what} raised {type(error).__name__}. {cure}"


def _steps(schema: Schema, part: Part, pieces: Pieces) -> Iterator[Step]:
    for shape in holdings.shapes(part):
        yield from _shape_steps(part, shape, pieces)
    for held in holdings.fields(schema, part):
        if held.owner.model is not None:
            yield from _field_steps(schema, held, pieces)
    yield from figure_steps(schema, part, pieces)


def _shape_steps(part: Part, shape: Shape, pieces: Pieces) -> Iterator[Step]:
    name = shape.cls.__name__
    if shape.kind in (Kind.ENTITY, Kind.SUMMARY):
        if issubclass(shape.model or object, VillageTable):
            for by_ids in (False, True):
                yield f"{name}, its wall", partial(pieces.wall, shape.table, "t", by_ids=by_ids)
        if not open_to_all(shape.read):
            for rule in shape.read:
                yield f"{name}.read ({rule})", partial(_where, pieces, rule, shape.table)
    if shape.kind in (Kind.ENTITY, Kind.DOOR) and not part.core:
        gate = partial(enabled, part.program)
        key = ("gate", part.program)
        yield f"{name}, its gate", partial(pieces.condition, key, [shape.table], gate, "t")


def _where(pieces: Pieces, rule: Rule, table: sa.Table) -> None:
    text = pieces.where(rule, table, HERE)
    if f"{HERE}." not in text and rule.where(table, pieces.binder) is not sa.false():
        raise DeclarationError(
            f"this rule never looks at the row of {table.name!r} that it is given: it opens all or none. "
            f"Correlate it to the table that it is given."
        )


def _field_steps(schema: Schema, held: Held, pieces: Pieces) -> Iterator[Step]:
    source, target, table = held.source, held.bound.target, held.owner.table
    if isinstance(source, Column | Expression) and source.needs:
        yield f"{held}, its permission", partial(pieces.place, within(source.needs), table, "t")
    if isinstance(source, Expression):
        yield f"{held}", partial(_expression, pieces, source, table)
    if isinstance(source, VillagesCounted):
        build = villages_counted(source.program)
        yield f"{held}", partial(pieces.expression, id(source), table, build, "t")
    if isinstance(source, Listed):
        yield from _listed_steps(schema, held, source, pieces)
    if isinstance(source, One | Many | Connected | Aggregated) and target is not None:
        tables = [table, target.table]
        yield f"{held}", partial(pieces.condition, ("tie", str(held)), tables, tie(held), "t", "u")
        if not isinstance(source, One) and not open_to_all(target.read):
            for rule in target.read:
                yield f"{held}, where it may be seen", partial(pieces.place, rule, table, "t")
    if isinstance(source, One) and source.only is not None and target is not None:
        only = partial(moved, source.only)
        yield f"{held}, its only=", partial(pieces.condition, ("only", id(source)), [target.table], only, "u")


def _expression(pieces: Pieces, source: Expression, table: sa.Table) -> None:
    reads = [shape_of(cls).table for cls in source.reads]
    pieces.expression(id(source), table, source.build, "t", reads)
    if strange := strangers(table, source):
        raise DeclarationError(
            f"it names the table {strange[0]!r}, and neither wall nor rule would stand before its rows. "
            f"Give the class that shows them: expression(lambda own, other: …, reads=[…])."
        )


def _listed_steps(schema: Schema, held: Held, source: Listed, pieces: Pieces) -> Iterator[Step]:
    table = held.owner.table
    for bound in schema.bound[held.bound.type.name].values():
        item = bound.source
        if not isinstance(item, Item) or item.build is None:
            continue
        what = f"{held.bound.type.name}.{holdings.python_name(bound)}"
        for thing in schema.listings.get(source.name, ()):
            build = partial(item.build, thing)
            yield what, partial(_item, pieces, (id(item), id(thing)), table, build, bound.nullable)


def _item(pieces: Pieces, key: object, table: sa.Table, build: Callable[[Any], Any], nullable: bool) -> None:
    if not nullable and may_be_null(build(table.alias())):
        raise DeclarationError(f"it promises a value, and its expression may be null. {CURE}")
    pieces.expression(key, table, build, "t")
