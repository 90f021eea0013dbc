"""A small program for tests of set-ups: what a warung serves. It keeps its dishes where settings are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from tests.core.notebook import TITLE

from wantilan import (
    BadUserInput,
    FieldFault,
    Program,
    Text,
    Unit,
    VillageFacts,
    VillageSettings,
    hookimpl,
    read_setup,
)
from wantilan.programs.values import Json
from wantilan.store.places import ProgramSettings

KEPT = "menu_dishes"


class MenuSettings(VillageSettings, program="menu", own=("phone",)):
    """How the warung works."""

    seats: Annotated[int, Field(ge=1, le=100)] = 20
    phone: str = ""


class Dish(BaseModel):
    """One dish."""

    model_config = ConfigDict(extra="forbid")

    price: Annotated[int, Field(ge=1)]


class Card(BaseModel):
    """All of them, by name."""

    model_config = ConfigDict(extra="forbid")

    dishes: dict[str, Dish]


class Menu:
    """The program. It raises while `broken`, and gives what is no JSON while `odd`."""

    name = "menu"

    def __init__(self) -> None:
        self.broken = self.odd = False

    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(
            name=self.name, title=TITLE, summary=TITLE, version="1.2", api=">=0.1,<0.2", settings=MenuSettings
        )

    @hookimpl
    async def export_setup(self, village: VillageFacts, unit: Unit) -> Mapping[str, Json]:
        if self.odd:
            return {"dishes": {village.id}}  # type: ignore[dict-item]
        return {"dishes": await dishes(unit)}

    @hookimpl
    async def import_setup(self, setup: Mapping[str, Json], unit: Unit) -> None:
        """Dishes are added and their prices set; none is taken away."""
        card = read_setup(Card, setup)
        if "Rendang" in card.dishes:
            text = Text("Bukan dari sini.", "Not from here.")
            raise BadUserInput(fields=[FieldFault(("dishes", "Rendang"), "NOT_FROM_HERE", text)])
        await serve(unit, {name: dish.model_dump() for name, dish in card.dishes.items()})
        unit.announce("program_configured", program="menu")
        if self.broken:
            raise RuntimeError("jangan-disebut")


async def dishes(unit: Unit) -> dict[str, Json]:
    row = await unit.first(ProgramSettings, ProgramSettings.program == KEPT)
    return dict(row.values) if row is not None else {}


async def serve(unit: Unit, more: Mapping[str, Json]) -> None:
    row = await unit.first(ProgramSettings, ProgramSettings.program == KEPT, lock=True)
    if row is None:
        row = ProgramSettings(program=KEPT, values={}, changed_at=unit.now)
    row.values = {**row.values, **more}
    await unit.add(row)
