"""Bengkel and its neighbour with the register switched on, and a token for everybody who may come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World
from wantilan_cctv_registry.models import (
    Camera,
    CctvCameraKind,
    CctvCameraState,
    CctvPurpose,
    CctvSetting,
    PublicCamera,
)

PROGRAM = "cctv_registry"
REGISTER = """mutation ($input: CctvRegisterCameraInput!) { cctvRegisterCamera(input: $input) {
  warnings { code path } village { code }
  camera { id code state published publicCamera { id place } } } }"""

GOOD: Mapping[str, Any] = {
    "villageCode": BENGKEL,
    "code": "CAM-01",
    "name": "Simpang Rahasia",
    "kind": "FIXED",
    "purpose": "LALU_LINTAS",
    "setting": "PUBLIC",
    "state": "ACTIVE",
    "place": {"type": "Point", "coordinates": [115.091234, -8.561987]},
    "bearingDeg": 275,
    "model": "Merek Rahasia 4 MP",
    "operator": "Pemerintah Desa Bengkel",
    "contact": "Loket pelayanan, kantor desa",
    "signText": "Kawasan ini diawasi CCTV.",
    "signCheckedOn": "2026-01-15",
    "published": True,
}
"""A camera that nothing is wrong with. What must stay inside carries the word `Rahasia`."""


@dataclass(frozen=True)
class Scene:
    """`bengkel` is the village's id; `tokens` are those of actors by a short name, the visitor has none."""

    world: World
    bengkel: UUID
    tokens: Mapping[str, str | None]

    async def ask(self, who: str, query: str, **given: Any) -> Reply:
        return await self.world.ask(query, self.tokens[who], **given)

    async def register(self, who: str = "operator", **changes: Any) -> Reply:
        """Register the good camera with these changes; `...` leaves a field out."""
        given = {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}
        return await self.ask(who, REGISTER, input=given)

    async def registered(self, **changes: Any) -> dict[str, Any]:
        """The payload of a registration that must succeed."""
        reply = await self.register(**changes)
        return dict(reply.data["cctvRegisterCamera"])

    async def counted(self, village: str = BENGKEL) -> tuple[int, int]:
        """How many cameras and how many published ones the database holds."""
        async with self.world.unit(village) as unit:
            return len(await unit.all(Camera)), len(await unit.all(PublicCamera))

    async def events(self) -> int:
        async with self.world.database.transaction(BENGKEL) as session:
            query = sa.text("SELECT count(*) FROM event WHERE name = 'cctv.camera_registered'")
            return int(await session.scalar(query) or 0)

    async def switch(self, verb: str) -> None:
        """`enable` or `disable` the register in Bengkel."""
        name = f"{verb}Program"
        query = (
            f"mutation ($input: {verb.capitalize()}ProgramInput!) {{ {name}(input: $input) {{ changed }} }}"
        )
        reply = await self.ask("perbekel", query, input={"villageCode": BENGKEL, "program": PROGRAM})
        assert reply.data[name]["changed"]

    async def configure(self, **settings: int) -> Reply:
        query = "mutation ($input: ConfigureProgramInput!) { configureProgram(input: $input) { changed } }"
        given = {"villageCode": BENGKEL, "program": PROGRAM, "settings": settings}
        return await self.ask("perbekel", query, input=given)


async def set_the_scene(world: World) -> Scene:
    for village in (BENGKEL, NEIGHBOUR):
        await world.open(village, PROGRAM)
    hamlet = await world.hamlet(BENGKEL)
    resident = await world.resident(BENGKEL, hamlet)
    return Scene(
        world,
        hamlet.village_id,
        {
            "operator": await world.token("village_operator", BENGKEL),
            "perbekel": await world.token("perbekel", BENGKEL),
            "officer": await world.token("cctv_officer", BENGKEL),
            "admin": await world.token("platform_admin", ""),
            "neighbour": await world.token("village_operator", NEIGHBOUR),
            "agency": await world.token("agency_officer", TABANAN),
            "kelian": await world.token("kelian", BENGKEL, hamlet=hamlet.id),
            "resident": await world.token("resident", BENGKEL, resident=resident.id),
            "visitor": None,
        },
    )


def row(village_id: UUID, **changes: Any) -> Camera:
    """A camera as a table holds it, correct unless changed."""
    good = {
        "village_id": village_id,
        "code": "ROW",
        "name": "Baris",
        "kind": CctvCameraKind.DOME,
        "purpose": CctvPurpose.KEAMANAN,
        "setting": CctvSetting.PUBLIC,
        "state": CctvCameraState.PROPOSED,
        "longitude": 115.09,
        "latitude": -8.56,
        "operator": "Desa",
        "published": False,
        "registered_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Camera(**{**good, **changes})
