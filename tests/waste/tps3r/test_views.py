"""What is shown of the stock, to whom, and by how many statements."""

from __future__ import annotations

import pytest
from tests.waste.tps3r.plant import Plant, crew

from wantilan.testing import BENGKEL

ALL = f"""query($facility: ID!) {{ village(code: "{BENGKEL}") {{ waste {{
  categories {{ code parent {{ code }} }}
  facilities {{ name stockByStream {{ stream mass lots }} massByMethod {{ stream method mass intakes }} }}
  lots(order: STOCK_DESC, filter: {{stream: {{eq: ANORGANIK}}}}) {{ nodes {{
    label stock movements {{ nodes {{ delta reason }} }} }} }}
  there: lots(filter: {{facilityId: {{eq: $facility}}}}) {{ nodes {{ label movements(last: 1) {{ nodes {{ number }} }} }} }}
  batches(filter: {{kind: {{eq: SORT}}}}) {{ nodes {{ state input output loss
    inputs: movements(filter: {{reason: {{eq: OUT}}}}) {{ nodes {{ lot {{ label }} delta }} }}
    outputs: movements(filter: {{reason: {{eq: IN}}}}) {{ nodes {{ lot {{ label }} delta }} }} }} }}
  sales(order: BUSINESS_DATE_DESC) {{ nodes {{ buyer lines {{ mass lot {{ label }} }} }} }}
  trips(filter: {{kind: {{eq: RESIDUE}}}}) {{ nodes {{ mass ticketNo }} }}
  stockMovements(order: HAPPENED_AT_ASC, filter: {{reason: {{in: [SALE, RESIDUE]}}}}) {{ nodes {{
    reason delta saleLine {{ sale {{ buyer }} }} trip {{ destination }} intake {{ mass }} }} }}
}} }} }}"""


@pytest.fixture
async def worked(scene: Plant) -> Plant:
    """A day at the plant."""
    await scene.take_in("ANORGANIK", 1_000)
    await scene.take_in("ANORGANIK", 200, "KARDUS")
    batch = await scene.batch("SORT", ("ANORGANIK", 900))
    outputs = [{"categoryId": scene.ids["PET"], "mass": 700}, {"stream": "RESIDU", "mass": 190}]
    await scene.done("wasteFinishBatch", batchId=batch, outputs=outputs)
    lines = [{"lotId": await scene.lot("PET"), "mass": 600, "pricePerKg": 2_000}]
    await scene.done(
        "wasteRecordSale", facilityId=scene.ids["facility"], buyer="Pengepul Contoh", lines=lines
    )
    given = {"kind": "RESIDUE", "destination": "TPA Mandung", "vehicle": "x", "ticketNo": "A-17"}
    await scene.done("wasteRecordTrip", lotId=await scene.lot("RESIDU"), mass=190, **given)
    return scene


async def test_all_of_a_plant_is_one_statement(worked: Plant) -> None:
    with worked.world.counting() as statements:
        waste = (await worked.world.ask(ALL, worked.operator, facility=worked.ids["facility"])).data[
            "village"
        ]["waste"]
    assert len(statements) == 1
    assert [one["code"] for one in waste["categories"]] == ["BATERAI", "DAUN", "KARDUS", "KOMPOS", "PET"]
    bank, plant = waste["facilities"]
    assert (bank["name"], bank["stockByStream"]) == ("Bank Sampah Contoh", [])
    assert plant["stockByStream"] == [
        {"stream": "ANORGANIK", "mass": 400, "lots": 3}, {"stream": "RESIDU", "mass": 0, "lots": 1}
    ]  # fmt: skip
    assert plant["massByMethod"] == [
        {"stream": "ANORGANIK", "method": "WEIGHED", "mass": 1_200, "intakes": 2}
    ]
    last = {lot["label"]: lot["movements"]["nodes"][-1]["number"] for lot in waste["there"]["nodes"]}
    assert last == {"ANORGANIK": 2, "KARDUS": 1, "PET": 2, "RESIDU": 2}
    assert [(lot["label"], lot["stock"]) for lot in waste["lots"]["nodes"]] == [
        ("KARDUS", 200), ("PET", 100), ("ANORGANIK", 100)
    ]  # fmt: skip
    (batch,) = waste["batches"]["nodes"]
    assert (batch["input"], batch["output"], batch["loss"]) == (900, 890, 10)
    assert batch["inputs"]["nodes"] == [{"lot": {"label": "ANORGANIK"}, "delta": -900}]
    assert [one["lot"]["label"] for one in batch["outputs"]["nodes"]] == ["PET", "RESIDU"]
    assert waste["sales"]["nodes"] == [
        {"buyer": "Pengepul Contoh", "lines": [{"mass": 600, "lot": {"label": "PET"}}]}
    ]
    assert waste["trips"]["nodes"] == [{"mass": 190, "ticketNo": "A-17"}]
    assert waste["stockMovements"]["nodes"] == [
        {"reason": "SALE", "delta": -600, "saleLine": {"sale": {"buyer": "Pengepul Contoh"}}, "trip": None, "intake": None},
        {"reason": "RESIDUE", "delta": -190, "saleLine": None, "trip": {"destination": "TPA Mandung"}, "intake": None},
    ]  # fmt: skip


async def test_rows_of_the_stock_are_for_those_who_work_with_it(worked: Plant) -> None:
    tokens = await crew(worked)
    seen = {"operator", "perbekel", "tps3r"}
    for what in ("lots", "batches", "sales", "trips", "stockMovements"):
        text = f'{{ village(code: "{BENGKEL}") {{ waste {{ {what} {{ totalCount }} }} }} }}'
        for who, token in tokens.items():
            reply = await worked.world.ask(text, token)
            if who in seen:
                assert reply.data["village"]["waste"][what]["totalCount"] > 0
            else:
                assert reply.codes == ["FORBIDDEN"], (who, what)


async def test_facilities_and_categories_are_for_all_of_the_village(worked: Plant) -> None:
    tokens = await crew(worked)
    text = (
        f'{{ village(code: "{BENGKEL}") {{ waste {{ facilities {{ address }} categories {{ code }} }} }} }}'
    )
    found = {who: (await worked.world.ask(text, token)).codes for who, token in tokens.items()}
    assert found == {
        "operator": [], "perbekel": [], "tps3r": [], "collector": [], "agency": [], "wayan": [],
        "teller": [], "neighbour": ["FORBIDDEN", "FORBIDDEN"], "visitor": ["FORBIDDEN"],
    }  # fmt: skip
