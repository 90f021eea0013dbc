"""A hamlet with two families, and what can be said of the register by brute force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from wantilan.registry.codes import FamilyRelationship as Role
from wantilan.registry.codes import ResidentStatus, Sex
from wantilan.registry.models import (
    Hamlet,
    Household,
    HouseholdMember,
    HouseholdPeriod,
    LifeEffect,
    LifeEvent,
    Resident,
    ResidentPeriod,
)
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, World
from wantilan.testing.world import Reply

RECORD = """mutation($input: RecordLifeEventInput!) { recordLifeEvent(input: $input) {
  event { id kind happenedOn reportedOn recordedBy effects { resident { id } changes } } household { id } } }"""
UNDO = "mutation($input: UndoLifeEventInput!) { undoLifeEvent(input: $input) { event { id kind undoes { id } } } }"
TABLES = (
    Resident, Household, HouseholdMember, LifeEvent, LifeEffect, ResidentPeriod, HouseholdPeriod,
)  # fmt: skip
BEGAN = date(2020, 1, 1)


@dataclass
class Lives:
    """Bengkel with two hamlets, and families by name: `father mother son daughter` and `uncle aunt`."""

    world: World
    operator: str
    hamlets: tuple[Hamlet, Hamlet]
    homes: dict[str, Household] = field(default_factory=dict)
    people: dict[str, Resident] = field(default_factory=dict)

    async def family(self, home: str, *members: tuple[str, Role, Sex, date]) -> None:
        self.homes[home] = await self.world.household(BENGKEL, self.hamlets[0])
        for name, role, sex, born in members:
            self.people[name] = await self.world.resident(
                BENGKEL, self.hamlets[0], self.homes[home], name=f"I {name.title()} Contoh", sex=sex, born=born,
                serial=len(self.people) + 1, relationship=role,
            )  # fmt: skip

    async def id(self, name: str) -> str:
        if name in self.people:
            return await self.world.id_of("Resident", self.people[name])
        return await self.world.id_of("Household", self.homes[name]) if name in self.homes else name

    async def record(self, kind: str, day: str, who: str | None = None, **given: Any) -> Reply:
        """Names stand for ids (an id for itself), in `partnerId`, `householdId` and in the lists of `(name, relationship)`."""
        whole: dict[str, Any] = {"villageCode": BENGKEL, "kind": kind, "happenedOn": day, **given}
        if who is not None:
            whole["residentId"] = await self.id(who)
        for name in ("partnerId", "householdId"):
            if name in whole:
                whole[name] = await self.id(whole[name])
        for name in ("along", "remaining"):
            if name in whole:
                whole[name] = [
                    {"residentId": await self.id(one), "relationship": role} for one, role in whole[name]
                ]
        return await self.world.ask(RECORD, self.operator, input=whole)

    async def undo(self, reply: Reply) -> Reply:
        event = reply.data["recordLifeEvent"]["event"]["id"]
        return await self.world.ask(UNDO, self.operator, input={"eventId": event})

    async def rows(self) -> dict[str, Any]:
        """Every row of the register, to compare."""
        async with self.world.database.transaction(WHOLE_COUNTRY) as session:
            found = {}
            for model in TABLES:
                table: Any = model.__table__
                rows = await session.execute(sa.select(table).order_by(*table.primary_key))
                found[model.__name__] = [tuple(map(str, row)) for row in rows]
            return found

    async def now(self, name: str) -> Resident:
        async with self.world.unit(BENGKEL) as unit:
            row = await unit.get(Resident, self.people[name].id)
        assert row is not None
        return row

    async def belongs(self, home: str, day: date) -> dict[str, str]:
        """Who belonged to a household on a day, by name, and as what."""
        names = {row.id: name for name, row in self.people.items()}
        async with self.world.unit(BENGKEL) as unit:
            members = await unit.all(HouseholdMember, HouseholdMember.household_id == self.homes[home].id)
        return {names[m.resident_id]: m.relationship.name for m in members if covers(m, day)}

    # What must hold

    async def check(self) -> None:
        """The register is what the events say, on every day; and nothing is in it that cannot be."""
        async with self.world.unit(BENGKEL) as unit:
            residents = await unit.all(Resident)
            undone = {event.undoes_id for event in await unit.all(LifeEvent)}
            effects = [e for e in await unit.all(LifeEffect) if e.event_id not in undone]
            periods = await unit.all(ResidentPeriod)
            members = await unit.all(HouseholdMember)
            fillings = await unit.all(HouseholdPeriod)
            homes = {home.id: home for home in await unit.all(Household)}
        for resident in residents:
            own = [e for e in effects if e.resident_id == resident.id]
            days = turning_days(own, resident.id)
            for day in days:
                state = replayed(own, day)
                (period,) = [p for p in periods if p.resident_id == resident.id and covers(p, day)] or [None]
                stays = [m for m in members if m.resident_id == resident.id and covers(m, day)]
                if not state:
                    assert period is None and not stays
                    continue
                assert period is not None and len(stays) <= 1, "in two households at once"
                shown = {"status": period.status.name, "hamlet_id": period.hamlet_id.hex}
                shown["household_id"] = stays[0].household_id.hex if stays else None
                shown["relationship"] = stays[0].relationship.name if stays else None
                assert shown == {name: state[name] for name in shown}, (resident.full_name, day)
                assert not stays or period.status is ResidentStatus.HIDUP
            if days:
                last = replayed(own, days[-1])
                assert (resident.status.name, resident.hamlet_id.hex) == (last["status"], last["hamlet_id"])
                home = resident.household_id.hex if resident.household_id else None
                assert home == last["household_id"]
        for day in {d for m in members for d in (m.since, m.until and m.until + timedelta(days=1)) if d}:
            inside: Counter[Any] = Counter()
            heads: Counter[Any] = Counter()
            for member in members:
                if covers(member, day):
                    inside[member.household_id] += 1
                    heads[member.household_id] += member.relationship is Role.KEPALA_KELUARGA
            assert all(heads[home] == 1 for home in inside), day
            counted = {f.household_id: f.members for f in fillings if covers(f, day)}
            assert counted == dict(inside), day
        lasting = {m.household_id for m in members if m.until is None}
        for home in homes.values():
            assert (home.closed_on is None) == (home.id in lasting), "open, and nobody is its head"


def covers(row: Any, day: date) -> bool:
    return row.since <= day and (row.until is None or day <= row.until)


def turning_days(effects: list[LifeEffect], key: Any) -> list[date]:
    """The days on which something may begin or end, and those beside them."""
    turns = {e.happened_on for e in effects}
    return sorted({day + timedelta(days=by) for day in turns for by in (-1, 0, 1)})


def replayed(effects: list[LifeEffect], day: date) -> dict[str, Any]:
    """All that happened up to a day, one after the other."""
    state: dict[str, Any] = {}
    for effect in sorted(effects, key=lambda e: (e.happened_on, e.sequence)):
        if effect.happened_on <= day:
            state.update(effect.changes)
    return state


def names(reply: Reply) -> Iterator[str]:
    """The codes of a refusal: of its fields, or of its rule."""
    for error in reply.errors:
        extensions = error["extensions"]
        yield from (one["code"] for one in extensions.get("fields", ()))
        if "rule" in extensions:
            yield extensions["rule"]
