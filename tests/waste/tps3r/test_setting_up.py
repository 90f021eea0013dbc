"""Facilities and categories are made, changed and retired."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.waste.tps3r.plant import Plant

from wantilan import uuid7
from wantilan.testing import BENGKEL
from wantilan_waste.rules.categories import is_below

FACILITY = """facility { id name kind place address areaSquareMetres dailyCapacity staff openedOn closedOn }
  village { waste { facilities { name } } }"""
CATEGORY = """category { id code name englishName stream sipsnClass ppClass resin gramsPerLitre acceptedByBank active
  parent { code } } village { waste { categories { code } } }"""
PLACE = {"type": "Point", "coordinates": [115.1, -8.5]}


def category(**more: Any) -> dict[str, Any]:
    made = {
        "villageCode": BENGKEL, "code": "PET-BENING", "name": "Botol bening", "englishName": "Clear bottles",
        "stream": "ANORGANIK", "sipsnClass": "PLASTIK", "ppClass": "DAPAT_DIDAUR_ULANG",
    }  # fmt: skip
    return {**made, **more}


async def test_a_facility_is_made_and_changed_as_a_whole(scene: Plant) -> None:
    whole = {
        "name": "TPS3R Baru", "kind": "TPS3R", "place": PLACE, "address": "Jalan Contoh 1", "areaSquareMetres": 240,
        "dailyCapacity": 2_000_000, "staff": 7, "openedOn": "2022-10-24", "closedOn": "2026-01-31",
    }  # fmt: skip
    payload = await scene.done("wasteSaveFacility", FACILITY, villageCode=BENGKEL, **whole)
    id = payload["facility"].pop("id")
    assert payload["facility"] == whole
    given = {"villageCode": BENGKEL, "facilityId": id, "name": "TPS3R Lama", "kind": "BANK_SAMPAH"}
    changed = (await scene.done("wasteSaveFacility", FACILITY, **given))["facility"]
    assert changed == {**dict.fromkeys(whole), "id": id, "name": "TPS3R Lama", "kind": "BANK_SAMPAH"}


async def test_every_fault_of_a_facility_is_named_at_once(scene: Plant) -> None:
    before = await scene.written()
    reply = await scene.do(
        "wasteSaveFacility", FACILITY, villageCode=BENGKEL, name="TPS3R Bestari", kind="TPS3R", address=" ",
        areaSquareMetres=0, dailyCapacity=0, staff=-1, openedOn="2022-10-24", closedOn="2022-10-23",
        place={"type": "Point"},
    )  # fmt: skip
    assert reply.faults == {
        "input.name": "TAKEN", "input.address": "LENGTH", "input.areaSquareMetres": "MUST_BE_POSITIVE",
        "input.dailyCapacity": "MUST_BE_POSITIVE", "input.staff": "OUT_OF_RANGE", "input.closedOn": "BEFORE_OPENING",
        "input.place": "NOT_A_POINT",
    }  # fmt: skip
    assert await scene.written() == before


async def test_a_category_stands_below_one_of_its_stream(scene: Plant) -> None:
    given = category(parentId=scene.ids["PET"], resin=1, gramsPerLitre=25, acceptedByBank=True)
    payload = await scene.done("wasteSaveCategory", CATEGORY, **given)
    made = payload["category"]
    id = made.pop("id")
    shown = {key: value for key, value in given.items() if key not in ("villageCode", "parentId")}
    assert made == {**shown, "active": True, "parent": {"code": "PET"}}
    codes = [one["code"] for one in payload["village"]["waste"]["categories"]]
    assert codes == ["BATERAI", "DAUN", "KARDUS", "KOMPOS", "PET", "PET-BENING"]
    renamed = await scene.done("wasteSaveCategory", CATEGORY, **category(categoryId=id, name="Botol"))
    assert (renamed["category"]["name"], renamed["category"]["parent"]) == ("Botol", None)


async def test_every_fault_of_a_category_is_named_at_once(scene: Plant) -> None:
    before = await scene.written()
    reply = await scene.do(
        "wasteSaveCategory", CATEGORY,
        **category(code="pet", name="", englishName=" ", stream="B3", acceptedByBank=True, resin=8, gramsPerLitre=0,
                   parentId=scene.ids["PET"]),
    )  # fmt: skip
    assert reply.faults == {
        "input.code": "NOT_A_CODE", "input.name": "REQUIRED", "input.englishName": "REQUIRED",
        "input.acceptedByBank": "B3", "input.resin": "OUT_OF_RANGE", "input.gramsPerLitre": "OUT_OF_RANGE",
        "input.parentId": "OTHER_STREAM",
    }  # fmt: skip
    assert await scene.written() == before


async def test_code_and_stream_stay_and_a_code_is_no_others_label(scene: Plant) -> None:
    changed = category(categoryId=scene.ids["PET"], code="PET2", stream="RESIDU")
    reply = await scene.do("wasteSaveCategory", CATEGORY, **changed)
    assert reply.faults == {"input.code": "FIXED", "input.stream": "FIXED"}
    await scene.take_in("ANORGANIK", 100)
    batch = await scene.batch("SORT", ("ANORGANIK", 100))
    outputs = [{"categoryId": scene.ids["PET"], "mass": 100, "label": "LABEL-SENDIRI"}]
    await scene.done("wasteFinishBatch", "batch { id }", batchId=batch, outputs=outputs)
    for code, fault in (("PET", "TAKEN"), ("LABEL-SENDIRI", "TAKEN"), ("RESIDU", "RESERVED")):
        reply = await scene.do("wasteSaveCategory", CATEGORY, **category(code=code))
        assert reply.faults == {"input.code": fault}


async def test_a_category_never_stands_below_itself(scene: Plant) -> None:
    below = (await scene.done("wasteSaveCategory", CATEGORY, **category(parentId=scene.ids["PET"])))[
        "category"
    ]["id"]
    for parent in (scene.ids["PET"], below):
        turned = category(categoryId=scene.ids["PET"], code="PET", parentId=parent)
        assert (await scene.do("wasteSaveCategory", CATEGORY, **turned)).faults == {"input.parentId": "CYCLE"}


async def test_a_category_is_retired_once_after_those_below_it_and_comes_back_when_it_is_saved(
    scene: Plant,
) -> None:
    below = (await scene.done("wasteSaveCategory", CATEGORY, **category(parentId=scene.ids["PET"])))[
        "category"
    ]["id"]
    early = await scene.do("wasteRetireCategory", "category { active }", categoryId=scene.ids["PET"])
    assert early.errors[0]["extensions"]["rule"] == "waste.category_in_use"
    for id in (below, scene.ids["PET"]):
        retired = await scene.done("wasteRetireCategory", "category { active }", categoryId=id)
        assert retired["category"] == {"active": False}
    again = await scene.do("wasteRetireCategory", "category { active }", categoryId=below)
    assert again.codes == ["INVALID_TRANSITION"]
    under = await scene.do(
        "wasteSaveCategory", CATEGORY, **category(categoryId=below, parentId=scene.ids["PET"])
    )
    assert under.faults == {"input.parentId": "RETIRED"}
    back = await scene.done("wasteSaveCategory", CATEGORY, **category(categoryId=below))
    assert back["category"]["active"] is True


@given(st.lists(st.integers(0, 9) | st.none(), min_size=10, max_size=10))
def test_what_is_below_is_found_in_any_tree_and_circles_end(chosen: list[int | None]) -> None:
    ids = [uuid7() for _ in chosen]
    parents = {
        id: ids[parent] if parent is not None else None for id, parent in zip(ids, chosen, strict=True)
    }
    for id in ids:
        above, at = set(), ids[0]
        while at is not None and at not in above:
            above.add(at)
            at = parents[at]  # type: ignore[assignment]
        assert is_below(id, ids[0], parents) == (id in above)
