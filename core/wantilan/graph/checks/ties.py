"""How a field's row and its target hang together: one foreign key, and one row where one is promised."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from ...access.rules import is_region
from ...errors import DeclarationError
from ..links import Condition, below_region, link, link_of
from ..schema import Part, Schema
from ..shapes import Kind
from ..sources import Aggregated, Connected, Many, One
from . import holdings
from .columns import condition_texts, pairs, serves, uniques
from .holdings import Held


def tie_faults(schema: Schema, part: Part) -> Iterator[str]:
    for held in tied_fields(schema, part):
        try:
            tie(held)
        except DeclarationError as error:
            yield f"{held}: {error}"
            continue
        if isinstance(held.source, One):
            yield from _one_faults(held, held.source)
        if isinstance(held.source, Connected) and held.source.as_of is not None:
            yield from _dated_faults(held, held.source.as_of[0].key)


def tied_fields(schema: Schema, part: Part) -> Iterator[Held]:
    """The fields below the root that lead to another table."""
    for held in holdings.fields(schema, part):
        if held.owner.kind in holdings.ROOTS or held.owner.kind is Kind.FIGURES:
            continue
        if isinstance(held.source, One | Many | Connected | Aggregated):
            yield held


def tie(held: Held) -> Condition:
    """What ties the target to the field's row, as the planner ties it. Raises DeclarationError."""
    source, target = held.source, held.bound.target
    assert isinstance(source, One | Many | Connected | Aggregated) and target is not None
    if is_region(held.owner.table) and "village_id" in target.table.c:
        return below_region(held.bound.program)
    return link(held.owner.table, target.table, link_of(source.via, target.cls), up=isinstance(source, One))


def equal_columns(held: Held) -> list[tuple[str, str]]:
    """The pairs of columns, here and there, that a field's link sets equal."""
    target = held.bound.target
    assert target is not None
    here = held.owner.table
    there = target.table.alias("there") if target.table is here else target.table
    return pairs(tie(held)(here, there), here, there)


def holds_key(held: Held) -> bool:
    """Whether the field's own row holds the foreign key: then there is one, unless the key is null."""
    target = held.bound.target
    assert target is not None
    linked = set(equal_columns(held))
    return any(
        {(element.parent.name, element.column.name) for element in key.elements} == linked
        for key in held.owner.table.foreign_key_constraints
        if key.referred_table is target.table
    )


def _one_faults(held: Held, source: One) -> Iterator[str]:
    target = held.bound.target
    assert target is not None
    columns = frozenset(there for _, there in equal_columns(held))
    known = [unique for unique in uniques(target.table) if unique.columns <= columns]
    if any(not unique.where for unique in known):
        return
    ordered = ", ".join(f'"{name}"' for name in _in_order(target.table, columns))
    if source.as_of is not None:
        since = source.as_of[0].key
        dated = columns | {since}
        if not any(unique.columns <= dated and not unique.where for unique in uniques(target.table)):
            yield (
                f"{held}: nothing proves that one row begins on a day. "
                f'Add UniqueConstraint({ordered}, "{since}") to {target.table.name!r}.'
            )
    if source.only is None:
        yield (
            f"{held} may find several rows: nothing makes them unique. Use many() or connection(), "
            f"or add UniqueConstraint({ordered or '…'}) to {target.table.name!r}."
        )
    elif not any(unique.where == condition_texts(source.only) for unique in known):
        where = dict(condition_texts(source.only))["sqlite"]
        yield (
            f"{held}: no unique partial index proves that there is one. Add to {target.table.name!r} "
            f'Index("uq_{target.table.name}_{held.python_name}", {ordered or "…"}, unique=True, '
            f'sqlite_where=text("{where}"), postgresql_where=text("{where}")).'
        )


def _dated_faults(held: Held, since: str) -> Iterator[str]:
    """Of a list that can grow, the rows of a day stand on an index."""
    target = held.bound.target
    assert target is not None
    below_a_region = is_region(held.owner.table) and "village_id" in target.table.c
    columns = frozenset({"village_id"} if below_a_region else (there for _, there in equal_columns(held)))
    if not serves(target.table, columns, since):
        ordered = ", ".join(f'"{name}"' for name in (*_in_order(target.table, columns), since))
        yield f"{held}: the rows of a day have no index. Add Index(None, {ordered}) to {target.table.name!r}."


def _in_order(table: sa.Table, names: frozenset[str]) -> list[str]:
    return [column.name for column in table.columns if column.name in names]
