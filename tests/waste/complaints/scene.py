"""Who reports in Bengkel, who handles it, and a service point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from tests.waste.scene import Scene, everybody, set_the_scene

from wantilan import new_code, sort_key
from wantilan.registry.models import Hamlet, Message, Resident
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, NEIGHBOUR, Reply, World
from wantilan_waste.models import (
    Complaint,
    ComplaintPhoto,
    ComplaintStep,
    PublicComplaint,
    ServicePoint,
    WasteComplaintState,
    WasteOrganicHandling,
    WastePointStatus,
    WasteSourceClass,
)

PLACE = [115.123456, -8.512345]
REPORT = """mutation($input: WasteReportIssueInput!) { wasteReportIssue(input: $input) { trackingCode
  complaint { id trackingCode kind state text address place openedAt dueAt isLate reporter { id }
    household { id } steps { state } photos { file { kind } } } village { code } } }"""
BRIEF = "mutation($input: WasteReportIssueInput!) { wasteReportIssue(input: $input) { trackingCode } }"
MOVE = """mutation($input: WasteMoveComplaintInput!) { wasteMoveComplaint(input: $input) {
  complaint { state publicNote acknowledgedAt resolvedAt closedAt steps { state note } } } }"""
PUBLISH = """mutation($input: WastePublishComplaintInput!) { wastePublishComplaint(input: $input) {
  complaint { publicText } } }"""
HIDE = """mutation($input: WasteHideComplaintInput!) { wasteHideComplaint(input: $input) {
  complaint { publicText } } }"""
TRACK = "query($code: String!) { wasteTrackComplaint(code: $code) { state dueAt note } }"
CHAIN = ("ACKNOWLEDGED", "IN_PROGRESS", "RESOLVED", "CLOSED")
TABLES = (Complaint, ComplaintStep, ComplaintPhoto, PublicComplaint)


@dataclass(frozen=True)
class ComplaintScene:
    """Wayan and Ketut live together, Made does not; the neighbour has an office and Komang."""

    waste: Scene
    ketut: Resident
    komang: Resident
    point: ServicePoint
    tokens: dict[str, str | None]

    @property
    def world(self) -> World:
        return self.waste.world

    @property
    def operator(self) -> str:
        return self.waste.operator

    async def report(self, who: str = "wayan", document: str = REPORT, **given: Any) -> Reply:
        """A pickup that did not come, if nothing else is said."""
        asked = {"villageCode": BENGKEL, "kind": "MISSED_PICKUP", "text": "Nobody came.", **given}
        return await self.world.ask(document, self.tokens[who], input=asked)

    async def reported(self, who: str = "wayan", **given: Any) -> dict[str, Any]:
        """The complaint that was reported, as its payload shows it."""
        payload = (await self.report(who, **given)).data["wasteReportIssue"]
        return dict(payload["complaint"])

    async def move(self, id: str, state: str, who: str = "operator", **given: Any) -> Reply:
        asked = {"complaintId": id, "state": state, **given}
        return await self.world.ask(MOVE, self.tokens[who], input=asked)

    async def publish(self, id: str, text: str = "A pickup did not come.", **given: Any) -> None:
        asked = {"complaintId": id, "publicText": text, **given}
        assert (await self.world.ask(PUBLISH, self.operator, input=asked)).data

    async def up_to(self, id: str, state: str) -> None:
        """Take an open complaint along the chain."""
        for step in CHAIN[: CHAIN.index(state) + 1]:
            assert (await self.move(id, step)).data

    async def set_state(self, state: WasteComplaintState, id: str) -> None:
        """Put a complaint into a state, whatever the rules say."""
        now = datetime.now(UTC)
        async with self.world.unit(BENGKEL) as unit:
            for row in await unit.all(Complaint):
                if id.endswith(row.id.hex):
                    row.state = state
                    row.resolved_at = now if state.name in ("RESOLVED", "CLOSED") else None
                    row.closed_at = now if state.name in ("CLOSED", "REJECTED") else None

    async def age(self, **back: float) -> None:
        """Let all complaints be older."""
        earlier = timedelta(**back)
        async with self.world.unit(BENGKEL) as unit:
            for row in [*await unit.all(Complaint), *await unit.all(PublicComplaint)]:
                row.opened_at, row.due_at = row.opened_at - earlier, row.due_at - earlier

    async def rows(self, model: Any, code: str = BENGKEL) -> Sequence[Any]:
        async with self.world.unit(code) as unit:
            return sorted(await unit.all(model), key=lambda row: row.id)

    async def written(self) -> dict[str, list[Any]]:
        """All that a complaint can write, in both villages."""
        found: dict[str, list[Any]] = {}
        for code in (BENGKEL, NEIGHBOUR):
            for model in (*TABLES, Message):
                columns = [column.key for column in sa.inspect(model).column_attrs]
                found[f"{code} {model.__name__}"] = [
                    [getattr(row, column) for column in columns] for row in await self.rows(model, code)
                ]
            events = await self.rows(Event, code)
            found[f"{code} events"] = [row.name for row in events if row.name.startswith("waste.complaint")]
        return found

    async def inbox(self, who: str = "wayan", language: Any = "en") -> list[dict[str, str]]:
        query = "{ me { resident { messages { nodes { subject body } } } } }"
        reply = await self.world.ask(query, self.tokens[who], language=language)
        return list(reply.data["me"]["resident"]["messages"]["nodes"])


async def set_the_complaint_scene(world: World) -> ComplaintScene:
    waste = await set_the_scene(world)
    hamlet = await world.hamlet(NEIGHBOUR, "Banjar Tengah")
    async with world.unit(BENGKEL) as unit:
        point = ServicePoint(
            code=new_code(BENGKEL, 20), code_since=unit.now, household_id=waste.household.id, label="K-01",
            label_key=sort_key("K-01"), hamlet_id=waste.wayan.hamlet_id, source_class=WasteSourceClass.RUMAH_TANGGA, longitude=PLACE[0],
            latitude=PLACE[1], organic_handling=next(iter(WasteOrganicHandling)),
            status=WastePointStatus.ACTIVE, opened_on=date(2025, 1, 1),
        )  # fmt: skip
        await unit.add(point)
    ketut = await world.resident(
        BENGKEL, await hamlet_of(world, waste), waste.household, name="Ni Ketut Contoh", serial=3
    )
    komang = await world.resident(NEIGHBOUR, hamlet, waste.other_household, name="Komang Contoh", serial=4)
    tokens = {
        **(await everybody(waste)),
        "made": await world.token("resident", BENGKEL, resident=waste.made.id),
        "ketut": await world.token("resident", BENGKEL, resident=ketut.id),
        "komang": await world.token("resident", NEIGHBOUR, resident=komang.id),
    }
    return ComplaintScene(waste, ketut, komang, point, tokens)


async def hamlet_of(world: World, waste: Scene) -> Hamlet:
    async with world.unit(BENGKEL) as unit:
        found = await unit.get(Hamlet, waste.wayan.hamlet_id)
    assert found is not None
    return found
