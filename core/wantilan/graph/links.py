"""How two tables hang together: the one foreign key between them, or the one that `via` names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from ..access.rules import is_region, village_of
from ..errors import DeclarationError
from ..store.places import Village, VillageProgram
from ..store.tables import sql_table
from .sources import Link, Via

GATE = sql_table(VillageProgram)
Condition = Callable[[FromClause, FromClause], ColumnElement[bool]]


def link_of(via: Via, cls: type) -> Link | None:
    """What ties one class, where each class behind a union has its own link."""
    return via.get(cls) if isinstance(via, Mapping) else via


def link(parent: sa.Table, child: sa.Table, via: Link | None, *, up: bool = False) -> Condition:
    """The condition that ties a child row to its parent row; the village is always part of it.

    `up`: the parent's row holds the key; it matters for a table that points at itself.
    Raises DeclarationError when there is no foreign key between them, or more than one and no `via`.
    """
    if isinstance(via, tuple):
        here, there = via
        return _same_key(parent, child, here.key, there.key)
    found = [(key, True) for key in child.foreign_key_constraints if key.referred_table is parent] + [
        (key, False)
        for key in parent.foreign_key_constraints
        if key.referred_table is child and child is not parent
    ]
    if via is not None:
        found = [(key, down) for key, down in found if via.key in key.column_keys]
    if parent is child:
        found = [(key, not up) for key, _ in found]
    if len(found) != 1:
        raise DeclarationError(
            f"{len(found)} foreign keys between {parent.name!r} and {child.name!r}; "
            + ("name the one with via=." if found else "there must be one, or give via=(here, there).")
        )
    (key, down) = found[0]
    pairs = [(e.parent.name, e.column.name) for e in key.elements]

    def tie(here: FromClause, there: FromClause) -> ColumnElement[bool]:
        own, far = (there, here) if down else (here, there)
        return sa.and_(*[own.c[a] == far.c[b] for a, b in pairs])

    return tie


def _same_key(parent: sa.Table, child: sa.Table, here_name: str, there_name: str) -> Condition:
    def tie(here: FromClause, there: FromClause) -> ColumnElement[bool]:
        same = here.c[here_name] == there.c[there_name]
        if "village_id" in parent.c and "village_id" in child.c:
            return sa.and_(here.c.village_id == there.c.village_id, same)
        return same

    return tie


def below_region(
    program: str | None,
    *around: Callable[[ColumnElement[Any]], ColumnElement[bool]],
    as_array: bool = False,
) -> Condition:
    """Rows of a village's table that lie in the region and, for a program's, in villages that enabled it.

    `around`: the wall and what else is asked of each village once, and not of each row. `as_array`: for
    PostgreSQL, which then finds the villages first and never reads a table for none of them.
    """

    def tie(region: FromClause, there: FromClause) -> ColumnElement[bool]:
        village = sql_table(Village).alias("rv")
        chosen = sa.select(village.c.id).where(under(village.c.code, region.c.code))
        if program is not None:
            gate = GATE.alias("rg")
            chosen = chosen.where(sa.exists().where(gate_of(program, village, gate)))
        for test in around:
            chosen = chosen.where(test(village.c.id))
        chosen = chosen.correlate(region)
        if as_array:
            return there.c.village_id == sa.func.any(sa.func.array(chosen.scalar_subquery()))
        return there.c.village_id.in_(chosen)

    return tie


def under(code: ColumnElement[str], region: ColumnElement[str]) -> ColumnElement[bool]:
    """That a code lies in a region: a range, so that the index on the code serves."""
    return sa.and_(code >= region, code < region.op("||")(sa.literal("~")))


def enabled(program: str, table: FromClause) -> ColumnElement[bool]:
    """The gate: the row's village has enabled the program; for a region: one of its villages has."""
    gate = GATE.alias("gt")
    found: sa.Select[Any] = sa.select(sa.literal_column("1"))
    if not is_region(table):
        return sa.exists(found.where(gate_of(program, table, gate)).correlate(table))
    village = sql_table(Village).alias("gv")
    inside = found.where(gate_of(program, village, gate), under(village.c.code, table.c.code))
    return sa.exists(inside.correlate(table))


def gate_of(program: str, table: FromClause, gate: FromClause) -> ColumnElement[bool]:
    """The one row that says that a row's village has enabled the program."""
    return sa.and_(gate.c.village_id == village_of(table), gate.c.program == sa.literal(program))


def code_of_place(table: FromClause) -> ColumnElement[str]:
    """The code of a region, of a village, or of the village in which a row lies."""
    if "village_id" not in table.c:
        return table.c.code
    village = sql_table(Village).alias("vc")
    return (
        sa.select(village.c.code).where(village.c.id == table.c.village_id).correlate(table).scalar_subquery()
    )


def villages_counted(program: str) -> Callable[[FromClause], ColumnElement[int]]:
    """How many villages of a region enabled the program."""

    def build(region: FromClause) -> ColumnElement[int]:
        gate, village = GATE.alias("cg"), sql_table(Village).alias("cv")
        query = sa.select(sa.func.count()).where(
            gate_of(program, village, gate),
            under(village.c.code, region.c.code),
        )
        return query.select_from(gate, village).correlate(region).scalar_subquery()

    return build
