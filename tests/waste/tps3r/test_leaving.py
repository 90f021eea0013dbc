"""What leaves the stock: sales, trips, losses, and counts that put a wrong figure right."""

from __future__ import annotations

from typing import Any

import pytest
from tests.waste.tps3r.plant import Plant, ago

from wantilan import Grams, Rupiah
from wantilan.testing import BENGKEL
from wantilan_waste.models import StockMovement
from wantilan_waste.rules.sales import value_of

SALE = """sale { receiptNo buyer mass value paidOn lines { mass pricePerKg value stream category { code } lot { label } } }
  facility { name } village { waste { stockByStream { stream mass } } }"""
TRIP = "trip { kind stream mass vehicle ticketNo recipient licenceNo lot { label stock } } facility { name }"
COUNT = "lot { label stock } movement { delta stockAfter reason note method }"


def rule_of(reply: Any) -> str:
    assert reply.codes == ["RULE_VIOLATED"], reply.text
    return str(reply.errors[0]["extensions"]["rule"])


@pytest.mark.parametrize(
    ("mass", "price", "value"),
    [(1_000, 2_500, 2_500), (1_999, 1_500, 2_998), (1, 999, 0), (100_000_000, 1_000_000_000, 10**14)],
)
def test_a_line_is_worth_mass_times_price_cut_to_whole_rupiah(mass: int, price: int, value: int) -> None:
    assert value_of(Grams(mass), Rupiah(price)) == value


async def test_a_sale_takes_its_lines_out_of_the_lots_and_has_a_receipt(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 5_000, "PET")
    await scene.take_in("ANORGANIK", 3_000)
    lines = [
        {"lotId": await scene.lot("PET"), "mass": 1_999, "pricePerKg": 1_500},
        {"lotId": await scene.lot("ANORGANIK"), "mass": 3_000, "pricePerKg": 300},
    ]
    given = {"facilityId": scene.ids["facility"], "buyer": "Pengepul Contoh", "lines": lines}
    sale = (await scene.done("wasteRecordSale", SALE, **given))["sale"]
    assert sale.pop("receiptNo").startswith("JUAL-")
    assert sale == {
        "buyer": "Pengepul Contoh", "mass": 4_999, "value": 2_998 + 900, "paidOn": None,
        "lines": [
            {"mass": 1_999, "pricePerKg": 1_500, "value": 2_998, "stream": "ANORGANIK", "category": {"code": "PET"},
             "lot": {"label": "PET"}},
            {"mass": 3_000, "pricePerKg": 300, "value": 900, "stream": "ANORGANIK", "category": None,
             "lot": {"label": "ANORGANIK"}},
        ],
    }  # fmt: skip
    assert await scene.stock() == {"ANORGANIK": 0, "PET": 3_001}


async def test_a_sale_is_paid_once(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 100, "PET")
    lines = [{"lotId": await scene.lot("PET"), "mass": 100, "pricePerKg": 1_000}]
    sale = (
        await scene.done(
            "wasteRecordSale", "sale { id paidOn }", facilityId=scene.ids["facility"], buyer="x", lines=lines
        )
    )["sale"]["id"]
    early = await scene.do("wasteMarkSalePaid", "sale { paidOn }", saleId=sale, paidOn="2020-01-01")
    assert early.faults == {"input.paidOn": "BEFORE_SALE"}
    late = await scene.do("wasteMarkSalePaid", "sale { paidOn }", saleId=sale, paidOn="2999-01-01")
    assert late.faults == {"input.paidOn": "IN_FUTURE"}
    assert (await scene.done("wasteMarkSalePaid", "sale { paidOn }", saleId=sale))["sale"]["paidOn"]
    again = await scene.do("wasteMarkSalePaid", "sale { paidOn }", saleId=sale)
    assert again.codes == ["INVALID_TRANSITION"]


async def test_b3_is_never_sold(scene: Plant) -> None:
    await scene.take_in("B3", 100, "BATERAI")
    await scene.take_in("ANORGANIK", 100, "PET")
    before = await scene.written()
    lines = [{"lotId": await scene.lot(label), "mass": 10, "pricePerKg": 9} for label in ("PET", "BATERAI")]
    given = {"facilityId": scene.ids["facility"], "buyer": "x"}
    assert rule_of(await scene.do("wasteRecordSale", SALE, **given, lines=lines)) == "waste.b3"
    assert await scene.written() == before
    assert (await scene.do("wasteRecordSale", SALE, **given, lines=lines[:1])).data


