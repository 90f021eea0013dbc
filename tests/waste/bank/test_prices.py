"""The price list: append-only, and the last price that has begun counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.waste.bank.scene import Bank, moment

from wantilan.testing import BENGKEL, Refused, check_refusals
from wantilan_waste.models import PriceItem

SET = """mutation($input: WasteSetPricesInput!) { wasteSetPrices(input: $input) {
  prices { pricePerKg effectiveFrom category { code } } village { code } } }"""
BRIEF = "mutation($input: WasteSetPricesInput!) { wasteSetPrices(input: $input) { village { code } } }"
LIST = """{ village(code: "51.02.06.2001") { waste { prices {
  category { code } pricePerKg effectiveFrom items { nodes { pricePerKg } } } } } }"""


async def price_list(bank: Bank, who: str = "teller") -> dict[str, Any]:
    with bank.world.counting() as statements:
        reply = await bank.world.ask(LIST, bank.tokens[who])
    assert len(statements) == 1
    return {one["category"]["code"]: one for one in reply.data["village"]["waste"]["prices"]}


async def test_the_list_shows_what_counts_now(scene: Bank) -> None:
    found = await price_list(scene)
    assert {code: one["pricePerKg"] for code, one in found.items()} == {
        "PET": 3_333, "KARDUS": 1_500, "GOLD": 1_000, "KACA": 100, "TUA": 100, "BARU": None,
    }  # fmt: skip
    assert found["BARU"]["effectiveFrom"] is None and found["PET"]["effectiveFrom"] < moment(days=399)
    assert found["BARU"]["items"]["nodes"] == [{"pricePerKg": 500}]


async def test_a_new_price_counts_from_its_moment_and_the_old_one_stays_written(scene: Bank) -> None:
    prices = [
        {"categoryId": scene.ids["PET"], "pricePerKg": 4_000},
        {"categoryId": scene.ids["BESI"], "pricePerKg": 0},
    ]
    reply = await scene.ask(SET, "operator", villageCode=BENGKEL, prices=prices)
    made = reply.data["wasteSetPrices"]["prices"]
    assert [(one["category"]["code"], one["pricePerKg"]) for one in made] == [("PET", 4_000), ("BESI", 0)]
    later = [{"categoryId": scene.ids["PET"], "pricePerKg": 5_000}]
    soon = moment(days=-1)
    given = {"villageCode": BENGKEL, "prices": later, "effectiveFrom": soon}
    assert (await scene.ask(SET, "operator", **given)).data
    found = await price_list(scene)
    assert found["PET"]["pricePerKg"] == 4_000 and found["BESI"]["pricePerKg"] == 0
    assert [one["pricePerKg"] for one in found["PET"]["items"]["nodes"]] == [3_333, 4_000, 5_000]
    before = await scene.books()
    assert (await scene.ask(SET, "operator", **given)).codes == ["CONFLICT"]  # that moment has its price
    assert await scene.books() == before


async def test_the_price_in_force_changes_by_the_clock_alone(scene: Bank) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        item = await unit.first(PriceItem, PriceItem.category_id == scene.rows["BARU"])
        assert item is not None
        item.effective_from = datetime.now(UTC) - timedelta(milliseconds=5)
    assert (await price_list(scene))["BARU"]["pricePerKg"] == 500
    deposit = (await scene.deposit("teller", ("BARU", 1_000))).data["wastePostDeposit"]["deposit"]
    assert deposit["value"] == 500


FAULTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "nothing": ({"prices": []}, {"input.prices": "HOW_MANY"}),
    "too many to look at": ({"prices": [("PET", 1)] * 201}, {"input.prices": "HOW_MANY"}),
    "hazardous": ({"prices": [("AKI", 1)]}, {"input.prices.0.categoryId": "HAZARDOUS"}),
    "retired": ({"prices": [("TUA", 1)]}, {"input.prices.0.categoryId": "RETIRED"}),
    "next door": ({"prices": [("other PET", 1)]}, {"input.prices.0.categoryId": "UNKNOWN_CATEGORY"}),
    "twice": ({"prices": [("PET", 1), ("PET", 2)]}, {"input.prices.1.categoryId": "TWICE"}),
    "too dear": ({"prices": [("PET", 10_000_001)]}, {"input.prices.0.pricePerKg": "TOO_DEAR"}),
    "yesterday": (
        {"prices": [("PET", 1)], "effectiveFrom": moment(days=1)},
        {"input.effectiveFrom": "IN_PAST"},
    ),
    "all at once": (
        {
            "prices": [("PET", -1), ("AKI", 10_000_001), ("PET", 1), ("facility", 1)],
            "effectiveFrom": moment(days=1),
        },
        {
            "input.prices.0.pricePerKg": "OUT_OF_RANGE",
            "input.prices.1.categoryId": "HAZARDOUS",
            "input.prices.1.pricePerKg": "TOO_DEAR",
            "input.prices.2.categoryId": "TWICE",
            "input.prices.3.categoryId": "NOT_AN_ID",
            "input.effectiveFrom": "IN_PAST",
        },
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_faulty_prices_are_refused_with_every_fault_and_none_is_set(scene: Bank, fault: str) -> None:
    given, expected = FAULTS[fault]
    prices = [{"categoryId": scene.ids[code], "pricePerKg": price} for code, price in given["prices"]]
    before = await scene.books()
    reply = await scene.ask(SET, "operator", villageCode=BENGKEL, **{**given, "prices": prices})
    assert (reply.codes, reply.faults) == (["BAD_USER_INPUT"], expected)
    assert await scene.books() == before


async def test_who_may_set_prices_and_who_reads_them(scene: Bank) -> None:
    prices = [{"categoryId": scene.ids["PET"], "pricePerKg": 1}]
    given = {"input": {"villageCode": BENGKEL, "prices": prices}}
    refused = {
        "visitor": "FORBIDDEN", "agency": "FORBIDDEN", "collector": "FORBIDDEN", "tps3r": "FORBIDDEN",
        "teller": "FORBIDDEN", "wayan": "FORBIDDEN", "neighbour": "NOT_FOUND",
    }  # fmt: skip
    table = [Refused(who, scene.tokens[who], code, given) for who, code in refused.items()]
    await check_refusals(scene.world, BRIEF, table, unchanged=scene.books)
    assert (await scene.world.ask(BRIEF, scene.tokens["perbekel"], **given)).data
    for who in ("wayan", "made", "tps3r", "operator"):
        assert (await price_list(scene, who))["PET"]["pricePerKg"] == 1
    for who in ("collector", "agency"):
        assert (await scene.world.ask(LIST, scene.tokens[who])).codes == ["FORBIDDEN"]
