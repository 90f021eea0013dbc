"""The demo is started again: later, twice at once, after somebody tried it, on what an older one left."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from tests.waste.demo.books import INVARIANTS, Books, gap
from tests.waste.demo.scene import NOW, Scene, read, settled, start

from wantilan.store.tables import sql_table
from wantilan.testing import BENGKEL, World
from wantilan_waste.demo import demo
from wantilan_waste.models import (
    MODELS,
    Account,
    Complaint,
    ComplaintStep,
    Facility,
    Intake,
    Invoice,
    LedgerEntry,
    Payment,
    Pickup,
    Run,
    RunStop,
    ServicePoint,
    SourceSurvey,
    StockMovement,
    StopVisit,
    WasteFacilityKind,
    WasteRunState,
    WasteSourceClass,
    WasteStream,
)

TODAY = date(2026, 5, 20)
APPENDED = (Intake, StockMovement, LedgerEntry, StopVisit, SourceSurvey, ComplaintStep)
"""Rows that never change."""


def facts(row: Any, *but: str) -> dict[str, Any]:
    return {key: value for key, value in row.__dict__.items() if not key.startswith("_") and key not in but}


def faults(books: Books) -> list[str]:
    return [fault for holds in INVARIANTS for fault in holds(books)]


def sizes(books: Books) -> dict[str, int]:
    return {model.__name__: len(books[model]) for model in MODELS}


async def test_a_later_start_goes_on_from_what_is_there(scene: Scene, books: Books) -> None:
    later = await scene.start(NOW + timedelta(days=12))
    for model in APPENDED:
        known = {row.id: facts(row) for row in books[model]}
        assert {row.id: facts(row) for row in later[model] if row.id in known} == known
        assert len(later[model]) > len(known) or model is SourceSurvey
    assert faults(later) == []
    assert gap(later, TODAY - timedelta(days=400), TODAY + timedelta(days=12)) == 0
    months = {row.period for row in later[Invoice]} - {row.period for row in books[Invoice]}
    assert months == {"2026-06"}


async def test_a_start_at_the_same_moment_adds_nothing(scene: Scene, books: Books) -> None:
    again = await scene.start(NOW)
    assert sizes(again) == sizes(books)
    assert {row.id: facts(row) for row in again[Run]} == {row.id: facts(row) for row in books[Run]}


async def test_two_starts_at_once_add_nothing_twice(scene: Scene, books: Books) -> None:
    moment = NOW + timedelta(days=2)

    async def one() -> None:
        async with scene.world.unit(BENGKEL) as unit:
            unit.now = moment
            await demo(unit.village, unit)

    await asyncio.gather(one(), one())
    both = await read(scene.world)
    assert len(both[Intake]) > len(books[Intake])
    assert faults(both) == []
    assert sizes(await scene.start(moment)) == sizes(both)
    moments = [(row.weighed_at, row.stream, row.source_class) for row in both[Intake]]
    assert len(moments) == len(set(moments))


async def test_a_run_that_was_under_way_is_finished_by_the_next_start(scene: Scene, books: Books) -> None:
    (run,) = [row for row in books[Run] if row.state not in FINAL and row.day == TODAY]
    visited = [row for row in books[StopVisit] if row.run_id == run.id]
    stops = [row for row in books[RunStop] if row.run_id == run.id]
    assert run.state is WasteRunState.WEIGHED and len(visited) == len(stops) > 5
    later = await scene.start(NOW + timedelta(hours=6))
    assert {row.id: row.state for row in later[Run]}[run.id] is WasteRunState.CLOSED


FINAL = (WasteRunState.CLOSED, WasteRunState.CANCELLED, WasteRunState.PLANNED)


async def test_the_runs_of_a_week_and_the_pickups_of_two_months_are_planned(books: Books) -> None:
    ahead = {row.day for row in books[Run] if row.state is WasteRunState.PLANNED}
    assert min(ahead) > TODAY and max(ahead) <= TODAY + timedelta(days=6) and len(ahead) >= 4
    days = {row.day for row in books[Pickup]}
    assert min(days) >= TODAY and TODAY + timedelta(days=50) < max(days) < TODAY + timedelta(days=60)


async def test_what_a_visitor_of_the_demo_does_stays_his(scene: Scene) -> None:
    """He weighs something, records a visit, and takes a planned run into his own hands."""
    somebody = uuid4()
    async with scene.world.unit(BENGKEL) as unit:
        unit.now = NOW + timedelta(minutes=5)
        facility = await unit.first(Facility)
        run = await unit.first(Run, Run.state == WasteRunState.PLANNED)
        assert facility is not None and run is not None
        run.state, run.started_at, run.started_by = WasteRunState.STARTED, unit.now, somebody
        weighed = Intake(
            facility_id=facility.id, stream=WasteStream.RESIDU, source_class=WasteSourceClass.LAINNYA,
            gross_grams=900, tare_grams=100, mass_grams=800, weighed_at=unit.now, business_date=TODAY,
            recorded_by=somebody,
        )  # fmt: skip
        await unit.add(weighed)
        mine = run.id
    later = await scene.start(NOW + timedelta(days=9))
    theirs = {row.id: row for row in later[Run]}[mine]
    assert (theirs.state, theirs.started_by) == (WasteRunState.STARTED, somebody)
    assert not [row for row in later[StopVisit] if row.run_id == mine]
    between = [row for row in later[Intake] if NOW < row.weighed_at <= NOW + timedelta(minutes=30)]
    assert len(between) > 1  # what was due before his weighing is not forgotten


async def test_beside_weighings_of_an_older_demo_the_new_history_begins_after_them(world: World) -> None:
    await settled(world, 12)
    async with world.unit(BENGKEL) as unit:
        unit.now = NOW - timedelta(days=40)
        facility = Facility(name="TPS3R Bestari", kind=WasteFacilityKind.TPS3R)
        await unit.add(facility)
        for days in range(5):
            at = unit.now - timedelta(days=days)
            await unit.add(
                Intake(
                    facility_id=facility.id, stream=WasteStream.ORGANIK,
                    source_class=WasteSourceClass.RUMAH_TANGGA, gross_grams=900, tare_grams=100,
                    mass_grams=800, weighed_at=at, business_date=unit.business_date(at),
                )
            )  # fmt: skip
        since = unit.today
    await start(world, NOW)
    books = await read(world)
    assert len(books[Facility]) == 1
    assert min(row.business_date for row in books[StockMovement]) == since
    old = [row for row in books[Intake] if row.weighed_at <= NOW - timedelta(days=40)]
    assert len(old) == 5
    assert [fault for fault in faults(books) if "moved 0 times" not in fault] == []
    # What was weighed before has no stock: a gap of its mass, shown and not hidden.
    assert gap(books, since - timedelta(days=30), since - timedelta(days=1)) == 4 * 800
    assert gap(books, since + timedelta(days=1), TODAY) == 0


async def test_the_same_village_and_days_tell_the_same_history(scene: Scene, books: Books) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        for model in reversed(MODELS):
            await unit.session.execute(sa.delete(sql_table(model)))
    for moment in (NOW - timedelta(days=10), NOW):
        await start(scene.world, moment)
    again = await read(scene.world)
    for model, names in SAME.items():
        assert list(told(again[model], names)) == list(told(books[model], names)), model.__name__


SAME = {
    Intake: ("weighed_at", "stream", "source_class", "mass_grams", "method"),
    StockMovement: ("happened_at", "number", "delta", "stock_after", "reason"),
    StopVisit: ("visited_at", "outcome", "sort_quality", "device_seq"),
    Payment: ("paid_at", "amount", "method", "receipt_no"),
    LedgerEntry: ("entered_at", "number", "delta", "balance_after"),
    Account: ("number", "balance"),
    Complaint: ("opened_at", "kind", "state", "text"),
    ServicePoint: ("label", "opened_on", "organic_handling"),
}


def told(rows: list[Any], names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    return iter(sorted(tuple(str(getattr(row, name)) for name in names) for row in rows))
