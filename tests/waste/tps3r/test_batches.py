"""Batches: what goes in comes out or is lost, and hazardous waste is kept apart."""

from __future__ import annotations

from typing import Any

import pytest
from tests.waste.tps3r.plant import Plant, ago

from wantilan import InvalidTransition
from wantilan.testing import BENGKEL
from wantilan_waste.models import Batch, WasteBatchKind, WasteBatchState
from wantilan_waste.rules.batches import check_step

FINISHED = """batch { state input output loss finishedOn movements { nodes { reason delta stream lot { label } } } }
  facility { name } warnings { code path message }"""

Kind, State = WasteBatchKind, WasteBatchState
STEPS = {
    (kind, State.OPEN, State.CURING) for kind in Kind
} | {(kind, State.CURING, State.FINISHED) for kind in Kind} | {(Kind.SORT, State.OPEN, State.FINISHED)}  # fmt: skip


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("to", list(State))
def test_a_batch_takes_these_steps_and_no_others(kind: Kind, state: State, to: State) -> None:
    if (kind, state, to) in STEPS:
        check_step(kind, state, to)
    else:
        with pytest.raises(InvalidTransition):
            check_step(kind, state, to)


async def test_sorting_turns_what_is_mixed_into_categories_residue_and_an_explicit_loss(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 10_000)
    batch = await scene.batch("SORT", ("ANORGANIK", 9_000))
    assert await scene.stock() == {"ANORGANIK": 1_000}
    outputs = [
        {"categoryId": scene.ids["PET"], "mass": 5_000}, {"stream": "RESIDU", "mass": 3_000},
        {"categoryId": scene.ids["KARDUS"], "mass": 900, "label": "KARDUS BASAH"},
    ]  # fmt: skip
    payload = await scene.done("wasteFinishBatch", FINISHED, batchId=batch, outputs=outputs)
    moved = payload["batch"].pop("movements")["nodes"]
    assert payload["batch"].pop("finishedOn")
    assert payload["batch"] == {"state": "FINISHED", "input": 9_000, "output": 8_900, "loss": 100}
    assert payload["warnings"] == []
    assert sorted((m["reason"], m["lot"]["label"], m["delta"]) for m in moved) == [
        ("IN", "KARDUS BASAH", 900), ("IN", "PET", 5_000), ("IN", "RESIDU", 3_000), ("OUT", "ANORGANIK", -9_000),
    ]  # fmt: skip
    assert await scene.stock() == {"ANORGANIK": 1_000, "KARDUS BASAH": 900, "PET": 5_000, "RESIDU": 3_000}


async def test_compost_ripens_before_it_is_finished_and_may_lose_most_of_its_mass(scene: Plant) -> None:
    await scene.take_in("ORGANIK", 1_000)
    batch = await scene.batch("COMPOST", ("ORGANIK", 1_000))
    finish: dict[str, Any] = {"batchId": batch, "outputs": [{"categoryId": scene.ids["KOMPOS"], "mass": 300}]}
    assert (await scene.do("wasteFinishBatch", FINISHED, **finish)).codes == ["INVALID_TRANSITION"]
    cured = await scene.done("wasteCureBatch", "batch { state }", batchId=batch)
    assert cured["batch"]["state"] == "CURING"
    line = [{"lotId": await scene.lot("ORGANIK"), "mass": 1}]
    more = await scene.do("wasteAddBatchInput", "batch { id }", batchId=batch, ingredients=line)
    assert more.codes == ["INVALID_TRANSITION"]
    payload = await scene.done("wasteFinishBatch", FINISHED, **finish)
    assert (payload["batch"]["loss"], payload["warnings"]) == (700, [])
    before = await scene.written()
    assert (await scene.do("wasteFinishBatch", FINISHED, **finish)).codes == ["INVALID_TRANSITION"]
    assert await scene.written() == before


@pytest.mark.parametrize(("out", "told"), [(95, []), (94, ["MUCH_LOST"])])
async def test_a_sorting_that_loses_more_than_the_village_expects_is_finished_with_a_warning(
    scene: Plant, out: int, told: list[str]
) -> None:
    await scene.take_in("ANORGANIK", 100)
    batch = await scene.batch("SORT", ("ANORGANIK", 100))
    outputs = [{"categoryId": scene.ids["PET"], "mass": out}]
    payload = await scene.done("wasteFinishBatch", FINISHED, batchId=batch, outputs=outputs)
    assert [notice["code"] for notice in payload["warnings"]] == told
    assert payload["batch"]["state"] == "FINISHED"


