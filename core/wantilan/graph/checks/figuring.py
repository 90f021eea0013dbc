"""Figures over a period: tied to what they are figures of, dated by days, found by an index or a rollup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import sqlalchemy as sa

from ...access.rules import is_region
from ...errors import DeclarationError
from ...store.tables import VillageTable, sql_table
from ...store.types import Instant
from .. import figured
from ..links import below_region, link, link_of
from ..pieces import Pieces
from ..schema import Part, Schema
from ..shapes import Kind, Shape
from ..sources import Aggregated, Attribute, Figured, Reach, Sum
from ..sql import bare
from . import holdings
from .columns import belongs, called, orders, others
from .holdings import Held
from .sourcing import is_date, is_number

Figure = tuple[Held, Sum]


def figure_faults(schema: Schema, part: Part) -> Iterator[str]:
    for held, source in _sums(schema, part):
        faults = list(_column_faults(held, source)) or list(_condition_faults(held, source))
        yield from faults
        if not faults:
            for user in _users(schema, part, held.owner):
                yield from _use_faults(schema, user, held, source)
    for held in holdings.fields(schema, part):
        if held.owner.kind is Kind.FIGURES and isinstance(held.source, Aggregated):
            for user in _users(schema, part, held.owner):
                yield from _list_faults(user, held, held.source)


def figure_steps(schema: Schema, part: Part, pieces: Pieces) -> Iterator[tuple[str, Callable[[], object]]]:
    """What of the figures is compiled when the schema is built."""
    for held, source in _sums(schema, part):
        if source.where is not None:
            table = sql_table(source.model)
            yield f"{held}, its where=", partial(pieces.condition, id(source), [table], source.where, "t")
    for held in holdings.fields(schema, part):
        if isinstance(held.source, Figured) and held.bound.target is not None:
            for rule in held.bound.target.read:
                yield f"{held}, where it may be seen", partial(pieces.place, rule, held.owner.table, "t")


def _sums(schema: Schema, part: Part) -> Iterator[Figure]:
    for held in holdings.fields(schema, part):
        if held.owner.kind is Kind.FIGURES and isinstance(held.source, Sum):
            yield held, held.source


def _users(schema: Schema, part: Part, figures: Shape) -> list[Held]:
    """The fields that lead to an object of figures, one for each table on which they stand."""
    fields = holdings.fields(schema, part)
    return [h for h in fields if isinstance(h.source, Figured) and h.bound.target is figures]


def _column_faults(held: Held, source: Sum) -> Iterator[str]:
    model = source.model
    if not (isinstance(model, type) and issubclass(model, VillageTable)):
        yield f"{held} is a figure of {model.__name__}, which is no table of a village. Name a VillageTable."
        return
    table = sql_table(model)
    named = [source.distinct, *source.days, source.via]
    for column in (one for one in named if one is not None):
        if not isinstance(column, tuple) and not belongs(column, table):
            yield f"{held} names {called(column)}, which is no column of {table.name!r}. Name one of its own."
            return
    if source.of is not None and not is_number(source.of):
        yield f"{held} is the sum of {called(source.of)}, which is no number. Name a column of numbers."
    instants = () if source.reach is Reach.COVERING else (Instant,)
    for column in source.days:
        if not is_date(column) and not isinstance(bare(column.type), instants):
            yield (
                f"{held} is dated by {called(column)}, which is no date. "
                f"Keep the business date of it in a column, and name that."
            )


def _condition_faults(held: Held, source: Sum) -> Iterator[str]:
    if source.where is None:
        return
    name, given = sql_table(source.model).name, sql_table(source.model).alias()
    try:
        strange = others(source.where(given), [given])
    except Exception as error:  # it runs what an author wrote
        yield f"{held}, its where= raised {type(error).__name__}. Build it from the columns of {name!r}."
        return
    if strange:
        yield (
            f"{held}, its where= names the table {strange[0]!r}, and no wall would stand before its rows. "
            f"Use columns of {name!r} alone."
        )


def _use_faults(schema: Schema, user: Held, held: Held, source: Sum) -> Iterator[str]:
    owner, table = user.owner.table, sql_table(source.model)
    try:
        tied = _tied(owner, table, source)
    except DeclarationError as error:
        yield f"{held}, below {user}: {error}"
        return
    if not source.days or figured.keeping(schema, source, owner) is not None:
        return
    equal = {"village_id", *tied, *figured.columns_of(source)}
    if not any(_finds(known, equal, source.days[0]) for known in orders(table)):
        columns = ", ".join(f'"{name}"' for name in (*tied, source.days[0].key))
        yield f"{held}, below {user}, has no index. Add Index(None, {columns}) to {table.name!r}."


def _finds(known: list[str], equal: set[str], day: Attribute) -> bool:
    """Whether an index goes along the days, or along no more than what is asked to be equal before them."""
    return known[0] == "village_id" and day.key in known and set(known[: known.index(day.key)]) <= equal


def _tied(owner: sa.Table, table: sa.Table, source: Sum) -> list[str]:
    """The columns of the table that tie a row to the owner, the village first. Raises DeclarationError."""
    if is_region(owner):
        below_region(None)
        return ["village_id"]
    link(owner, table, figured.key_to(source, owner))
    if figured.is_a_place(owner):
        return ["village_id"]
    keys = [key for key in table.foreign_key_constraints if key.referred_table is owner]
    via = source.via
    chosen = [
        key for key in keys if via is None or (not isinstance(via, tuple) and via.key in key.column_keys)
    ]
    return ["village_id", *(n for key in chosen for n in key.column_keys if n != "village_id")]


def _list_faults(user: Held, held: Held, source: Aggregated) -> Iterator[str]:
    target = held.bound.target
    if target is None or target.model is None:
        return
    if source.between is None:
        yield f"{held} stands in figures over a period, and says no day. Write aggregate(between=…)."
    try:
        if not is_region(user.owner.table):
            link(user.owner.table, target.table, link_of(source.via, target.cls))
    except DeclarationError as error:
        yield f"{held}, below {user}: {error}"
