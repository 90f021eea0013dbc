"""Switching and configuring programs: disabling hides everything and deletes nothing, in one village alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from tests.core.notebook import Notebook, host_with

from wantilan import Grams
from wantilan.programs.host import Host
from wantilan.store.outbox import Event
from wantilan.store.places import ProgramSettings, VillageProgram
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World
from wantilan_waste.models import Facility, Intake, WasteFacilityKind, WasteSourceClass, WasteStream

ENABLE = """mutation ($input: EnableProgramInput!) { enableProgram(input: $input) {
  program changed village { code programs { name enabled } waste { facilities { name } } } } }"""
DISABLE = """mutation ($input: DisableProgramInput!) { disableProgram(input: $input) {
  program changed village { code programs { name enabled } } } }"""
CONFIGURE = """mutation ($input: ConfigureProgramInput!) { configureProgram(input: $input) {
  program changed village { programs { name enabled settings } } } }"""
WASTE = """query ($code: RegionCode!) { village(code: $code) {
  waste { facilities { name } massByStream { stream mass } } } }"""
RECORD = """mutation ($input: WasteRecordIntakeInput!) {
  wasteRecordIntake(input: $input) { facility { name } intake { mass } } }"""

FULL = {"facilities": [{"name": "TPS3R Contoh"}], "massByStream": [{"stream": "ORGANIK", "mass": 2500}]}


@dataclass(frozen=True)
class Bengkel:
    """The village with waste on, one facility and one weighing, its perbekel, and the same at the neighbour's."""

    world: World
    perbekel: str
    operator: str
    facilities: dict[str, Facility]

    async def switch(
        self, query: str, program: str, *, token: str | None = None, village: str = BENGKEL
    ) -> Reply:
        given: Any = {"input": {"villageCode": village, "program": program}}
        return await self.world.ask(query, token or self.perbekel, **given)

    async def configure(self, settings: Any, *, token: str | None = None, program: str = "notebook") -> Reply:
        given: Any = {"input": {"villageCode": BENGKEL, "program": program, "settings": settings}}
        return await self.world.ask(CONFIGURE, token or self.perbekel, **given)

    async def waste(self, village: str = BENGKEL) -> Reply:
        return await self.world.ask(WASTE, self.operator, code=village)

    async def weigh(self, village: str = BENGKEL) -> Reply:
        facility = await self.world.id_of("WasteFacility", self.facilities[village])
        given: Any = {"input": {"facilityId": facility, "stream": "ORGANIK", "gross": 1000}}
        return await self.world.ask(RECORD, self.operator, **given)

    async def enabled(self, village: str = BENGKEL) -> set[str]:
        async with self.world.unit(village) as unit:
            return {row.program for row in await unit.all(VillageProgram)}

    async def settings(self) -> list[dict[str, Any]]:
        async with self.world.unit(BENGKEL) as unit:
            return [row.values for row in await unit.all(ProgramSettings)]


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(
        Notebook("notebook"),
        Notebook("addendum", depends_on=("notebook",)),
        installed=("waste", "kartu_cerdas"),
    )


@pytest.fixture
async def bengkel(world: World) -> Bengkel:
    facilities = {}
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code, "waste")
        facilities[code] = await a_weighing(world, code)
    perbekel = await world.token("perbekel", BENGKEL)
    return Bengkel(world, perbekel, await world.token("platform_admin", TABANAN), facilities)


async def a_weighing(world: World, code: str) -> Facility:
    async with world.unit(code) as unit:
        facility = Facility(name="TPS3R Contoh", kind=WasteFacilityKind.TPS3R)
        await unit.add(facility)
        at = unit.now - timedelta(days=1)
        await unit.add(
            Intake(
                facility_id=facility.id, stream=WasteStream.ORGANIK, source_class=WasteSourceClass.RUMAH_TANGGA,
                gross_grams=Grams(2500), tare_grams=Grams(0), mass_grams=Grams(2500), weighed_at=at,
                business_date=unit.business_date(at),
            )
        )  # fmt: skip
    return facility


def on_in(reply: Reply, mutation: str) -> dict[str, bool]:
    return {one["name"]: one["enabled"] for one in reply.data[mutation]["village"]["programs"]}


# On and off


