"""The head of a household is told of its weighings, where the village has it so."""

from __future__ import annotations

from typing import Any

import pytest
from tests.waste.scene import Scene

from wantilan import MessageTemplate
from wantilan.registry.codes import FamilyRelationship
from wantilan.registry.models import HouseholdMember, Message
from wantilan.testing import BENGKEL
from wantilan_waste import messages as texts
from wantilan_waste.messages import RECEIVED
from wantilan_waste.program import wantilan_program

CONFIGURE = """mutation($settings: JSON!) { configureProgram(input: {
  villageCode: "51.02.06.2001", program: "waste", settings: $settings}) { changed } }"""


async def messages(scene: Scene) -> list[Message]:
    async with scene.world.unit(BENGKEL) as unit:
        return list(await unit.all(Message))


@pytest.fixture
async def head(scene: Scene) -> Any:
    async with scene.world.unit(BENGKEL) as unit:
        (member,) = await unit.all(HouseholdMember, HouseholdMember.resident_id == scene.wayan.id)
        member.relationship = FamilyRelationship.KEPALA_KELUARGA
    return scene.wayan


async def switch_on(scene: Scene) -> None:
    perbekel = await scene.world.token("perbekel", BENGKEL)
    reply = await scene.world.ask(CONFIGURE, perbekel, settings={"notify_households": True})
    assert reply.data["configureProgram"]["changed"]


def test_the_program_declares_all_that_it_tells() -> None:
    told = [one for one in vars(texts).values() if isinstance(one, MessageTemplate)]
    assert set(told) | set(texts.COMPLAINT_STEPS.values()) == set(wantilan_program().messages)


async def test_nobody_is_told_until_the_village_wants_it(scene: Scene, head: Any) -> None:
    assert (await scene.record(householdId=scene.ids["household"])).data
    assert await messages(scene) == []
    await switch_on(scene)
    assert (await scene.record(householdId=scene.ids["household"], gross=12_345)).data
    (message,) = await messages(scene)
    assert message.resident_id == head.id and message.template == RECEIVED.name
    assert "TPS3R Bestari menerima 12,345 kg sampah" in message.body_id
    assert "TPS3R Bestari took in 12.345 kg of waste" in message.body_en


async def test_a_weighing_of_nobody_or_of_a_house_without_head_tells_nobody(scene: Scene, head: Any) -> None:
    await switch_on(scene)
    assert (await scene.record()).data
    assert (await scene.record(householdId=await scene.world.id_of("Household", await second(scene)))).data
    assert await messages(scene) == []


async def second(scene: Scene) -> Any:
    return await scene.world.household(BENGKEL, await scene.world.hamlet(BENGKEL, "Banjar Kelod"))


async def test_a_refused_or_repeated_weighing_tells_nothing_more(scene: Scene, head: Any) -> None:
    await switch_on(scene)
    asked: Any = {
        "input": {
            "facilityId": scene.ids["facility"],
            "stream": "B3",
            "gross": 500,
            "householdId": scene.ids["household"],
        }
    }
    document = (
        "mutation($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) { facility { name } } }"
    )
    for _ in range(2):
        assert (await scene.world.ask(document, scene.operator, key="k", **asked)).data
    assert (await scene.record(householdId=scene.ids["household"], tare=5000)).codes == ["BAD_USER_INPUT"]
    assert len(await messages(scene)) == 1
