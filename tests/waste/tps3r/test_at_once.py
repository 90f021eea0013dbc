"""Many at once: what there is is given out once, and nobody waits for the other in a circle."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from tests.waste.tps3r.plant import Plant

from wantilan.store.database import lost_a_race
from wantilan.testing import BENGKEL
from wantilan_waste.models import Lot, Sale, StockMovement


async def movements(plant: Plant) -> dict[str, list[StockMovement]]:
    """Those of each lot in their order."""
    async with plant.world.unit(BENGKEL) as unit:
        lots = {lot.id: lot.label for lot in await unit.all(Lot)}
        rows = sorted(await unit.all(StockMovement), key=lambda row: row.number)
    found: dict[str, list[StockMovement]] = {label: [] for label in lots.values()}
    for row in rows:
        found[lots[row.lot_id]].append(row)
    return found


async def sound(plant: Plant) -> None:
    """Each lot's movements count on from 1, add up, and are never below nothing."""
    stock = await plant.stock()
    for label, rows in (await movements(plant)).items():
        holds = 0
        for number, row in enumerate(rows, 1):
            holds += row.delta
            assert (row.number, row.stock_after) == (number, holds)
            assert holds >= 0
        assert holds == stock[label]


async def test_of_twenty_sales_that_are_more_than_there_is_those_that_fit_pass(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 1_050, "PET")
    lines = [{"lotId": await scene.lot("PET"), "mass": 100, "pricePerKg": 1_000}]
    given: dict[str, Any] = {"facilityId": scene.ids["facility"], "buyer": "x", "lines": lines}
    replies = await asyncio.gather(*(scene.do("wasteRecordSale", **given) for _ in range(20)))
    assert Counter(tuple(reply.codes) for reply in replies) == {(): 10, ("RULE_VIOLATED",): 10}
    assert await scene.stock() == {"PET": 50}
    await sound(scene)
    async with scene.world.unit(BENGKEL) as unit:
        numbers = sorted(sale.receipt_no for sale in await unit.all(Sale))
    assert [int(number.rsplit("-")[-1]) for number in numbers] == list(range(1, 11))  # without a gap


async def test_the_first_intakes_of_a_category_may_come_together(scene: Plant) -> None:
    await asyncio.gather(*(scene.take_in("ANORGANIK", grams, "PET") for grams in range(1, 13)))
    assert await scene.stock() == {"PET": 78}
    await sound(scene)


async def test_who_takes_two_lots_in_another_order_waits_for_nobody_in_a_circle(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 10_000, "PET")
    await scene.take_in("ANORGANIK", 10_000, "KARDUS")
    pet, paper = [
        {"lotId": await scene.lot(label), "mass": 10, "pricePerKg": 1} for label in ("PET", "KARDUS")
    ]
    batches = [await scene.batch("SORT") for _ in range(4)]
    fed = [
        scene.do("wasteAddBatchInput", "batch { id }", batchId=batch, ingredients=[
            {"lotId": line["lotId"], "mass": 5} for line in lines
        ])
        for batch, lines in zip(batches, [[pet, paper], [paper, pet]] * 2, strict=True)
    ]  # fmt: skip
    sold = [
        scene.do("wasteRecordSale", facilityId=scene.ids["facility"], buyer="x", lines=lines)
        for lines in [[pet, paper], [paper, pet]] * 4
    ]
    replies = await asyncio.gather(*fed, *sold)
    assert [reply.codes for reply in replies] == [[]] * 12
    assert await scene.stock() == {"PET": 9_900, "KARDUS": 9_900}
    await sound(scene)


async def test_what_is_sorted_and_what_is_sold_wait_for_nobody_in_a_circle(
    scene: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[object] = []

    def noted(error: Any) -> bool:
        lost.append(error)
        return lost_a_race(error)

    monkeypatch.setattr("wantilan.graph.context.lost_a_race", noted)
    for category in ("PET", "KARDUS"):
        await scene.take_in("ANORGANIK", 10_000, category)
    await scene.take_in("ANORGANIK", 10_000)
    lines = [{"lotId": await scene.lot(label), "mass": 10, "pricePerKg": 1} for label in ("PET", "KARDUS")]
    batches = [await scene.batch("SORT", ("ANORGANIK", 100)) for _ in range(12)]
    outputs = [{"categoryId": scene.ids[label], "mass": 50} for label in ("PET", "KARDUS")]
    both = [
        (
            scene.do("wasteFinishBatch", batchId=batch, outputs=outputs),
            scene.do("wasteRecordSale", facilityId=scene.ids["facility"], buyer="x", lines=lines),
        )
        for batch in batches
    ]
    replies = await asyncio.gather(*(one for pair in both for one in pair))
    assert [reply.codes for reply in replies] == [[]] * 24
    assert lost == []
    assert (await scene.stock())["PET"] == 10_000 + 12 * (50 - 10)
    await sound(scene)


async def test_a_batch_is_finished_once(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 1_000)
    batch = await scene.batch("SORT", ("ANORGANIK", 1_000))
    outputs = [{"categoryId": scene.ids["PET"], "mass": 900}]
    given: dict[str, Any] = {"batchId": batch, "outputs": outputs}
    replies = await asyncio.gather(*(scene.do("wasteFinishBatch", **given) for _ in range(6)))
    assert Counter(tuple(reply.codes) for reply in replies) == {(): 1, ("INVALID_TRANSITION",): 5}
    assert await scene.stock() == {"ANORGANIK": 0, "PET": 900}
    await sound(scene)


async def test_counts_and_sales_at_once_leave_what_was_counted_or_less(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 1_000, "PET")
    lot = await scene.lot("PET")
    lines = [{"lotId": lot, "mass": 10, "pricePerKg": 1}]
    sold = [
        scene.do("wasteRecordSale", facilityId=scene.ids["facility"], buyer="x", lines=lines)
        for _ in range(8)
    ]
    counted = [scene.do("wasteCountStock", lotId=lot, counted=500, reason="Opname") for _ in range(2)]
    replies = await asyncio.gather(*sold, *counted)
    assert [reply.codes for reply in replies] == [[]] * 10
    assert 420 <= (await scene.stock())["PET"] <= 500
    await sound(scene)


async def test_one_key_sells_once(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 1_000, "PET")
    lines = [{"lotId": await scene.lot("PET"), "mass": 100, "pricePerKg": 1}]
    given = {"facilityId": scene.ids["facility"], "buyer": "x", "lines": lines}
    text = """mutation($input: WasteRecordSaleInput!) { wasteRecordSale(input: $input) { sale { receiptNo } } }"""
    replies = [await scene.world.ask(text, scene.operator, key="k1", input=given) for _ in range(3)]
    assert len({reply.data["wasteRecordSale"]["sale"]["receiptNo"] for reply in replies}) == 1
    assert await scene.stock() == {"PET": 900}
