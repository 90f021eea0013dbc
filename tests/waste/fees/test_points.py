"""Service points: added, described, paused, closed, their codes and surveys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.waste.fees.scene import (
    ADD_POINT,
    CHANGE,
    FIRST,
    PAY,
    ROTATE,
    SET_STATUS,
    SURVEY,
    TODAY,
    UPDATE_POINT,
    Scene,
    a_shop,
)

from wantilan import read_code
from wantilan.testing import BENGKEL

LOOK_UP = """query($village: RegionCode!, $code: String!) { codeHolder(villageCode: $village, code: $code) {
  valid household { id } } }"""


async def test_a_household_gets_one_point_in_its_own_hamlet_with_a_code_of_the_village(scene: Scene) -> None:
    third = await scene.world.household(BENGKEL, scene.hamlet)
    key = await scene.world.id_of("Household", third)
    added = await scene.done(ADD_POINT, householdId=key)
    point = added["point"]
    code = point.pop("code")
    assert (read_code(code), len(code)) == ((BENGKEL, code), 31)
    assert point.pop("id").startswith("waste_service_point-")
    assert point == {
        "label": "Banjar Kaja 3", "status": "ACTIVE", "hamletId": scene.ids["hamlet"],
        "household": {"id": key}, "businessName": None, "sourceClass": "RUMAH_TANGGA",
        "organicHandling": "TIDAK_ADA", "openedOn": str(TODAY),
    }  # fmt: skip
    assert (await scene.ask(ADD_POINT, householdId=key)).codes == ["CONFLICT"]


async def test_a_business_says_where_it_is_and_what_it_is(scene: Scene) -> None:
    faulty = await scene.ask(ADD_POINT, businessName=" ", people=-1, openedOn="2031-01-01")
    assert faulty.faults == {
        "input.hamletId": "REQUIRED", "input.sourceClass": "REQUIRED", "input.businessName": "LENGTH",
        "input.people": "OUT_OF_RANGE",
    }  # fmt: skip
    given = {"hamletId": scene.ids["hamlet"], "sourceClass": "PASAR"}
    later = await scene.ask(ADD_POINT, businessName="Pasar", openedOn="2031-01-01", **given)
    assert later.faults == {"input.openedOn": "IN_FUTURE"}
    added = await scene.done(ADD_POINT, businessName="Pasar", **given)
    assert (added["point"]["label"], added["point"]["household"]) == ("Pasar", None)
    again = await scene.done(ADD_POINT, businessName="Pasar", label="Pasar timur", **given)
    assert again["point"]["label"] == "Pasar timur"
    both = await scene.ask(ADD_POINT, businessName="Pasar", householdId=scene.ids["household"], **given)
    assert both.faults == {"input.businessName": "ONE_OF_THEM"}
    assert (await scene.ask(ADD_POINT)).faults == {"input.householdId": "REQUIRED"}
    elsewhere = await scene.ask(
        ADD_POINT, businessName="X", **(given | {"hamletId": scene.ids["other hamlet"]})
    )
    assert elsewhere.codes == ["NOT_FOUND"]
    third = await scene.world.id_of("Household", await scene.world.household(BENGKEL, scene.hamlet))
    mixed = await scene.ask(ADD_POINT, householdId=third, hamletId=scene.ids["other hamlet"])
    assert mixed.codes == ["NOT_FOUND"]


async def test_what_is_left_out_stays_and_null_takes_away(scene: Scene) -> None:
    point = scene.ids["point"]
    place = {"type": "Point", "coordinates": [115.1, -8.5]}
    first = await scene.done(
        UPDATE_POINT, pointId=point, label="Rumah biru", people=4, instructions="Ada anjing", place=place
    )
    assert first["point"] == {
        "label": "Rumah biru", "people": 4, "instructions": "Ada anjing", "place": place,
        "sourceClass": "RUMAH_TANGGA", "organicHandling": "TIDAK_ADA",
    }  # fmt: skip
    second = await scene.done(UPDATE_POINT, pointId=point, people=None, place=None, organicHandling="BIOPORI")
    assert second["point"] == first["point"] | {"people": None, "place": None, "organicHandling": "BIOPORI"}
    assert second["warnings"] == []
    third = await scene.done(UPDATE_POINT, pointId=point, sourceClass="KANTOR")
    assert third["warnings"] == [{"code": "PLAN_DOES_NOT_FIT"}]
    faulty = await scene.ask(
        UPDATE_POINT, pointId=point, label=None, sourceClass=None, instructions="x" * 501
    )
    assert faulty.faults == {
        "input.label": "REQUIRED", "input.sourceClass": "REQUIRED", "input.instructions": "LENGTH",
    }  # fmt: skip


STATUSES = ("ACTIVE", "PAUSED", "CLOSED")
ALLOWED = {
    ("ACTIVE", "PAUSED"), ("ACTIVE", "CLOSED"), ("PAUSED", "ACTIVE"), ("PAUSED", "CLOSED"),
}  # fmt: skip


async def test_each_status_leads_where_the_table_says_and_nowhere_else(scene: Scene) -> None:
    for before in STATUSES:
        for after in STATUSES:
            point = await a_shop(scene, f"{before} {after}")
            if before != "ACTIVE":
                await scene.done(SET_STATUS, pointId=point, status=before)
            reply = await scene.ask(SET_STATUS, pointId=point, status=after)
            if (before, after) in ALLOWED:
                shown = reply.data["wasteSetServicePointStatus"]["point"]
                closed = str(TODAY) if after == "CLOSED" else None
                assert shown == {"status": after, "closedOn": closed}, (before, after)
            else:
                assert reply.codes == ["INVALID_TRANSITION"], (before, after)


async def test_closing_a_point_ends_its_subscription_and_frees_the_household(scene: Scene) -> None:
    closed = await scene.done(SET_STATUS, pointId=scene.ids["point"], status="CLOSED")
    assert closed["endedSubscription"] == {
        "id": scene.ids["subscription"], "state": "ENDED", "endOn": str(TODAY),
    }  # fmt: skip
    for document, given in (
        (UPDATE_POINT, {"label": "x"}), (ROTATE, {}), (SURVEY, {"isSorting": True, "organicHandling": "BIOPORI"}),
    ):  # fmt: skip
        reply = await scene.ask(document, pointId=scene.ids["point"], **given)
        assert reply.errors[0]["extensions"]["rule"] == "waste.point_closed"
    change = await scene.ask(CHANGE, subscriptionId=scene.ids["subscription"], action="RESUME")
    assert change.codes == ["INVALID_TRANSITION"]
    again = await scene.done(ADD_POINT, householdId=scene.ids["household"])
    assert again["point"]["status"] == "ACTIVE"
    assert (await scene.pay(5))["subscription"]["credit"] == 5  # what is owed may still be paid


async def test_a_rotated_code_is_worthless_at_once(scene: Scene) -> None:
    operator, old = scene.tokens["operator"], scene.ids["code"]

    async def holder(code: str) -> object:
        reply = await scene.world.ask(LOOK_UP, operator, village=BENGKEL, code=code)
        return reply.data["codeHolder"]

    held = {"valid": True, "household": {"id": scene.ids["household"]}}
    assert await holder(old.lower()) == held
    new = (await scene.done(ROTATE, pointId=scene.ids["point"]))["point"]["code"]
    assert (await holder(old), await holder(new)) == (None, held)
    assert (await scene.ask(PAY, code=old, amount=1, method="CASH")).codes == ["NOT_FOUND"]
    assert (await scene.done(PAY, code=new, amount=1, method="CASH"))["payment"]["amount"] == 1
    await scene.done(SET_STATUS, pointId=scene.ids["point"], status="CLOSED")
    assert await holder(new) == held | {"valid": False}
    shop = await a_shop(scene)
    ask = "query($id: ID!) { node(id: $id) { ... on WasteServicePoint { code } } }"
    code = (await scene.world.ask(ask, operator, id=shop)).data["node"]["code"]
    assert await holder(code) is None  # a business is nobody in the register


async def test_the_last_survey_says_how_organic_waste_is_handled(scene: Scene) -> None:
    point = scene.ids["point"]
    yesterday, before = TODAY - timedelta(days=1), TODAY - timedelta(days=2)
    for day, handling, shown in (
        (yesterday, "TEBA_MODERN", "TEBA_MODERN"), (before, "BIOPORI", "TEBA_MODERN"),
        (None, "TIDAK_ADA", "TIDAK_ADA"),
    ):  # fmt: skip
        given = {"isSorting": True, "organicHandling": handling} | ({"day": str(day)} if day else {})
        done = await scene.done(SURVEY, pointId=point, **given)
        assert done["survey"]["day"] == str(day or TODAY)
        assert done["point"] == {"organicHandling": shown}
    twice = await scene.ask(SURVEY, pointId=point, isSorting=False, organicHandling="BIOPORI")
    assert twice.codes == ["CONFLICT"]
    for day, code in (
        (TODAY + timedelta(days=1), "IN_FUTURE"), (FIRST - timedelta(days=1), "TOO_EARLY"), ("x", "NOT_A_DATE"),
    ):  # fmt: skip
        reply = await scene.ask(
            SURVEY, pointId=point, isSorting=True, organicHandling="BIOPORI", day=str(day)
        )
        assert reply.faults == {"input.day": code}


@pytest.mark.parametrize("who", ["collector", "tps3r", "teller", "wayan"])
async def test_the_code_is_shown_to_those_who_manage_points_only(scene: Scene, who: str) -> None:
    """Here the operator holds what shows it; of the others each reads the point and not its code."""
    ask = "query($id: ID!) { node(id: $id) { ... on WasteServicePoint { label code } } }"
    reply = await scene.world.ask(ask, scene.tokens[who], id=scene.ids["point"])
    assert scene.ids["code"] not in reply.text
    label = "query($id: ID!) { node(id: $id) { ... on WasteServicePoint { label } } }"
    shown = await scene.world.ask(label, scene.tokens[who], id=scene.ids["point"])
    assert shown.data["node"] == {"label": "rumah"}
    operator = await scene.world.ask(ask, scene.tokens["operator"], id=scene.ids["point"])
    assert operator.data["node"]["code"] == scene.ids["code"]