async def test_a_disabled_program_is_hidden_and_comes_back_whole(bengkel: Bengkel) -> None:
    assert (await bengkel.waste()).data["village"]["waste"] == FULL
    off = await bengkel.switch(DISABLE, "waste")
    assert off.data["disableProgram"]["changed"] is True
    assert on_in(off, "disableProgram") == {
        "addendum": False,
        "notebook": False,
        "waste": False,
        "kartu_cerdas": False,
    }

    closed = await bengkel.waste()
    assert closed.body["data"] == {"village": {"waste": None}}
    assert closed.codes == ["PROGRAM_NOT_ENABLED"]
    assert closed.errors[0]["path"] == ["village", "waste"]
    refused = await bengkel.weigh()
    assert (refused.codes, refused.body["data"]) == (["PROGRAM_NOT_ENABLED"], None)
    async with bengkel.world.unit(BENGKEL) as unit:
        assert (len(await unit.all(Facility)), len(await unit.all(Intake))) == (1, 1)

    again = await bengkel.switch(ENABLE, "waste")
    assert again.data["enableProgram"]["village"]["waste"] == {"facilities": FULL["facilities"]}
    assert (await bengkel.waste()).data["village"]["waste"] == FULL
    assert (await bengkel.weigh()).data["wasteRecordIntake"]["intake"] == {"mass": 1000}


async def test_an_id_leads_to_nothing_behind_a_closed_door(bengkel: Bengkel) -> None:
    facility = await bengkel.world.id_of("WasteFacility", bengkel.facilities[BENGKEL])
    by_id = "query ($id: ID!) { node(id: $id) { id ... on WasteFacility { name } } }"
    assert (await bengkel.world.ask(by_id, bengkel.operator, id=facility)).data["node"][
        "name"
    ] == "TPS3R Contoh"
    await bengkel.switch(DISABLE, "waste")
    assert (await bengkel.world.ask(by_id, bengkel.operator, id=facility)).body["data"] == {"node": None}


async def test_another_village_is_not_affected(bengkel: Bengkel) -> None:
    await bengkel.switch(DISABLE, "waste")
    assert (await bengkel.waste(NEIGHBOUR)).data["village"]["waste"] == FULL
    assert (await bengkel.weigh(NEIGHBOUR)).data
    assert await bengkel.enabled(NEIGHBOUR) == {"waste"}


async def test_below_a_list_a_closed_door_is_null_without_an_error(bengkel: Bengkel) -> None:
    await bengkel.switch(DISABLE, "waste")
    reply = await bengkel.world.ask(
        "{ villages { nodes { code waste { facilities { name } } } } }", bengkel.operator
    )
    assert reply.data["villages"]["nodes"] == [
        {"code": BENGKEL, "waste": None},
        {"code": NEIGHBOUR, "waste": {"facilities": FULL["facilities"]}},
    ]
    assert reply.body["extensions"]["notEnabled"] == [{"program": "waste", "villages": [BENGKEL]}]


async def test_a_region_sums_over_the_villages_that_are_left(bengkel: Bengkel) -> None:
    sums = """{ region(code: "51.02.06") { waste { villagesCounted massByStream { mass } } } }"""
    officer = await bengkel.world.token("agency_officer", TABANAN)
    both = {"villagesCounted": 2, "massByStream": [{"mass": 5000}]}
    one = {"villagesCounted": 1, "massByStream": [{"mass": 2500}]}
    assert (await bengkel.world.ask(sums, officer)).data["region"]["waste"] == both
    await bengkel.switch(DISABLE, "waste")
    assert (await bengkel.world.ask(sums, officer)).data["region"]["waste"] == one


async def test_switching_twice_changes_nothing_and_announces_nothing(bengkel: Bengkel) -> None:
    assert (await bengkel.switch(ENABLE, "waste")).data["enableProgram"]["changed"] is False
    assert (await bengkel.switch(DISABLE, "waste")).data["disableProgram"]["changed"] is True
    assert (await bengkel.switch(DISABLE, "waste")).data["disableProgram"]["changed"] is False
    async with bengkel.world.unit(BENGKEL) as unit:
        events = await unit.all(Event)
    assert [event.name for event in events] == ["village_enabled", "village_disabled"]
    assert events[1].actor_id is not None


async def test_a_program_is_on_only_with_those_it_depends_on(bengkel: Bengkel) -> None:
    alone = await bengkel.switch(ENABLE, "addendum")
    assert alone.codes == ["CONFLICT"]
    assert alone.errors[0]["extensions"]["programs"] == ["notebook"]
    for program in ("notebook", "addendum"):
        assert (await bengkel.switch(ENABLE, program)).data
    needed = await bengkel.switch(DISABLE, "notebook")
    assert needed.codes == ["CONFLICT"]
    assert needed.errors[0]["extensions"]["programs"] == ["addendum"]
    assert await bengkel.enabled() == {"waste", "notebook", "addendum"}


