"""Bengkel with two banjar and three people, its neighbour with one, and a token for everybody who may come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from wantilan import ResidentStatus, tables
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World
from wantilan_kartu_cerdas.cards import move_card, request_card
from wantilan_kartu_cerdas.models import Card, KartuCardStatus

REQUEST = """mutation ($resident: ID!, $note: String) {
  kartuRequestCard(input: {residentId: $resident, note: $note}) {
    card { id number status requestedAt approvedAt resident { fullName } } village { code } } }"""
APPROVE = """mutation ($card: ID!, $note: String) {
  kartuApproveCard(input: {cardId: $card, biodataChecked: true, note: $note}) {
    card { id status approvedAt biodataChecked photoChecked } village { code } } }"""


@dataclass(frozen=True)
class Scene:
    """`people` are rows, `ids` their global ids, `tokens` those of actors; the visitor has none."""

    world: World
    people: Mapping[str, tables.Resident]
    ids: Mapping[str, str]
    tokens: Mapping[str, str | None]

    async def ask(self, who: str, query: str, **given: Any) -> Reply:
        return await self.world.ask(query, self.tokens[who], **given)

    async def request(self, who: str, person: str = "wayan", **given: Any) -> Reply:
        return await self.ask(who, REQUEST, resident=self.ids[person], **given)

    async def approve(self, who: str, card: str, **given: Any) -> Reply:
        return await self.ask(who, APPROVE, card=card, **given)

    async def requested(self, who: str = "operator", person: str = "wayan") -> str:
        """The id of a card just asked for."""
        reply = await self.request(who, person)
        return str(reply.data["kartuRequestCard"]["card"]["id"])

    async def card(self, holder: str | tables.Resident, *steps: KartuCardStatus) -> Card:
        """A card that took these steps, written without an actor."""
        resident = self.people[holder] if isinstance(holder, str) else holder
        async with self.world.unit(BENGKEL if holder != "ketut" else NEIGHBOUR) as unit:
            card = await request_card(unit, resident)
            for step in steps:
                await move_card(unit, card, step)
        return card

    async def becomes(self, person: str, status: ResidentStatus) -> None:
        async with self.world.unit(BENGKEL) as unit:
            row = await unit.get(tables.Resident, self.people[person].id)
            assert row is not None
            row.status = status
            await unit.flush()

    async def written(self) -> dict[str, int]:
        """How many rows there are of all that a mutation of this program writes, in both villages."""
        found: dict[str, int] = {}
        for code in (BENGKEL, NEIGHBOUR):
            async with self.world.unit(code) as unit:
                for name in ("kartu_card", "kartu_card_event", "event"):
                    table = sa.table(name, sa.column("village_id", sa.Uuid()))
                    rows = sa.select(sa.func.count()).where(table.c.village_id == unit.village.id)
                    found[name] = found.get(name, 0) + (await unit.session.scalar(rows) or 0)
                replays = sa.select(sa.func.count()).select_from(sa.table("idempotency"))
                found["idempotency"] = await unit.session.scalar(replays) or 0
        return found

    async def announced(self) -> list[tuple[str, Any]]:
        """The events of Bengkel that this program announced, with their subjects."""
        event = sa.table("event", sa.column("name"), sa.column("subjects", sa.JSON()), sa.column("id"))
        query = sa.select(event.c.name, event.c.subjects).where(event.c.name.startswith("kartu."))
        async with self.world.unit(BENGKEL) as unit:
            return [
                (name, subjects) for name, subjects in await unit.session.execute(query.order_by(event.c.id))
            ]

    async def switch_off(self) -> None:
        """Disable the program in Bengkel, as the village would."""
        async with self.world.unit(BENGKEL) as unit:
            row = await unit.first(tables.VillageProgram, tables.VillageProgram.program == "kartu_cerdas")
            await unit.session.delete(row)

    async def switch_on(self) -> None:
        async with self.world.unit(BENGKEL) as unit:
            await unit.add(tables.VillageProgram(program="kartu_cerdas", enabled_at=unit.now))


async def set_the_scene(world: World) -> Scene:
    """Wayan and Luh live together in Banjar Kaja, Made lives in Banjar Kelod, Ketut in the next village."""
    await world.open(BENGKEL, "kartu_cerdas")
    await world.open(NEIGHBOUR, "kartu_cerdas")
    kaja, kelod = await world.hamlet(BENGKEL, "Banjar Kaja"), await world.hamlet(BENGKEL, "Banjar Kelod")
    beyond = await world.hamlet(NEIGHBOUR, "Banjar Dauh")
    kaja_house, kelod_house = await world.household(BENGKEL, kaja), await world.household(BENGKEL, kelod)
    people = {
        "wayan": await world.resident(BENGKEL, kaja, kaja_house, name="I Wayan Contoh", serial=1),
        "luh": await world.resident(BENGKEL, kaja, kaja_house, name="Ni Luh Contoh", serial=2),
        "made": await world.resident(BENGKEL, kelod, kelod_house, name="I Made Contoh", serial=3),
        "ketut": await world.resident(NEIGHBOUR, beyond, name="I Ketut Tetangga", serial=4),
    }
    tokens = {
        "operator": await world.token("village_operator", BENGKEL),
        "perbekel": await world.token("perbekel", BENGKEL),
        "officer": await world.token("kartu_officer", BENGKEL),
        "kelian_kaja": await world.token("kelian", BENGKEL, hamlet=kaja.id),
        "kelian_kelod": await world.token("kelian", BENGKEL, hamlet=kelod.id),
        "wayan": await world.token("resident", BENGKEL, resident=people["wayan"].id),
        "luh": await world.token("resident", BENGKEL, resident=people["luh"].id),
        "made": await world.token("resident", BENGKEL, resident=people["made"].id),
        "neighbour": await world.token("village_operator", NEIGHBOUR),
        "agency": await world.token("agency_officer", TABANAN),
        "visitor": None,
    }
    ids = {name: await world.id_of("Resident", row) for name, row in people.items()}
    return Scene(world, people, ids, tokens)