RULES = {
    "B3 into compost": ("COMPOST", "B3", "waste.b3"),
    "B3 to larvae": ("MAGGOT", "B3", "waste.b3"),
    "B3 into anything else": ("OTHER", "B3", "waste.b3"),
    "plastic into compost": ("COMPOST", "ANORGANIK", "waste.organic"),
    "residue to larvae": ("MAGGOT", "RESIDU", "waste.organic"),
}


@pytest.mark.parametrize("case", RULES)
async def test_what_must_not_be_processed_so_is_refused_and_stays_in_stock(scene: Plant, case: str) -> None:
    kind, stream, rule = RULES[case]
    await scene.take_in(stream, 500)
    await scene.take_in("ORGANIK", 500)
    batch = await scene.batch(kind)
    before = await scene.written()
    lines = [{"lotId": await scene.lot(label), "mass": 100} for label in ("ORGANIK", stream)]
    reply = await scene.do("wasteAddBatchInput", "batch { id }", batchId=batch, ingredients=lines)
    assert reply.codes == ["RULE_VIOLATED"]
    assert reply.errors[0]["extensions"]["rule"] == rule
    assert await scene.written() == before
    good = await scene.do("wasteAddBatchInput", "batch { id }", batchId=batch, ingredients=lines[:1])
    assert good.data  # the control


async def test_b3_may_be_sorted_but_never_becomes_anything_else(scene: Plant) -> None:
    await scene.take_in("B3", 500)
    batch = await scene.batch("SORT", ("B3", 500))
    before = await scene.written()
    for outputs in (
        [{"categoryId": scene.ids["PET"], "mass": 500}],
        [{"categoryId": scene.ids["BATERAI"], "mass": 499}],
    ):
        reply = await scene.do("wasteFinishBatch", FINISHED, batchId=batch, outputs=outputs)
        assert reply.codes == ["RULE_VIOLATED"]
        assert reply.errors[0]["extensions"]["rule"] == "waste.b3"
    assert await scene.written() == before
    outputs = [{"categoryId": scene.ids["BATERAI"], "mass": 400}, {"stream": "B3", "mass": 100}]
    await scene.done("wasteFinishBatch", FINISHED, batchId=batch, outputs=outputs)
    assert await scene.stock() == {"B3": 100, "BATERAI": 400}


async def test_compost_yields_no_b3(scene: Plant) -> None:
    await scene.take_in("ORGANIK", 500)
    batch = await scene.batch("COMPOST", ("ORGANIK", 500), cured=True)
    outputs = [{"stream": "B3", "mass": 5}]
    reply = await scene.do("wasteFinishBatch", FINISHED, batchId=batch, outputs=outputs)
    assert reply.errors[0]["extensions"]["rule"] == "waste.b3"


async def test_an_empty_batch_neither_ripens_nor_is_finished(scene: Plant) -> None:
    batch = await scene.batch("SORT")
    for name, given in (("wasteCureBatch", {}), ("wasteFinishBatch", {"outputs": []})):
        reply = await scene.do(name, "batch { id }", batchId=batch, **given)
        assert reply.errors[0]["extensions"]["rule"] == "waste.batch_empty"


