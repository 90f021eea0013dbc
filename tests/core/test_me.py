"""Who asks: what may be done in a village, and what is no village."""

from __future__ import annotations

import pytest

from wantilan.testing import BENGKEL, World

ASK = "query ($code: RegionCode!) { me { permissions(villageCode: $code) } }"


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_a_code_that_is_none_is_a_fault_and_no_village_without_permissions(world: World) -> None:
    officer = await world.token("agency_officer", BENGKEL)
    assert "figures.read" in (await world.ask(ASK, officer, code=BENGKEL)).data["me"]["permissions"]
    reply = await world.ask(ASK, officer, code="51.x")
    assert (reply.codes, reply.body["data"]) == (["BAD_USER_INPUT"], None)
    assert reply.faults == {"me.permissions.villageCode": "NOT_A_REGION_CODE"}
