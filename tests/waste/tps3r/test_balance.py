"""The mass balance closes to the gram over any period, and what is missing shows as a gap of that size."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.waste.tps3r.plant import Plant, crew

from wantilan import Grams
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World
from wantilan_waste.models import (
    Batch,
    Facility,
    Intake,
    Lot,
    SaleLine,
    StockMovement,
    Trip,
    WasteBatchState,
    WasteGrade,
    WasteMeasure,
    WasteStockReason,
    WasteStream,
)
from wantilan_waste.rules.balance import Balance, Measured, StreamBalance, grade_of
from wantilan_waste.stock_checks import stock_findings

WHOLE = """opening intake adjusted lost sold residueOut otherOut processLoss closing gap"""
STREAM = "opening intake fromBatches intoBatches adjusted lost sold residueOut otherOut closing gap"
STREAMS = ("organik", "anorganik", "b3", "residu")
OF_STREAMS = " ".join(f"{one}Balance(from: $from, to: $to) {{ {STREAM} }}" for one in STREAMS)
ASK = f"""query($from: Date, $to: Date, $id: ID!) {{
  village(code: "{BENGKEL}") {{ waste {{ massBalance(from: $from, to: $to) {{ {WHOLE} }} {OF_STREAMS} }} }}
  node(id: $id) {{ ... on WasteFacility {{ massBalance(from: $from, to: $to) {{ {WHOLE} }} {OF_STREAMS} }} }} }}"""
QUALITY = """query($from: Date, $to: Date) { village(code: "51.02.06.2001") { waste { massQuality(from: $from, to: $to) {
  intakeGrade intakeWeighed intakeByVolume intakeCounted intakeEstimated soldGrade soldWeighed soldEstimated
  residueOutGrade residueOutWeighed residueOutEstimated otherOutGrade otherOutWeighed } } } }"""


# The rule

GRAMS = st.integers(0, 10**9)


@given(GRAMS, GRAMS, GRAMS, GRAMS, GRAMS, GRAMS, GRAMS, st.integers(-(10**6), 10**6))
def test_the_gap_is_what_the_two_sides_differ_by(
    opening: int, intake: int, lost: int, sold: int, residue: int, other: int, process: int, wrong: int
) -> None:
    out = sold + residue + other + process
    closing = opening + intake - lost - out + wrong
    assert Balance(opening, intake, 0, -lost, sold, residue, other, process, closing).gap == -wrong
    closing = opening + intake - lost - sold - residue - other + wrong
    assert StreamBalance(opening, intake, 7, -7, 0, -lost, sold, residue, other, closing).gap == -wrong


@pytest.mark.parametrize(
    ("measured", "grade"),
    [
        ((0, 0, 0, 0), None),
        ((95, 0, 0, 5), WasteGrade.A), ((94, 0, 0, 6), WasteGrade.B), ((50, 20, 20, 10), WasteGrade.B),
        ((49, 51, 0, 0), WasteGrade.C), ((89, 0, 0, 11), WasteGrade.C), ((0, 0, 50, 50), WasteGrade.C),
        ((49, 0, 0, 51), WasteGrade.D),
    ],
)  # fmt: skip
def test_a_figure_is_graded_by_how_it_became_known(
    measured: tuple[int, int, int, int], grade: WasteGrade | None
) -> None:
    assert grade_of(Measured(*measured)) is grade


# A random history of the plant, written through the API, then spread over days

DAYS = 40
EVER = (date(1000, 1, 1), date(2999, 12, 31))


async def a_history(plant: Plant, chance: random.Random, steps: int) -> None:
    """Intakes, batches, sales, trips, losses and counts in a random order, as the operator records them."""
    batches: dict[str, tuple[str, int]] = {}
    for _ in range(steps):
        stock = {label: mass for label, mass in (await plant.stock()).items() if mass > 10}
        lots = await plant.lots()
        streams = {label: lots[label]["stream"] for label in stock}
        label = chance.choice(sorted(stock)) if stock else ""
        mass = chance.randint(1, stock[label]) if stock else 0
        match chance.choice(["in", "in", "in", "batch", "batch", "finish", "sale", "trip", "loss", "count"]):
            case "in":
                await _intake(plant, chance)
            case "batch" if stock:
                kind = chance.choice(["SORT", "COMPOST"] if streams[label] == "ORGANIK" else ["SORT"])
                batch = await plant.batch(kind, (label, mass), cured=kind == "COMPOST")
                batches[batch] = streams[label], mass
            case "finish" if batches:
                batch = chance.choice(sorted(batches))
                stream, held = batches.pop(batch)
                await _finish(plant, chance, batch, stream, held)
            case "sale" if stock and streams[label] != "B3":
                lines = [{"lotId": lots[label]["id"], "mass": mass, "pricePerKg": chance.randint(0, 5_000)}]
                await plant.done("wasteRecordSale", facilityId=plant.ids["facility"], buyer="x", lines=lines)
            case "trip" if stock:
                kind = "B3_HANDOVER" if streams[label] == "B3" else chance.choice(["RESIDUE", "GIVEN"])
                more = (
                    {"recipient": "REGENCY"} if kind == "B3_HANDOVER" else {"vehicle": "x", "ticketNo": "1"}
                )
                given = {"lotId": lots[label]["id"], "kind": kind, "destination": "x", "mass": mass, **more}
                await plant.done("wasteRecordTrip", **given)
            case "loss" if stock:
                await plant.done("wasteRecordLoss", lotId=lots[label]["id"], mass=mass, reason="x")
            case "count" if stock:
                counted = chance.randint(0, 2 * stock[label])
                await plant.done("wasteCountStock", lotId=lots[label]["id"], counted=counted, reason="x")


async def _intake(plant: Plant, chance: random.Random) -> None:
    stream, category = chance.choice(
        [("ORGANIK", None), ("ORGANIK", "DAUN"), ("ANORGANIK", None), ("ANORGANIK", "PET"), ("B3", "BATERAI")]
    )
    measured: dict[str, Any] = chance.choice(
        [{"gross": chance.randint(600, 90_000), "tare": 500}, {"method": "ESTIMATE", "mass": 5_000}]
    )
    if category == "DAUN" and chance.random() < 0.5:
        measured = {"method": "VOLUME", "millilitres": chance.randint(1_000, 500_000)}
    more = {"categoryId": plant.ids[category]} if category else {}
    await plant.done("wasteRecordIntake", facilityId=plant.ids["facility"], stream=stream, **measured, **more)


async def _finish(plant: Plant, chance: random.Random, batch: str, stream: str, held: int) -> None:
    if stream == "B3":
        outputs = [{"stream": "B3", "mass": held}]
    else:
        first = chance.randint(1, held)
        second = chance.randint(0, held - first)
        outputs = [{"categoryId": plant.ids["PET" if stream == "ANORGANIK" else "KOMPOS"], "mass": first}]
        outputs += [{"stream": "RESIDU", "mass": second}] if second else []
    await plant.done("wasteFinishBatch", batchId=batch, outputs=outputs)


async def spread(world: World, chance: random.Random) -> None:
    """Move what happened to days of a month and a half, in the order in which it happened. Every one of these
    happened just now, and a mutation takes no moment older than a month.
    """
    async with world.unit(BENGKEL) as unit:
        rows = sorted(await unit.all(StockMovement), key=lambda row: row.id)
        days = sorted(chance.randrange(DAYS) for _ in rows)
        first = unit.today - timedelta(days=DAYS)
        named: dict[str, dict[Any, date]] = defaultdict(dict)
        for row, number in zip(rows, days, strict=True):
            day = row.business_date = first + timedelta(days=number)
            if row.batch_id is None or row.reason is WasteStockReason.IN:
                for key in ("intake_id", "sale_line_id", "trip_id", "batch_id"):
                    if getattr(row, key) is not None:
                        day = named[key].setdefault(getattr(row, key), day)
            row.business_date = day
        for model, key in ((Intake, "intake_id"), (SaleLine, "sale_line_id"), (Trip, "trip_id")):
            for one in await unit.all(model):
                one.business_date = named[key][one.id]
        for batch in await unit.all(Batch, Batch.state == WasteBatchState.FINISHED):
            batch.finished_on = named["batch_id"][batch.id]


async def expected(world: World, begins: date, ends: date) -> dict[str, int]:
    """By hand, from the rows."""
    async with world.unit(BENGKEL) as unit:
        moved, intakes = await unit.all(StockMovement), await unit.all(Intake)
        lines, trips, batches = await unit.all(SaleLine), await unit.all(Trip), await unit.all(Batch)

    def within(day: date | None) -> bool:
        return day is not None and begins <= day <= ends

    def lay(last: date) -> int:
        lots = sum(m.delta for m in moved if m.business_date <= last)
        open_batches = {b.id for b in batches if b.finished_on is None or b.finished_on > last}
        return lots - sum(
            m.delta
            for m in moved
            if m.batch_id in open_batches and m.reason is WasteStockReason.OUT and m.business_date <= last
        )

    def change(reason: WasteStockReason) -> int:
        return sum(m.delta for m in moved if m.reason is reason and within(m.business_date))

    return {
        "opening": lay(begins - timedelta(days=1)), "closing": lay(ends),
        "intake": sum(i.mass_grams for i in intakes if within(i.business_date)),
        "adjusted": change(WasteStockReason.ADJUST), "lost": change(WasteStockReason.LOSS),
        "sold": sum(line.mass for line in lines if within(line.business_date)),
        "residueOut": sum(t.mass for t in trips if t.kind.name == "RESIDUE" and within(t.business_date)),
        "otherOut": sum(t.mass for t in trips if t.kind.name != "RESIDUE" and within(t.business_date)),
        "processLoss": sum(b.loss for b in batches if within(b.finished_on)),
        "gap": 0,
    }  # fmt: skip


def periods(chance: random.Random, today: date) -> Iterator[tuple[date, date]]:
    yield EVER
    for _ in range(6):
        two = sorted(today - timedelta(days=chance.randrange(-1, DAYS + 2)) for _ in "ab")
        yield two[0], two[1]


async def balances(plant: Plant, begins: date = EVER[0], ends: date = EVER[1]) -> dict[str, Any]:
    given = {"from": str(begins), "to": str(ends), "id": plant.ids["facility"]}
    data = (await plant.world.ask(ASK, plant.operator, **given)).data
    assert data["village"]["waste"] == data["node"]  # the village has this facility only
    found: dict[str, Any] = data["node"]
    return found


@pytest.mark.parametrize("seed", [1, 2])
async def test_over_any_period_the_balance_of_a_random_history_closes_to_the_gram(
    scene: Plant, seed: int
) -> None:
    chance = random.Random(seed)
    await a_history(scene, chance, 50)
    await spread(scene.world, chance)
    async with scene.world.unit(BENGKEL) as unit:
        today = unit.today
        lots = await unit.all(Lot)
        moved = await unit.all(StockMovement)
        batches = await unit.all(Batch)
    assert {m.reason.name for m in moved} >= {"IN", "OUT", "SALE", "LOSS", "ADJUST"}
    assert {b.finished_on is None for b in batches} == {True, False}  # what is under way is stock, too
    for lot in lots:  # balance = sum of movements = the last one's, and never below nothing on the way
        own = sorted((m for m in moved if m.lot_id == lot.id), key=lambda m: m.number)
        assert lot.stock == sum(m.delta for m in own) == own[-1].stock_after
        assert [m.number for m in own] == list(range(1, lot.movements + 1))
        assert min(m.stock_after for m in own) >= 0
    for batch in batches:
        if batch.state is WasteBatchState.FINISHED:
            into = -sum(m.delta for m in moved if m.batch_id == batch.id and m.delta < 0)
            out = sum(m.delta for m in moved if m.batch_id == batch.id and m.delta > 0)
            assert (into, into) == (batch.input, out + batch.loss)
    b3 = {m.reason.name for m in moved if m.stream is WasteStream.B3}
    assert not b3 & {"SALE", "RESIDUE"}
    for begins, ends in periods(chance, today):
        found = await balances(scene, begins, ends)
        assert found["massBalance"] == await expected(scene.world, begins, ends), (begins, ends)
        assert [found[f"{one}Balance"]["gap"] for one in STREAMS] == [0] * 4
        lots_only = sum(found[f"{one}Balance"]["closing"] for one in STREAMS)
        assert lots_only == sum(m.delta for m in moved if m.business_date <= ends)


# A gap is shown


async def findings(plant: Plant) -> list[str]:
    async with plant.world.unit(BENGKEL) as unit:
        return [finding.severity.name async for finding in stock_findings(unit)]


async def test_a_missing_intake_shows_as_a_gap_of_exactly_its_size(scene: Plant) -> None:
    await a_history(scene, random.Random(3), 12)
    await scene.take_in("ANORGANIK", 4_321, "PET")
    assert (await balances(scene))["massBalance"]["gap"] == 0
    async with scene.world.unit(BENGKEL) as unit:
        intake = await unit.first(Intake, Intake.mass_grams == 4_321)
        moved = await unit.first(StockMovement, StockMovement.delta == 4_321)
        assert intake is not None and moved is not None
        moved.intake_id = None
        await unit.flush()
        await unit.session.delete(intake)
    found = await balances(scene)
    assert found["massBalance"]["gap"] == -4_321
    assert {one: found[f"{one}Balance"]["gap"] for one in STREAMS} == {
        "organik": 0, "anorganik": -4_321, "b3": 0, "residu": 0
    }  # fmt: skip
    assert await findings(scene) == ["WARNING"]


async def test_an_intake_that_never_reached_the_stock_shows_too(scene: Plant) -> None:
    await scene.take_in("ORGANIK", 1_000)
    async with scene.world.unit(BENGKEL) as unit:
        await unit.add(
            Intake(
                facility_id=scene.facility.id, stream=WasteStream.ORGANIK, source_class="RUMAH_TANGGA",
                method=WasteMeasure.ESTIMATE, mass_grams=77, weighed_at=unit.now, business_date=unit.today,
            )
        )  # fmt: skip
    assert (await balances(scene))["massBalance"]["gap"] == 77
    assert await findings(scene) == ["WARNING"]


async def test_a_lot_that_does_not_hold_what_was_moved_is_found(scene: Plant) -> None:
    await scene.take_in("ORGANIK", 1_000)
    await scene.take_in("B3", 1_000)
    assert await findings(scene) == []
    async with scene.world.unit(BENGKEL) as unit:
        lot = await unit.first(Lot, Lot.label == "B3")
        assert lot is not None
        lot.stock = Grams(999)
    assert await findings(scene) == ["ERROR"]


@pytest.mark.parametrize("model", [SaleLine, Trip, Batch])
async def test_whatever_record_is_changed_behind_its_back_shows_as_a_gap(scene: Plant, model: Any) -> None:
    await scene.take_in("ANORGANIK", 1_000)
    batch = await scene.batch("SORT", ("ANORGANIK", 600))
    outputs = [{"categoryId": scene.ids["PET"], "mass": 500}]
    await scene.done("wasteFinishBatch", batchId=batch, outputs=outputs)
    lot = await scene.lot("ANORGANIK")
    lines = [{"lotId": lot, "mass": 100, "pricePerKg": 0}]
    await scene.done("wasteRecordSale", facilityId=scene.ids["facility"], buyer="x", lines=lines)
    await scene.done("wasteRecordTrip", lotId=lot, kind="GIVEN", destination="x", mass=100)
    assert (await balances(scene))["massBalance"]["gap"] == 0
    async with scene.world.unit(BENGKEL) as unit:
        (row,) = await unit.all(model)
        if isinstance(row, Batch):
            row.loss, row.output = row.loss + 30, row.output - 30
        else:
            row.mass += 30
    assert (await balances(scene))["massBalance"]["gap"] == -30


# Who asks, and what it costs


async def test_the_balance_of_village_and_facility_is_one_statement(scene: Plant) -> None:
    await scene.take_in("ORGANIK", 1_000)
    with scene.world.counting() as statements:
        await balances(scene)
    assert len(statements) == 1


async def test_figures_say_how_their_masses_became_known(scene: Plant) -> None:
    await scene.take_in("ORGANIK", 900)
    given = {"facilityId": scene.ids["facility"], "stream": "ORGANIK"}
    await scene.done("wasteRecordIntake", **given, method="COUNT", pieces=10, gramsPerPiece=5)
    await scene.done("wasteRecordIntake", **given, method="ESTIMATE", mass=50)
    volume = {"method": "VOLUME", "millilitres": 1_000, "categoryId": scene.ids["DAUN"]}
    await scene.done("wasteRecordIntake", **given, **volume)
    lot = await scene.lot("ORGANIK")
    trip = {"lotId": lot, "kind": "RESIDUE", "destination": "x", "vehicle": "x", "ticketNo": "1"}
    await scene.done("wasteRecordTrip", **trip, mass=100, method="ESTIMATE")
    reply = await scene.world.ask(QUALITY, scene.operator)
    assert reply.data["village"]["waste"]["massQuality"] == {
        "intakeGrade": "B", "intakeWeighed": 900, "intakeByVolume": 150, "intakeCounted": 50, "intakeEstimated": 50,
        "soldGrade": None, "soldWeighed": 0, "soldEstimated": 0,
        "residueOutGrade": "D", "residueOutWeighed": 0, "residueOutEstimated": 100,
        "otherOutGrade": None, "otherOutWeighed": 0,
    }  # fmt: skip


async def test_the_agency_sees_facilities_and_balances_and_no_row(scene: Plant) -> None:
    await scene.take_in("ORGANIK", 1_000)
    async with scene.world.unit(NEIGHBOUR) as unit:
        there = await unit.first(Facility)
        assert there is not None
        await unit.add(
            Intake(
                facility_id=there.id, stream=WasteStream.ORGANIK, source_class="RUMAH_TANGGA",
                method=WasteMeasure.ESTIMATE, mass_grams=5, weighed_at=datetime.now(UTC), business_date=unit.today,
            )
        )  # fmt: skip
    tokens = await crew(scene)
    balance = "massBalance { intake closing gap }"
    region = (
        f"""{{ region(code: "{TABANAN}") {{ waste {{ {balance} stockByStream {{ stream mass }} }} }} }}"""
    )
    seen = await scene.world.ask(region, tokens["agency"])
    assert seen.data["region"]["waste"] == {
        "massBalance": {"intake": 1_005, "closing": 1_000, "gap": 5}, "stockByStream": [{"stream": "ORGANIK", "mass": 1_000}]
    }  # fmt: skip
    facilities = f'{{ village(code: "{BENGKEL}") {{ waste {{ facilities {{ name {balance} }} }} }} }}'
    shown = (await scene.world.ask(facilities, tokens["agency"])).data["village"]["waste"]["facilities"]
    assert shown[1] == {"name": "TPS3R Bestari", "massBalance": {"intake": 1_000, "closing": 1_000, "gap": 0}}
    rows = f'{{ village(code: "{BENGKEL}") {{ waste {{ <rows> {{ totalCount }} }} }} }}'
    for what in ("lots", "batches", "sales", "trips", "stockMovements", "intakes"):
        text = rows.replace("<rows>", what)
        assert (await scene.world.ask(text, tokens["agency"])).codes == ["FORBIDDEN"], what
        assert (await scene.world.ask(text, tokens["tps3r"])).data  # the control
    village = f'{{ village(code: "{BENGKEL}") {{ waste {{ {balance} }} }} }}'
    found = {who: (await scene.world.ask(village, token)).codes for who, token in tokens.items()}
    assert found == {
        "operator": [], "perbekel": [], "tps3r": [], "agency": [], "collector": ["FORBIDDEN"],
        "teller": ["FORBIDDEN"], "wayan": ["FORBIDDEN"], "neighbour": ["FORBIDDEN"], "visitor": ["FORBIDDEN"],
    }  # fmt: skip
