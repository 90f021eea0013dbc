"""Which source is written by whom: the planner's table."""

from __future__ import annotations

from collections.abc import Mapping

from . import connections, fields, figured, listed, lists, tabled
from .known import Known
from .pieces import Pieces
from .planner import Emit, Planner
from .points import Point
from .schema import Schema
from .selection import Request, Selection
from .sources import (
    Aggregated,
    Cell,
    Cells,
    Column,
    Computed,
    Connected,
    Derived,
    Door,
    Expression,
    Figured,
    Grouped,
    Key,
    Listed,
    Localized,
    Many,
    One,
    PeriodDay,
    Said,
    Sum,
    Tabled,
    VillagesCounted,
)

EMITTERS: Mapping[type, Emit] = {
    Column: fields.column,
    Expression: fields.expression,
    Localized: fields.localized,
    Key: fields.key,
    Point: fields.point,
    Known: fields.known,
    Grouped: fields.group,
    Computed: fields.computed,
    Door: fields.door,
    VillagesCounted: fields.counted,
    One: lists.one,
    Many: lists.many,
    Aggregated: lists.aggregate,
    Connected: connections.below,
    Listed: listed.below,
    Tabled: tabled.tabled,
    Said: tabled.said,
    Cell: tabled.cell,
    Cells: tabled.cells,
    Figured: figured.figured,
    Sum: figured.summed,
    PeriodDay: figured.day,
    Derived: figured.derived,
}


def new_planner(
    schema: Schema,
    pieces: Pieces,
    request: Request,
    selection: Selection,
    *,
    page_size: int = 100,
    walls: bool = True,
) -> Planner:
    return Planner(schema, pieces, request, selection, EMITTERS, page_size=page_size, walls=walls)
