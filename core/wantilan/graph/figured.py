"""Plans of figures over a period: each is a sub-select over one table, or over the rollup that holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from ..access.rules import everyone, is_region
from ..store.places import Village
from ..store.rollups import ROWS, SPAN, WHOLE, Rollup, spans_of
from ..store.tables import sql_table
from ..store.types import Instant
from . import lists
from .place import Place
from .plan import ComputedAt, Path
from .planner import Days, Member, Planner
from .schema import Schema
from .selection import Request
from .shapes import Kind, Shape
from .sources import Derived, Figured, PeriodDay, Reach, Sum
from .sql import DAY, INTEGER, bare

INSTANT = Instant()


def figured(planner: Planner, member: Member) -> str:
    """The object: for who may see the place as a whole."""
    assert isinstance(member.bound.source, Figured)
    planner.heavy = True
    rules = planner.rules(member.target, member.path)
    outer = planner.period
    planner.period = lists.period(planner, member.bound, member.nodes[0], member.path)
    inside = planner.object(member.gtype, member.sets, member.owner, member.path)
    planner.period = outer
    return planner.guarded(rules, [], member.owner, inside, member.path)


def summed(planner: Planner, member: Member) -> str:
    source = member.bound.source
    assert isinstance(source, Sum)
    return planner.d.number(_sum(planner, source, member))


def day(planner: Planner, member: Member) -> str:
    source = member.bound.source
    assert isinstance(source, PeriodDay)
    return planner.leaf(DAY, _day(planner, source), member.bound.nullable)


def derived(planner: Planner, member: Member) -> str:
    """What Python needs stands in the place of what it will compute."""
    source = member.bound.source
    assert isinstance(source, Derived)
    pairs: list[tuple[str, str]] = []
    readers: dict[str, Callable[[str], Any]] = {}
    for name, needed in source.sources.items():
        if isinstance(needed, PeriodDay):
            pairs.append((name, planner.leaf(DAY, _day(planner, needed), False)))
            readers[name] = date.fromisoformat
        else:
            pairs.append((name, planner.d.number(_sum(planner, needed, member))))
    planner.computed.append(ComputedAt(member.path, source.function, member.bound.graphql.type, readers))
    return planner.d.record(pairs)


def _day(planner: Planner, source: PeriodDay) -> str:
    begins, ends = _days(planner)
    return planner.bind(ends if source.last else begins, DAY)


def _days(planner: Planner) -> Days:
    assert planner.period is not None, "figures stand in an object of figures"
    return planner.period


def _sum(planner: Planner, source: Sum, member: Member) -> str:
    """Who may see it was asked of the object; the wall stands before the rows."""
    kept = keeping(planner.schema, source, member.owner.table)
    place = _rows(planner, source, kept, member.owner, member.path, member.bound.program)
    conditions = _spans(planner, source, kept, place) if kept else _of_days(planner, source, place)
    if source.where is not None:
        key = ("figure", id(source))
        conditions.append(planner.pieces.condition(key, [place.table], source.where, place.alias))
    return f"(SELECT {_amount(planner, source, kept, place)} {place.rows(*conditions)})"


def _amount(planner: Planner, source: Sum, kept: Rollup | None, place: Place) -> str:
    if source.distinct is not None:
        return f"count(DISTINCT {place.column(source.distinct.key)})"
    if source.of is not None:
        return planner.d.total(place.column(source.of.key))
    return planner.d.total(place.column(ROWS)) if kept else "count(*)"


def _rows(
    planner: Planner, source: Sum, kept: Rollup | None, owner: Place, path: Path, program: str | None
) -> Place:
    model = kept.model if kept else source.model
    shape = Shape(Kind.SUMMARY, source.model, model, (everyone(),))
    among = ("every village", _every)
    return planner.from_(shape, path, owner, via=key_to(source, owner.table), program=program, among=among)


def _every(village: Any) -> Any:
    return sa.true()


def key_to(source: Sum, owner: sa.Table) -> Any:
    """The foreign key that `via` names leads to a row; of a village and a region there is one way only."""
    return None if is_a_place(owner) else source.via


def is_a_place(table: sa.Table) -> bool:
    return table is sql_table(Village) or is_region(table)


# Days


def _of_days(planner: Planner, source: Sum, place: Place) -> list[str]:
    if source.reach is Reach.ALL:
        return []
    begins, ends = _days(planner)
    column = place.column(source.days[0].key)
    if source.reach is Reach.COVERING:
        until, day = place.column(source.days[1].key), planner.bind(ends, DAY)
        return [f"{column} <= {day}", f"({until} IS NULL OR {until} >= {day})"]
    if isinstance(bare(source.days[0].type), Instant):
        first, last = planner.bind(Begin(begins), INSTANT), f"< {planner.bind(Begin(ends, 1), INSTANT)}"
    else:
        first, last = planner.bind(begins, DAY), f"<= {planner.bind(ends, DAY)}"
    match source.reach:
        case Reach.BEFORE:
            return [f"{column} < {first}"]
        case Reach.UNTIL:
            return [f"{column} {last}"]
    return [f"{column} >= {first}", f"{column} {last}"]


@dataclass(frozen=True)
class Begin:
    """The instant at which a day begins in the deployment's zone, or the day that is so many days later."""

    day: Callable[[Request], date]
    later: int = 0

    def __call__(self, request: Request) -> datetime:
        return datetime.combine(self.day(request) + timedelta(days=self.later), time(), request.zone)


def _spans(planner: Planner, source: Sum, kept: Rollup, place: Place) -> list[str]:
    """The rows of a rollup that together hold each of the days once."""
    if kept.day is None:
        return []
    if source.reach is Reach.ALL:
        return [f"{place.column(SPAN)} >= {WHOLE}"]
    slot = planner.bind_list(SpansOf(source.reach, _days(planner)), INTEGER)
    return [planner.d.among(place.column(SPAN), slot)]


@dataclass(frozen=True)
class SpansOf:
    reach: Reach
    days: Days

    def __call__(self, request: Request) -> list[int]:
        begins, ends = (get(request) for get in self.days)
        if self.reach is Reach.WITHIN:
            return spans_of(begins, ends)
        if self.reach is Reach.UNTIL:
            return spans_of(date.min, ends)
        return spans_of(date.min, begins - timedelta(days=1))


# Rollups


def keeping(schema: Schema, source: Sum, owner: sa.Table) -> Rollup | None:
    """The rollup that holds a figure of a village or region; the smallest, if several."""
    if source.distinct is not None or source.reach is Reach.COVERING or not is_a_place(owner):
        return None
    named = columns_of(source)
    found = [one for one in schema.rollups if _holds(one, source, named)]
    return min(found, key=lambda one: len(one.dimensions), default=None)


def _holds(rollup: Rollup, source: Sum, named: Mapping[str, None]) -> bool:
    return (
        rollup.source is source.model
        and (source.reach is Reach.ALL or source.days[0].key == rollup.day)
        and set(named) <= set(rollup.by)
        and (source.of is None or source.of.key in rollup.sums)
    )


def columns_of(source: Sum) -> Mapping[str, None]:
    """The columns that the condition of a figure looks at."""
    if source.where is None:
        return {}
    made = source.where(sql_table(source.model).alias())
    return {element.key: None for element in visitors.iterate(made) if isinstance(element, sa.Column)}