async def test_every_fault_of_a_batch_is_named_at_its_line(scene: Plant) -> None:
    await scene.take_in("ANORGANIK", 1_000)
    await scene.take_in("ANORGANIK", 1_000, facilityId=scene.ids["second"])
    async with scene.world.unit(BENGKEL) as unit:
        assert not await unit.exists(Batch)
    batch = await scene.batch("SORT", ("ANORGANIK", 800))
    await scene.done("wasteRetireCategory", "category { id }", categoryId=scene.ids["KARDUS"])
    text = (
        f"""{{ village(code: "{BENGKEL}") {{ waste {{ lots {{ nodes {{ id facility {{ id }} }} }} }} }} }}"""
    )
    nodes = (await scene.world.ask(text, scene.operator)).data["village"]["waste"]["lots"]["nodes"]
    here, there = (
        next(n["id"] for n in nodes if n["facility"]["id"] == scene.ids[where])
        for where in ("facility", "second")
    )
    before = await scene.written()
    lines = [
        {"lotId": here, "mass": 0}, {"lotId": there, "mass": 5}, {"lotId": "x", "mass": -1},
        {"lotId": here, "mass": 100_000_001},
    ]  # fmt: skip
    reply = await scene.do(
        "wasteAddBatchInput", "batch { id }", batchId=batch, ingredients=lines, happenedAt=ago(days=40)
    )
    at = "input.ingredients"
    assert reply.faults == {
        f"{at}.0.mass": "MUST_BE_POSITIVE", f"{at}.1.lotId": "OTHER_FACILITY", f"{at}.2.lotId": "NOT_AN_ID",
        f"{at}.2.mass": "OUT_OF_RANGE", f"{at}.3.mass": "TOO_HEAVY", "input.happenedAt": "TOO_OLD",
    }  # fmt: skip
    outputs = [
        {"mass": 5}, {"mass": 5, "stream": "RESIDU", "categoryId": scene.ids["PET"]},
        {"mass": 5, "categoryId": scene.ids["KARDUS"]}, {"mass": 5, "stream": "RESIDU", "label": "PET"},
        {"mass": 0, "stream": "RESIDU", "label": "x" * 41},
    ]  # fmt: skip
    reply = await scene.do("wasteFinishBatch", "batch { id }", batchId=batch, outputs=outputs)
    at = "input.outputs"
    assert reply.faults == {
        f"{at}.0.stream": "ONE_OF_BOTH", f"{at}.1.stream": "ONE_OF_BOTH", f"{at}.2.categoryId": "RETIRED",
        f"{at}.3.label": "TAKEN", f"{at}.4.mass": "MUST_BE_POSITIVE", f"{at}.4.label": "LENGTH",
    }  # fmt: skip
    more = [{"mass": 801, "categoryId": scene.ids["PET"]}]
    reply = await scene.do(
        "wasteFinishBatch", "batch { id }", batchId=batch, outputs=more, finishedAt=ago(days=3)
    )
    assert reply.faults == {"input.outputs": "MORE_OUT_THAN_IN", "input.finishedAt": "BEFORE_INPUT"}
    reply = await scene.do("wasteAddBatchInput", "batch { id }", batchId=batch, ingredients=[])
    assert reply.faults == {"input.ingredients": "REQUIRED"}
    assert await scene.written() == before


async def test_more_than_there_is_does_not_go_into_a_batch(scene: Plant) -> None:
    await scene.take_in("ORGANIK", 100)
    await scene.take_in("ORGANIK", 100, "DAUN")
    batch = await scene.batch("COMPOST")
    before = await scene.written()
    lines = [
        {"lotId": await scene.lot("DAUN"), "mass": 100},
        {"lotId": await scene.lot("ORGANIK"), "mass": 101},
    ]
    reply = await scene.do("wasteAddBatchInput", "batch { id }", batchId=batch, ingredients=lines)
    assert (reply.codes, reply.errors[0]["extensions"]["rule"]) == (["RULE_VIOLATED"], "waste.stock")
    assert await scene.written() == before  # not the first line either


async def test_a_batch_has_its_own_label_or_a_number(scene: Plant) -> None:
    given = {"facilityId": scene.ids["facility"], "kind": "COMPOST"}
    numbers = [
        (await scene.done("wasteOpenBatch", "batch { label }", **given))["batch"]["label"] for _ in "ab"
    ]
    assert [label.split("-")[0] for label in numbers] == ["COMPOST"] * 2
    assert numbers[0] != numbers[1]
    own = await scene.done("wasteOpenBatch", "batch { label }", **given, label=" Bak 3 ")
    assert own["batch"]["label"] == "Bak 3"
    reply = await scene.do(
        "wasteOpenBatch", "batch { label }", **given, label="Bak 3", startedOn="2999-01-01"
    )
    assert reply.faults == {"input.label": "TAKEN", "input.startedOn": "IN_FUTURE"}


async def test_a_number_that_is_somebodys_own_label_is_passed_over(scene: Plant) -> None:
    given = {"facilityId": scene.ids["facility"], "kind": "COMPOST"}
    first = (await scene.done("wasteOpenBatch", "batch { label }", **given))["batch"]["label"]
    taken = first[:-1] + "2"
    await scene.done("wasteOpenBatch", "batch { label }", **given, label=taken)
    after = await scene.done("wasteOpenBatch", "batch { label }", **given)
    assert after["batch"]["label"] == first[:-1] + "3"
