"""Faults to be planted into the planner, one function each: the fuzzing must find every one of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from wantilan.access.actor import Actor
from wantilan.graph import conditions, connections, lists, paging, planner, roots
from wantilan.graph.paging import Branch
from wantilan.graph.pieces import Pieces
from wantilan.graph.planner import Planner
from wantilan.graph.sql import Postgres, Sqlite
from wantilan.registry.reading import own_household

Plant = Callable[[pytest.MonkeyPatch], None]


def wrap(patch: pytest.MonkeyPatch, where: Any, name: str, change: Callable[..., Any]) -> None:
    """Put `change(real, *arguments)` in the place of a function."""
    real = getattr(where, name)
    patch.setattr(where, name, lambda *given, **named: change(real, *given, **named))


def forgotten(name: str, table: str) -> Plant:
    """`Pieces.wall` or `Pieces.where`, forgotten for one table."""

    def change(real: Any, pieces: Any, *given: Any, **named: Any) -> Any:
        found = next(one for one in given if isinstance(one, sa.Table))
        return "1=1" if found.name == table else real(pieces, *given, **named)

    return lambda patch: wrap(patch, Pieces, name, change)


def text(where: Any, name: str, old: str, new: str) -> Plant:
    """A piece of SQL is written otherwise."""

    def change(real: Any, *given: Any, **named: Any) -> Any:
        return real(*given, **named).replace(old, new)

    return lambda patch: wrap(patch, where, name, change)


def on_both(name: str, change: Callable[..., Any]) -> Plant:
    """A method of both dialects."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        for dialect in (Sqlite, Postgres):
            wrap(patch, dialect, name, change)

    return plant


def ended_rows_too(patch: pytest.MonkeyPatch) -> None:
    """Of the two conditions of a day only that on the first day is asked."""

    def change(real: Any, *given: Any) -> Any:
        covers = real(*given)
        return (lambda place: covers(place)[:1]) if covers is not None else None

    for where in (lists, connections):
        wrap(patch, where, "covering_day", change)


def always(where: Any, name: str, value: Any) -> Plant:
    return lambda patch: patch.setattr(where, name, value)


def null_is_a_word(real: Any, one: Any, type_: Any, sql: str, nullable: bool) -> Any:
    """A missing value is shown as an empty text."""
    return f"coalesce({one.d.leaf(type_, sql)},'\"\"')" if nullable else real(one, type_, sql, nullable)


def null_is_forgotten(real: Any, one: Any, type_: Any, sql: str, nullable: bool) -> Any:
    return one.d.leaf(type_, sql)


def counts_all(real: Any, page: Any, found: Callable[[Branch], str]) -> Any:
    """`totalCount` forgets the filter."""
    return real(page, lambda branch: found(dataclasses.replace(branch, on=branch.gate)))


def counts_page(real: Any, page: Any, found: Any) -> Any:
    return (
        f"least({real(page, found)}::int,2)::text"
        if page.planner.d.name == "postgresql"
        else f"min({real(page, found)},2)"
    )


def inclusive(real: Any, *given: Any, **named: Any) -> Any:
    """The page after a cursor begins with the cursor's own row."""
    return real(*given, **named).replace(" > ", " >= ").replace(" < ", " <= ")


def one_row_less(real: Any, *given: Any, **named: Any) -> Any:
    window = real(*given, **named)
    return dataclasses.replace(window, size=lambda request: max(0, window.size(request) - 1))


def last_day_excluded(real: Any, *given: Any, **named: Any) -> Any:
    first, last = real(*given, **named)
    return [first, last.replace("<=", "<")]


def household_forgets_himself(real: Any, rule: Any, table: Any, bind: Any) -> Any:
    return real(rule, table, bind) & (table.c.id != table.c.id)


FAULTS: Mapping[str, Plant] = {
    "a table without its wall": forgotten("wall", "resident"),
    "a read rule forgotten": forgotten("where", "resident"),
    "a read rule forgotten for weighings": forgotten("where", "waste_intake"),
    "a read rule forgotten for cards": forgotten("where", "kartu_card"),
    "a permission of one place taken for all places": always(
        Actor, "throughout", property(lambda actor: frozenset(actor.ranges))
    ),
    "a rule that opens nothing": lambda patch: wrap(patch, own_household, "where", household_forgets_himself),
    "a missing value shown as a text": lambda patch: wrap(patch, Planner, "leaf", null_is_a_word),
    "a missing value forgotten": lambda patch: wrap(patch, Planner, "leaf", null_is_forgotten),
    "false for true": on_both("leaf", lambda real, d, type_, sql: real(d, type_, sql).replace("NOT", "")),
    "an order read backwards": always(connections.Page, "way", property(lambda page: "")),
    "a list in the order of its ids": lambda patch: wrap(
        patch, lists, "fixed_order", lambda real, place, source: place.column(place.key.name)
    ),
    "a gate left open": lambda patch: wrap(
        patch, Planner, "gate", lambda real, one, program, owner, inside, path: inside
    ),
    "a region's figures over villages that are closed": lambda patch: wrap(
        patch, planner, "below_region", lambda real, program, around: real(None, around)
    ),
    "an empty list in place of null": lambda patch: wrap(
        patch, Planner, "guarded", lambda real, one, rules, needs, owner, inside, path: inside
    ),
    "a cursor off by one": lambda patch: wrap(patch, paging, "_beside", inclusive),
    "a page short of one row": lambda patch: wrap(patch, connections, "window", one_row_less),
    "a count without its filter": lambda patch: wrap(patch, connections.Page, "number", counts_all),
    "a count of the page": lambda patch: wrap(patch, connections.Page, "number", counts_page),
    "always a next page": lambda patch: wrap(
        patch, connections, "_more", lambda real, one, page, **named: "'true'"
    ),
    "at most for below": lambda patch: patch.setitem(conditions.SIGNS, "lt", "<="),
    "a not that leaves out what is missing": text(conditions.Filtering, "_joined", "IS NOT TRUE", "IS FALSE"),
    "an empty or that matches all": text(conditions.Filtering, "_joined", "1=0", "1=1"),
    "names compared as they are written": always(conditions, "sort_key", lambda name: name),
    "the last day left out of a figure": lambda patch: wrap(patch, lists, "period", last_day_excluded),
    "a row that has ended covers a day": ended_rows_too,
    "rows that overlap on a day": always(lists, "the_last", lambda *given: "1=1"),
    "ids answered in another order": lambda patch: wrap(
        patch, roots, "by_ids", lambda real, *given: real(*given).replace("ORDER BY ids.", "ORDER BY -ids.")
    ),
}  # fmt: skip
"""What is planted, in words, and how."""

SECOND_WALL_HOLDS = {"a table without its wall"}
"""Faults that PostgreSQL makes good: its row-level security is a wall of its own."""

IN_PIECES = {"a rule that opens nothing", "a region's figures over villages that are closed"}
"""Faults in what is compiled once and kept."""
