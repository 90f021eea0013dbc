"""Rows of a day: what the argument `asOf` makes of a list, or of the one row that a field gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from graphql import FieldNode

from .place import Place
from .plan import Path, response_path
from .planner import Planner
from .schema import Bound
from .selection import Request, good
from .sources import AS_OF, AsOf
from .sql import DAY

Covering = Callable[[Place], list[str]]
"""The conditions under which rows of a table cover the day; none where no day was asked for."""


def covering_day(planner: Planner, bound: Bound, node: FieldNode, as_of: AsOf, path: Path) -> Covering | None:
    """What `asOf` asks of the rows; None without it. The day is bound: it is no part of the plan."""
    given = planner.selection.argument(bound.graphql, node, AS_OF)
    if as_of is None or not given.given or given.value is None:
        return None
    since, until = as_of

    def day(request: Request) -> date:
        found: date = good(given.get(request.variables), *response_path(path), AS_OF)
        return found

    slot = planner.bind(day, DAY)

    def conditions(place: Place) -> list[str]:
        first, last = place.column(since.key), place.column(until.key)
        return [f"{first} <= {slot}", f"({last} IS NULL OR {last} >= {slot})"]

    return conditions


def the_last(as_of: AsOf, place: Place, again: Place, covers: Covering) -> str:
    """That of several rows which cover a day it is the one that began last.

    There should be one; that two never overlap, no index says, and a join would multiply its row.
    """
    assert as_of is not None
    since = as_of[0].key
    return f"{place.column(since)} = (SELECT max({again.column(since)}) {again.rows(*covers(again))})"
