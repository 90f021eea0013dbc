"""A family of three in Bengkel, one next door, and who may come to either office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from wantilan.graph.relay import decode_id
from wantilan.registry.codes import Sex
from wantilan.registry.models import Hamlet, Resident
from wantilan.registry.numbers import fictitious_nik
from wantilan.store.outbox import Idempotency, OutboxHead
from wantilan.store.tables import sql_table
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World

THIRD = "51.02.06.2003"
DAY = "2024-03-01"
REGISTER = """mutation($input: RegisterResidentInput!) { registerResident(input: $input) {
  resident { id } household { id } warnings { code path message } } }"""
PROPOSE = """mutation($input: ProposeTransferInput!) { proposeTransfer(input: $input) { transfer {
  id state happenedOn proposedBy target { code } persons { resident { fullName } } } } }"""
ACCEPT = """mutation($input: AcceptTransferInput!) { acceptTransfer(input: $input) { warnings { code }
  household { id } transfer { id state endedBy event { kind happenedOn place distance }
    persons { fullName birthDate relationship
              resident { id fullName nik status membership { relationship } hamlet { name } } } } } }"""
REFUSE = """mutation($input: RefuseTransferInput!) { refuseTransfer(input: $input) {
  transfer { id state reason persons { fullName birthDate sex resident { id } } } } }"""
WITHDRAW = """mutation($input: WithdrawTransferInput!) { withdrawTransfer(input: $input) {
  transfer { id state reason persons { resident { fullName } } } } }"""
MERGE = """mutation($input: MergeResidentsInput!) { mergeResidents(input: $input) { taken
  event { kind } resident { id fullName nik phone status membership { relationship } }
  merged { id status nik mergedInto { id } history { nodes { event { kind } } } } } }"""
COMING = f"""{{ village(code: "{NEIGHBOUR}") {{ incomingTransfers {{ nodes {{ id state happenedOn source {{ code name }}
  persons {{ id fullName sex birthDate relationship resident {{ id }} }} }} }} }} }}"""
DUPLICATES = f"""{{ village(code: "{BENGKEL}") {{ duplicates {{ nodes {{ id rule weight state
  first {{ fullName }} second {{ fullName }} }} }} }} }}"""


@dataclass
class Scene:
    """`ids` are global ids by name. Wayan is the head, Luh his wife, Putu their child; Nyoman lives alone."""

    world: World
    hamlet: Hamlet
    there: Hamlet
    ids: dict[str, str]
    tokens: Mapping[str, str | None]
    niks: dict[str, str] = field(default_factory=dict)

    async def ask(self, who: str, document: str, *, key: str | None = None, **given: Any) -> Reply:
        return await self.world.ask(document, self.tokens[who], key=key, **given)

    async def register(self, name: str, full_name: str, **given: Any) -> Reply:
        """Enter a person of Bengkel; the id is kept under the name."""
        asked = {
            "villageCode": BENGKEL, "hamletId": await self.world.id_of("Hamlet", self.hamlet), "fullName": full_name,
            "sex": "LAKI_LAKI", "birthDate": "1980-04-12", **given,
        }  # fmt: skip
        if "nik" in asked:
            self.niks[name] = asked["nik"]
        reply = await self.ask("source", REGISTER, input=asked)
        self.ids[name] = reply.data["registerResident"]["resident"]["id"]
        return reply

    async def propose(self, *names: str, who: str = "source", key: str | None = None, **given: Any) -> Reply:
        asked = {
            "residentIds": [self.ids[name] for name in names], "targetVillageCode": NEIGHBOUR, "happenedOn": DAY, **given,
        }  # fmt: skip
        return await self.ask(who, PROPOSE, key=key, input=asked)

    async def proposed(self, *names: str, **given: Any) -> Mapping[str, Any]:
        """A transfer as its new office sees it."""
        (await self.propose(*names, **given)).data  # noqa: B018
        reply = await self.ask("target", COMING)
        found: list[Mapping[str, Any]] = reply.data["village"]["incomingTransfers"]["nodes"]
        return next(one for one in found if one["state"] == "PROPOSED")

    async def home(self, transfer: Mapping[str, Any], *relationships: str, **given: Any) -> dict[str, Any]:
        """An input for accepting, into a new household."""
        persons = zip(transfer["persons"], relationships, strict=True)
        return {
            "transferId": transfer["id"], "hamletId": await self.world.id_of("Hamlet", self.there), "newHousehold": {},
            "relationships": [{"personId": one["id"], "relationship": what} for one, what in persons], **given,
        }  # fmt: skip

    async def accept(
        self,
        transfer: Mapping[str, Any],
        *relationships: str,
        who: str = "target",
        key: str | None = None,
        **given: Any,
    ) -> Reply:
        return await self.ask(who, ACCEPT, key=key, input=await self.home(transfer, *relationships, **given))

    def uuid(self, name: str) -> UUID:
        key = decode_id(self.ids[name])
        assert key is not None
        return key.id

    async def row(self, name: str, code: str = BENGKEL) -> Resident:
        async with self.world.unit(code) as unit:
            row = await unit.get(Resident, self.uuid(name))
            assert row is not None
        return row

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table in all villages, but those that say only that somebody asked."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        async with self.world.database.transaction(WHOLE_COUNTRY) as session:
            for model in self.world.host.models:
                table = sql_table(model)
                if model not in (Idempotency, OutboxHead) and table.name != "region":
                    rows = await session.execute(sa.select(table))
                    found[table.name] = sorted(tuple(map(str, row)) for row in rows)
        return found


async def set_the_scene(world: World) -> Scene:
    for code in (BENGKEL, NEIGHBOUR, THIRD):
        await world.open(code)
    hamlet, there = await world.hamlet(BENGKEL), await world.hamlet(NEIGHBOUR, "Banjar Tetangga")
    scene = Scene(
        world,
        hamlet,
        there,
        {},
        {"source": await world.token("village_operator", BENGKEL, name="of Bengkel")},
    )
    born = date(1980, 4, 12)
    first = await scene.register(
        "wayan", "I Wayan Contoh", nik=fictitious_nik(born, Sex.LAKI_LAKI, 11), phone="0812 3456 789", religion="HINDU",
        maritalStatus="KAWIN", relationship="KEPALA_KELUARGA", newHousehold={"registeredOn": "2020-01-01"},
        birthDate=born.isoformat(),
    )  # fmt: skip
    scene.ids["household"] = first.data["registerResident"]["household"]["id"]
    event = {"kind": "TERDAFTAR", "happenedOn": "2020-01-01"}
    home = {"householdId": scene.ids["household"], "event": event}
    wife, child = date(1982, 6, 3), date(2010, 9, 9)
    await scene.register(
        "luh", "Ni Luh Contoh", nik=fictitious_nik(wife, Sex.PEREMPUAN, 12), sex="PEREMPUAN", birthDate=wife.isoformat(),
        relationship="ISTRI", **home,
    )  # fmt: skip
    await scene.register(
        "putu", "Putu Contoh", nik=fictitious_nik(child, Sex.LAKI_LAKI, 13), birthDate=child.isoformat(),
        relationship="ANAK", motherName="Ni Luh Contoh", **home,
    )  # fmt: skip
    await scene.register("nyoman", "I Nyoman Contoh", temporaryNik=True, birthDate="1975-01-02", event=event)
    wayan = await scene.row("wayan")
    scene.tokens = {
        **scene.tokens,
        "target": await world.token("village_operator", NEIGHBOUR, name="of the neighbour"),
        "third": await world.token("village_operator", THIRD),
        "kelian": await world.token("kelian", BENGKEL, hamlet=hamlet.id),
        "kelian there": await world.token("kelian", NEIGHBOUR, hamlet=there.id),
        "agency": await world.token("agency_officer", TABANAN),
        "resident": await world.token("resident", BENGKEL, resident=wayan.id),
        "visitor": None,
    }
    return scene