async def test_every_fault_of_a_sale_is_named_at_its_line(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 100, "PET")
    await scene.take_in("ANORGANIK", 100, "KARDUS", facilityId=scene.ids["second"])
    before = await scene.written()
    lots = await scene.lots()
    lines = [
        {"lotId": lots["KARDUS"]["id"], "mass": 10, "pricePerKg": 9},
        {"lotId": lots["PET"]["id"], "mass": 0, "pricePerKg": 1_000_000_001},
    ]
    reply = await scene.do(
        "wasteRecordSale", SALE, facilityId=scene.ids["facility"], buyer=" ", lines=lines, soldAt=ago(days=-1),
    )  # fmt: skip
    assert reply.faults == {
        "input.buyer": "REQUIRED", "input.soldAt": "IN_FUTURE", "input.lines.0.lotId": "OTHER_FACILITY",
        "input.lines.1.mass": "MUST_BE_POSITIVE", "input.lines.1.pricePerKg": "TOO_DEAR",
    }  # fmt: skip
    many = [{"lotId": lots["PET"]["id"], "mass": 1, "pricePerKg": 1}] * 51
    reply = await scene.do("wasteRecordSale", SALE, facilityId=scene.ids["facility"], buyer="x", lines=many)
    assert reply.faults == {"input.lines": "TOO_MANY"}
    assert await scene.written() == before


async def test_residue_leaves_with_its_vehicle_and_ticket(scene: Plant) -> None:
    await scene.take_in("RESIDU", 900)
    given = {"lotId": await scene.lot("RESIDU"), "kind": "RESIDUE", "destination": "TPA Mandung", "mass": 800}
    missing = await scene.do("wasteRecordTrip", TRIP, **given)
    assert missing.faults == {"input.vehicle": "REQUIRED", "input.ticketNo": "REQUIRED"}
    trip = (await scene.done("wasteRecordTrip", TRIP, **given, vehicle="DK 1 CONTOH", ticketNo="A-17"))[
        "trip"
    ]
    assert trip == {
        "kind": "RESIDUE", "stream": "RESIDU", "mass": 800, "vehicle": "DK 1 CONTOH", "ticketNo": "A-17",
        "recipient": None, "licenceNo": None, "lot": {"label": "RESIDU", "stock": 100},
    }  # fmt: skip
    before = await scene.written()
    again = await scene.do("wasteRecordTrip", TRIP, **given, vehicle="DK 1 CONTOH", ticketNo="A-18")
    assert rule_of(again) == "waste.stock"
    assert await scene.written() == before


async def test_b3_leaves_by_a_handover_and_nothing_else_does(scene: Plant) -> None:
    await scene.take_in("B3", 100, "BATERAI")
    await scene.take_in("ORGANIK", 100, "KOMPOS")
    battery, compost = await scene.lot("BATERAI"), await scene.lot("KOMPOS")
    ticket = {"vehicle": "DK 1 CONTOH", "ticketNo": "A-17"}
    handover: dict[str, Any] = {
        "lotId": battery, "kind": "B3_HANDOVER", "destination": "Depo DLH", "mass": 60, "recipient": "REGENCY"
    }  # fmt: skip
    before = await scene.written()
    for wrong in (
        {**handover, "kind": "RESIDUE", "recipient": None, **ticket},
        {**handover, "kind": "GIVEN", "recipient": None},
        {**handover, "lotId": compost},
    ):
        assert rule_of(await scene.do("wasteRecordTrip", TRIP, **wrong)) == "waste.b3"
    nobody = await scene.do("wasteRecordTrip", TRIP, **{**handover, "recipient": None})
    assert nobody.faults == {"input.recipient": "REQUIRED"}
    unlicensed = await scene.do("wasteRecordTrip", TRIP, **{**handover, "recipient": "LICENSED"})
    assert unlicensed.faults == {"input.licenceNo": "REQUIRED"}
    given_away = {"lotId": compost, "kind": "GIVEN", "destination": "Kebun sekolah", "mass": 40}
    strange = await scene.do("wasteRecordTrip", TRIP, **given_away, recipient="REGENCY", licenceNo="1")
    assert strange.faults == {"input.recipient": "NOT_FOR_KIND", "input.licenceNo": "NOT_FOR_KIND"}
    assert await scene.written() == before
    assert (await scene.do("wasteRecordTrip", TRIP, **handover)).data
    assert (await scene.do("wasteRecordTrip", TRIP, **given_away)).data
    assert await scene.stock() == {"BATERAI": 40, "KOMPOS": 60}