async def test_a_program_that_is_not_installed_is_not_found(bengkel: Bengkel) -> None:
    for program in ("rahasia", "registry", ""):
        for query in (ENABLE, DISABLE):
            reply = await bengkel.switch(query, program)
            assert reply.codes == ["NOT_FOUND"]
            assert "rahasia" not in reply.text
    assert await bengkel.enabled() == {"waste"}


async def test_only_who_manages_programs_here_switches_them(bengkel: Bengkel) -> None:
    world = bengkel.world
    refused = {
        "operator": (await world.token("village_operator", BENGKEL), "FORBIDDEN"),
        "agency officer": (await world.token("agency_officer", TABANAN), "FORBIDDEN"),
        "waste operator": (await world.token("waste_tps3r_operator", BENGKEL), "FORBIDDEN"),
        "neighbour's perbekel": (await world.token("perbekel", NEIGHBOUR), "NOT_FOUND"),
    }
    for who, (token, code) in refused.items():
        assert (await bengkel.switch(DISABLE, "waste", token=token)).codes == [code], who
        assert (await bengkel.switch(ENABLE, "notebook", token=token)).codes == [code], who
        assert (await bengkel.configure({}, token=token)).codes == [code], who
    visitor: Any = {"input": {"villageCode": BENGKEL, "program": "waste"}}
    assert (await world.ask(DISABLE, **visitor)).codes == ["FORBIDDEN"]
    assert (await bengkel.enabled(), await bengkel.settings()) == ({"waste"}, [])
    admin = await world.token("platform_admin", "")
    assert (await bengkel.switch(DISABLE, "waste", token=admin)).data["disableProgram"]["changed"] is True


async def test_a_faulty_village_code_is_a_fault_and_an_unknown_one_is_not_found(bengkel: Bengkel) -> None:
    assert (await bengkel.switch(ENABLE, "notebook", village="Bengkel")).faults == {
        "input.villageCode": "NOT_A_REGION_CODE"
    }
    assert (await bengkel.switch(ENABLE, "notebook", village="51.02.06.2003")).codes == ["NOT_FOUND"]


# Settings


async def test_settings_are_kept_and_shown_to_who_manages_programs(bengkel: Bengkel) -> None:
    reply = await bengkel.configure({"lines": 12})
    done = reply.data["configureProgram"]
    shown = {one["name"]: one["settings"] for one in done["village"]["programs"]}
    assert (done["program"], done["changed"]) == ("notebook", True)
    assert shown == {
        "addendum": None,
        "notebook": {"lines": 12, "title": ""},
        "waste": None,
        "kartu_cerdas": None,
    }
    assert (await bengkel.configure({"lines": 12})).data["configureProgram"]["changed"] is False
    assert (await bengkel.configure({"lines": 13})).data["configureProgram"]["changed"] is True
    assert await bengkel.settings() == [{"lines": 13, "title": ""}]
    operator = await bengkel.world.token("village_operator", BENGKEL)
    seen = await bengkel.world.ask(
        """{ village(code: "51.02.06.2001") { programs { name settings } } }""", operator
    )
    assert seen.codes == ["FORBIDDEN"]


async def test_invalid_settings_are_refused_and_every_field_is_named(bengkel: Bengkel) -> None:
    await bengkel.configure({"lines": 12})
    reply = await bengkel.configure({"lines": 1000, "title": 5, "rahasia": "rahasia juga"})
    assert reply.codes == ["BAD_USER_INPUT"]
    assert reply.faults == {
        "input.settings.lines": "LESS_THAN_EQUAL",
        "input.settings.title": "STRING_TYPE",
        "input.settings.rahasia": "EXTRA_FORBIDDEN",
    }
    assert "rahasia juga" not in reply.text
    assert "1000" not in reply.text
    assert await bengkel.settings() == [{"lines": 12, "title": ""}]


async def test_settings_are_an_object(bengkel: Bengkel) -> None:
    for settings in ([], "text", 5, [{"lines": 1}]):
        assert (await bengkel.configure(settings)).faults == {"input.settings": "NOT_AN_OBJECT"}
    assert await bengkel.settings() == []


async def test_a_program_without_settings_cannot_be_configured(bengkel: Bengkel) -> None:
    assert (await bengkel.configure({}, program="kartu_cerdas")).codes == ["CONFLICT"]
    assert (await bengkel.configure({}, program="rahasia")).codes == ["NOT_FOUND"]


async def test_settings_outlive_switching(bengkel: Bengkel) -> None:
    await bengkel.configure({"lines": 12})
    await bengkel.switch(ENABLE, "notebook")
    await bengkel.switch(DISABLE, "notebook")
    assert await bengkel.settings() == [{"lines": 12, "title": ""}]
