"""Who may change what at the plant: a table by hand. After a refusal nothing has changed."""

from __future__ import annotations

from typing import Any

import pytest
from tests.waste.tps3r.plant import Plant, crew

from wantilan import Conflict
from wantilan.testing import BENGKEL, Refused, check_refusals
from wantilan_waste.models import Lot

MANAGE = {"operator", "perbekel"}
STOCK = {"operator", "perbekel", "tps3r"}
MAY = {
    "wasteSaveFacility": MANAGE,
    "wasteSaveCategory": MANAGE,
    "wasteRetireCategory": MANAGE,
    "wasteOpenBatch": STOCK,
    "wasteAddBatchInput": STOCK,
    "wasteCureBatch": STOCK,
    "wasteFinishBatch": STOCK,
    "wasteRecordSale": STOCK,
    "wasteMarkSalePaid": STOCK,
    "wasteRecordTrip": STOCK,
    "wasteCountStock": STOCK,
    "wasteRecordLoss": STOCK,
}


async def inputs(plant: Plant) -> dict[str, dict[str, Any]]:
    """A good input for each mutation."""
    await plant.take_in("ANORGANIK", 10_000, "PET")
    await plant.take_in("ANORGANIK", 10_000)
    facility, pet = plant.ids["facility"], await plant.lot("PET")
    line = {"lotId": pet, "mass": 10, "pricePerKg": 100}
    sale = await plant.done("wasteRecordSale", "sale { id }", facilityId=facility, buyer="x", lines=[line])
    category = {
        "villageCode": BENGKEL, "code": "HDPE", "name": "x", "englishName": "x", "stream": "ANORGANIK",
        "sipsnClass": "PLASTIK", "ppClass": "DAPAT_DIDAUR_ULANG",
    }  # fmt: skip
    batch = {"batchId": await plant.batch("SORT", ("ANORGANIK", 100))}
    outputs = [{"categoryId": plant.ids["PET"], "mass": 100}]
    return {
        "wasteSaveFacility": {"villageCode": BENGKEL, "name": "TPS3R Baru", "kind": "TPS3R"},
        "wasteSaveCategory": category,
        "wasteRetireCategory": {"categoryId": plant.ids["KARDUS"]},
        "wasteOpenBatch": {"facilityId": facility, "kind": "SORT"},
        "wasteAddBatchInput": {**batch, "ingredients": [{"lotId": pet, "mass": 10}]},
        "wasteCureBatch": batch,
        "wasteFinishBatch": {**batch, "outputs": outputs},
        "wasteRecordSale": {"facilityId": facility, "buyer": "x", "lines": [line]},
        "wasteMarkSalePaid": {"saleId": sale["sale"]["id"]},
        "wasteRecordTrip": {"lotId": pet, "kind": "GIVEN", "destination": "x", "mass": 10},
        "wasteCountStock": {"lotId": pet, "counted": 500, "reason": "x"},
        "wasteRecordLoss": {"lotId": pet, "mass": 10, "reason": "x"},
    }  # fmt: skip


SHOWN = {
    "wasteRetireCategory": "category { code }",
    "wasteOpenBatch": "facility { name }",
    "wasteAddBatchInput": "batch { id }",
    "wasteCureBatch": "batch { id }",
    "wasteMarkSalePaid": "sale { id }",
}


async def test_each_mutation_is_for_those_who_may_and_for_nobody_else(scene: Plant) -> None:
    tokens, good = await crew(scene), await inputs(scene)
    assert set(good) == set(MAY)
    for name, given in good.items():
        kind = f"{name[0].upper()}{name[1:]}Input"
        shown = SHOWN.get(name, "village { code }")
        text = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {shown} }} }}"
        # The neighbour holds the permission, elsewhere.
        table = [
            Refused(who, token, "NOT_FOUND" if who == "neighbour" else "FORBIDDEN", {"input": given})
            for who, token in tokens.items()
            if who not in MAY[name]
        ]
        await check_refusals(scene.world, text, table, unchanged=scene.written)
    for name, given in good.items():  # the control
        worker = "tps3r" if "tps3r" in MAY[name] else "perbekel"
        before = await scene.written()
        reply = await scene.do(name, SHOWN.get(name, "village { code }"), token=tokens[worker], **given)
        assert reply.codes == [], (name, reply.text)
        assert await scene.written() != before, name


async def test_what_lies_in_another_village_is_not_found(scene: Plant) -> None:
    good = await inputs(scene)
    both = await scene.world.token("village_operator", BENGKEL, name="both")
    other = scene.ids["other"]
    village = other.split("-")[1]
    before = await scene.written()
    for name, given in good.items():
        for key, value in given.items():
            if not key.endswith("Id"):
                continue
            tag, _, row = value.split("-")
            elsewhere = other if key == "facilityId" else f"{tag}-{village}-{row}"
            reply = await scene.do(
                name, SHOWN.get(name, "village { code }"), token=both, **{**given, key: elsewhere}
            )
            assert reply.codes == ["NOT_FOUND"], (name, key)
    for name, lines in (("wasteRecordSale", "lines"), ("wasteAddBatchInput", "ingredients")):
        tag, _, row = good[name][lines][0]["lotId"].split("-")
        line = {**good[name][lines][0], "lotId": f"{tag}-{village}-{row}"}
        reply = await scene.do(name, SHOWN.get(name, "village { code }"), **{**good[name], lines: [line]})
        assert reply.codes == ["NOT_FOUND"], name
    category = {**good["wasteFinishBatch"]["outputs"][0], "categoryId": scene.ids["PET"].replace(
        scene.ids["PET"].split("-")[1], village)}  # fmt: skip
    reply = await scene.do("wasteFinishBatch", **{**good["wasteFinishBatch"], "outputs": [category]})
    assert reply.codes == ["NOT_FOUND"]
    assert await scene.written() == before


@pytest.mark.parametrize("wrong", [{"stock": -1}, {"label": "ANORGANIK"}])
async def test_the_database_has_the_last_word_on_a_lot(scene: Plant, wrong: dict[str, Any]) -> None:
    await scene.take_in("ANORGANIK", 10, "PET")
    await scene.take_in("ANORGANIK", 10)
    before = await scene.written()

    async def write(**values: Any) -> None:
        async with scene.world.unit(BENGKEL) as unit:
            lot = await unit.first(Lot, Lot.label == "PET")
            assert lot is not None
            for key, value in values.items():
                setattr(lot, key, value)
            await unit.flush()

    with pytest.raises(Conflict):
        await write(**wrong)
    assert await scene.written() == before
    await write(stock=11)  # the control