async def test_a_count_sets_the_stock_and_says_why(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 100, "PET")
    lot = await scene.lot("PET")
    for counted, delta in ((80, -20), (95, 15)):
        payload = await scene.done(
            "wasteCountStock", COUNT, lotId=lot, counted=counted, reason=" Salah catat "
        )
        assert payload["movement"] == {
            "delta": delta, "stockAfter": counted, "reason": "ADJUST", "note": "Salah catat", "method": "WEIGHED"
        }  # fmt: skip
    same = await scene.done("wasteCountStock", COUNT, lotId=lot, counted=95, reason="Opname")
    assert same == {"lot": {"label": "PET", "stock": 95}, "movement": None}


async def test_a_heap_that_nobody_wrote_down_is_counted_by_what_lies_in_it(scene: Plant) -> None:
    given = {"facilityId": scene.ids["facility"], "counted": 700, "reason": "Saldo awal"}
    await scene.done("wasteCountStock", COUNT, **given, stream="RESIDU", method="ESTIMATE")
    await scene.done("wasteCountStock", COUNT, **given, categoryId=scene.ids["PET"])
    assert await scene.stock() == {"PET": 700, "RESIDU": 700}
    before = await scene.written()
    lot = await scene.lot("PET")
    both = {"stream": "B3", "categoryId": scene.ids["PET"]}
    for wrong in ({}, both, {"lotId": lot}, {"lotId": lot, "stream": "B3"}):
        reply = await scene.do("wasteCountStock", COUNT, **{**given, **wrong})
        assert reply.faults == {"input.lotId": "ONE_OF_BOTH"}, wrong
    reply = await scene.do("wasteCountStock", COUNT, lotId=lot, counted=10**13, reason="")
    assert reply.faults == {"input.counted": "TOO_HEAVY", "input.reason": "REQUIRED"}
    assert await scene.written() == before


async def test_a_loss_needs_a_reason_and_takes_no_more_than_there_is(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 100, "KARDUS")
    lot = await scene.lot("KARDUS")
    payload = await scene.done("wasteRecordLoss", COUNT, lotId=lot, mass=30, reason="Terbakar")
    assert payload["movement"]["delta"] == -30
    before = await scene.written()
    assert (
        rule_of(await scene.do("wasteRecordLoss", COUNT, lotId=lot, mass=71, reason="Hilang"))
        == "waste.stock"
    )
    reply = await scene.do("wasteRecordLoss", COUNT, lotId=lot, mass=0, reason=" ", happenedAt=ago(days=-1))
    assert reply.faults == {
        "input.mass": "MUST_BE_POSITIVE", "input.reason": "REQUIRED", "input.happenedAt": "IN_FUTURE"
    }  # fmt: skip
    assert await scene.written() == before


async def test_the_movements_of_a_lot_count_on_from_one_and_end_with_its_stock(scene: Plant) -> None:
    for grams in (100, 50, 25):
        await scene.take_in("ANORGANIK", grams, "PET")
    lot = await scene.lot("PET")
    await scene.done("wasteRecordLoss", COUNT, lotId=lot, mass=75, reason="Terbakar")
    async with scene.world.unit(BENGKEL) as unit:
        rows = sorted(await unit.all(StockMovement), key=lambda row: row.number)
    assert [(row.number, row.delta, row.stock_after) for row in rows] == [
        (1, 100, 100), (2, 50, 150), (3, 25, 175), (4, -75, 100),
    ]  # fmt: skip
