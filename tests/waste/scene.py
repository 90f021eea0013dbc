"""A TPS3R in Bengkel and one next door, two households, and who works there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wantilan import Grams, Unit
from wantilan.registry.models import Household, Resident
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World
from wantilan_waste.models import Facility, Intake, WasteFacilityKind, WasteSourceClass, WasteStream

RECORD = """mutation($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) {
  intake { id stream sourceClass gross tare mass weighedAt businessDate facility { name } household { id } }
  facility { id name } village { code waste { massByStream { stream mass intakes } } } } }"""
"""With everything in its payload that an operator may read."""
BRIEF = "mutation($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) { facility { name } } }"


@dataclass(frozen=True)
class Scene:
    """Rows of Bengkel, one facility and one household of the neighbour, and their ids in the API."""

    world: World
    facility: Facility
    other_facility: Facility
    household: Household
    other_household: Household
    wayan: Resident
    made: Resident
    ids: Mapping[str, str]
    operator: str

    async def record(self, token: str | None = None, document: str = RECORD, **given: Any) -> Reply:
        """Record as the operator, a kilogram of ORGANIK if nothing else is said; `...=None` is null."""
        asked = {"facilityId": self.ids["facility"], "stream": "ORGANIK", "gross": 1000, **given}
        return await self.world.ask(document, token or self.operator, input=asked)

    async def intakes(self, code: str = BENGKEL) -> list[Intake]:
        async with self.world.unit(code) as unit:
            return list(await unit.all(Intake))

    async def unchanged(self) -> bool:
        """Whether nothing was written in either village: no weighing, no event of one."""
        async with self.world.unit(BENGKEL) as unit:
            events = await unit.all(Event, Event.name == "waste.intake_recorded")
        return not events and not await self.intakes() and not await self.intakes(NEIGHBOUR)


async def set_the_scene(world: World) -> Scene:
    await world.open(BENGKEL, "waste")
    await world.open(NEIGHBOUR, "waste")
    hamlet, other_hamlet = await world.hamlet(BENGKEL), await world.hamlet(NEIGHBOUR)
    household, second = await world.household(BENGKEL, hamlet), await world.household(BENGKEL, hamlet)
    other_household = await world.household(NEIGHBOUR, other_hamlet)
    wayan = await world.resident(BENGKEL, hamlet, household, name="I Wayan Contoh", serial=1)
    made = await world.resident(BENGKEL, hamlet, second, name="I Made Contoh", serial=2)
    facility, other_facility = await a_facility(world, BENGKEL), await a_facility(world, NEIGHBOUR)
    ids = {
        "facility": await world.id_of("WasteFacility", facility),
        "other_facility": await world.id_of("WasteFacility", other_facility),
        "household": await world.id_of("Household", household),
        "other_household": await world.id_of("Household", other_household),
        "wayan": await world.id_of("Resident", wayan),
        "made": await world.id_of("Resident", made),
    }
    operator = await world.token("village_operator", BENGKEL)
    return Scene(world, facility, other_facility, household, other_household, wayan, made, ids, operator)


async def a_facility(world: World, code: str, name: str = "TPS3R Bestari") -> Facility:
    async with world.unit(code) as unit:
        made = Facility(name=name, kind=WasteFacilityKind.TPS3R, longitude=115.0, latitude=-8.5)
        await unit.add(made)
    return made


def weighed(
    unit: Unit,
    facility: Facility,
    grams: int,
    day: date | None = None,
    *,
    stream: WasteStream = WasteStream.ORGANIK,
    household: Household | None = None,
    at: datetime | None = None,
) -> Intake:
    """A weighing of a business date, for figures; not yet written."""
    return Intake(
        village_id=unit.village.id, facility_id=facility.id, household_id=household.id if household else None,
        stream=stream, source_class=WasteSourceClass.RUMAH_TANGGA, gross_grams=Grams(grams), tare_grams=Grams(0),
        mass_grams=Grams(grams), weighed_at=at or unit.now, business_date=day or unit.today,
    )  # fmt: skip


async def everybody(scene: Scene) -> dict[str, str | None]:
    """A token for each who may come to the waste of Bengkel, by hand."""
    token, hamlet = scene.world.token, scene.wayan.hamlet_id
    return {
        "operator": scene.operator,
        "perbekel": await token("perbekel", BENGKEL),
        "tps3r": await token("waste_tps3r_operator", BENGKEL),
        "collector": await token("waste_collector", BENGKEL),
        "agency": await token("agency_officer", TABANAN),
        "admin": await token("platform_admin", ""),
        "kelian": await token("kelian", BENGKEL, hamlet=hamlet),
        "wayan": await token("resident", BENGKEL, resident=scene.wayan.id),
        "neighbour": await token("village_operator", NEIGHBOUR),
        "next collector": await token("waste_collector", NEIGHBOUR),
        "visitor": None,
    }
