"""A TPS3R that sorts, composts, sells and hauls, and who works there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.waste.scene import a_facility

from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World
from wantilan_waste.models import Batch, Category, Facility, Intake, Lot, Sale, StockMovement, Trip
from wantilan_waste.models import WastePpClass as Pp
from wantilan_waste.models import WasteSipsnClass as Sipsn
from wantilan_waste.models import WasteStream as Stream

CATEGORIES = (
    ("PET", Stream.ANORGANIK, Sipsn.PLASTIK, Pp.DAPAT_DIDAUR_ULANG, None),
    ("KARDUS", Stream.ANORGANIK, Sipsn.KERTAS_KARTON, Pp.DAPAT_DIDAUR_ULANG, 60),
    ("DAUN", Stream.ORGANIK, Sipsn.KAYU_RANTING, Pp.MUDAH_TERURAI, 150),
    ("KOMPOS", Stream.ORGANIK, Sipsn.LAINNYA, Pp.MUDAH_TERURAI, None),
    ("BATERAI", Stream.B3, Sipsn.LAINNYA, Pp.B3, None),
)


def ago(**back: float) -> str:
    """A moment that lies so far back, as an input has it."""
    return (datetime.now(UTC) - timedelta(**back)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Plant:
    """Rows of Bengkel's TPS3R, of a second facility there and of the neighbour's, and their ids in the API."""

    world: World
    facility: Facility
    ids: Mapping[str, str]
    operator: str

    async def do(
        self, name: str, shown: str = "village { code }", /, *, token: str | None = None, **given: Any
    ) -> Reply:
        """One mutation as the operator."""
        text = (
            f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {shown} }} }}"
        )
        return await self.world.ask(text, token or self.operator, input=given)

    async def done(self, name: str, shown: str = "village { code }", /, **given: Any) -> Any:
        """The payload of a mutation that succeeds."""
        return (await self.do(name, shown, **given)).data[name]

    async def take_in(self, stream: str, grams: int, category: str | None = None, **more: Any) -> str:
        """The id of an intake."""
        given = {"facilityId": self.ids["facility"], "stream": stream, "gross": grams, **more}
        if category is not None:
            given["categoryId"] = self.ids[category]
        intake = (await self.done("wasteRecordIntake", "intake { id }", **given))["intake"]
        return str(intake["id"])

    async def lots(self, where: str = "facility") -> dict[str, dict[str, Any]]:
        """The lots of a facility, by their labels."""
        text = f"""query($id: ID!) {{ village(code: "{BENGKEL}") {{ waste {{
          lots(first: 100, filter: {{facilityId: {{eq: $id}}}}) {{ nodes {{ id label stream stock }} }} }} }} }}"""
        reply = await self.world.ask(text, self.operator, id=self.ids[where])
        nodes = reply.data["village"]["waste"]["lots"]["nodes"]
        return {lot["label"]: lot for lot in nodes}

    async def stock(self) -> dict[str, int]:
        return {label: lot["stock"] for label, lot in (await self.lots()).items()}

    async def lot(self, label: str) -> str:
        return str((await self.lots())[label]["id"])

    async def batch(self, kind: str, *ingredients: tuple[str, int], cured: bool = False) -> str:
        """The id of a batch into which this went out of lots."""
        opened = await self.done("wasteOpenBatch", "batch { id }", facilityId=self.ids["facility"], kind=kind)
        batch = str(opened["batch"]["id"])
        if ingredients:
            lines = [{"lotId": await self.lot(label), "mass": mass} for label, mass in ingredients]
            await self.done("wasteAddBatchInput", "batch { id }", batchId=batch, ingredients=lines)
        if cured:
            await self.done("wasteCureBatch", "batch { id }", batchId=batch)
        return batch

    async def written(self) -> tuple[object, ...]:
        """All that a mutation could have written; what was refused changes none of it."""
        async with self.world.unit(BENGKEL) as unit:
            lots = sorted((lot.label, lot.stock, lot.movements) for lot in await unit.all(Lot))
            batches = sorted(
                (b.label, b.state.name, b.input, b.output, b.loss) for b in await unit.all(Batch)
            )
            sales = sorted((sale.receipt_no, sale.paid_on) for sale in await unit.all(Sale))
            categories = sorted((c.code, c.name_id, c.active) for c in await unit.all(Category))
            facilities = sorted((f.name, f.staff) for f in await unit.all(Facility))
            counts = [len(await unit.all(model)) for model in (Intake, StockMovement, Trip, Event)]
        return lots, batches, sales, categories, facilities, counts


async def set_up_the_plant(world: World) -> Plant:
    for village in (BENGKEL, NEIGHBOUR):
        await world.open(village, "waste")
    facility = await a_facility(world, BENGKEL)
    second = await a_facility(world, BENGKEL, "Bank Sampah Contoh")
    other = await a_facility(world, NEIGHBOUR)
    ids = {
        "facility": await world.id_of("WasteFacility", facility),
        "second": await world.id_of("WasteFacility", second),
        "other": await world.id_of("WasteFacility", other),
    }
    async with world.unit(BENGKEL) as unit:
        for code, stream, sipsn, pp, density in CATEGORIES:
            category = Category(
                code=code, name_id=code.title(), name_en=code.title(), stream=stream, sipsn_class=sipsn, pp_class=pp,
                grams_per_litre=density, accepted_by_bank=stream is Stream.ANORGANIK, active=True,
            )  # fmt: skip
            await unit.add(category)
            ids[code] = await world.id_of("WasteCategory", category)
    operator = await world.token("village_operator", BENGKEL)
    return Plant(world, facility, ids, operator)


async def crew(plant: Plant) -> dict[str, str | None]:
    """A token for each who may come to the plant, by hand."""
    token = plant.world.token
    hamlet = await plant.world.hamlet(BENGKEL)
    household = await plant.world.household(BENGKEL, hamlet)
    wayan = await plant.world.resident(BENGKEL, hamlet, household, name="I Wayan Contoh", serial=1)
    return {
        "operator": plant.operator,
        "perbekel": await token("perbekel", BENGKEL),
        "tps3r": await token("waste_tps3r_operator", BENGKEL),
        "collector": await token("waste_collector", BENGKEL),
        "teller": await token("waste_bank_teller", BENGKEL),
        "agency": await token("agency_officer", TABANAN),
        "wayan": await token("resident", BENGKEL, resident=wayan.id),
        "neighbour": await token("village_operator", NEIGHBOUR),
        "visitor": None,
    }
