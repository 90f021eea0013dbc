"""Writing down what happened. Events and their effects are added and never changed; periods, memberships and
the present columns are made anew from them for whoever was touched, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ...graph.context import WriteUnit
from ...store.ids import uuid7
from ...store.write import Unit
from ..codes import LifeEventKind, ResidentStatus
from ..models import Household, LifeEffect, LifeEvent, Resident
from .projecting import batched, lock, project
from .timeline import encoded

OPERATOR = "wantilan"
"""Who it was where no actor was: a command on the machine."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One event to be recorded, with what it changes: columns of `State` by resident, hamlets by household.

    `said` are those columns of `LifeEvent` that describe it and change nothing.
    """

    kind: LifeEventKind
    happened_on: date
    reported_on: date | None = None
    """Today, if left out."""
    resident_id: UUID | None = None
    household_id: UUID | None = None
    residents: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    households: Mapping[UUID, UUID] = field(default_factory=dict)
    undoes_id: UUID | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


async def record(
    unit: Unit, *acts: Act, entered: Collection[UUID] = (), by: str = OPERATOR
) -> list[LifeEvent]:
    """Record events, and bring the register up to date with them. What they touch is locked until the end.

    `entered` are residents who are new: whoever wrote them announces them. `by` is what the unit's actor is
    called where the unit does not know him, as in a task. Raises RuleViolated where lives or
    households would come out as they cannot be; the transaction is then to be given up.
    """
    touched = {resident for act in acts for resident in act.residents}
    moved = {household for act in acts for household in act.households}
    known = touched - set(entered)
    await lock(unit, Resident, known)
    before = await _statuses(unit, known)
    events = [await _written(unit, act, by) for act in acts]
    await _add_effects(unit, [(event, act) for event, act in zip(events, acts, strict=True)], known)
    await project(unit, touched, moved)
    await _announce(unit, known, before)
    return events


async def undo(unit: Unit, event: LifeEvent, act: Act) -> LifeEvent:
    """Record that an event did not happen: what it changed is as if it had never been recorded.

    Raises RuleViolated like `record`; Conflict where it was undone already.
    """
    effects = await unit.all(LifeEffect, LifeEffect.event_id == event.id)
    residents = {effect.resident_id for effect in effects if effect.resident_id is not None}
    households = {effect.household_id for effect in effects if effect.household_id is not None}
    await lock(unit, Resident, residents)
    await lock(unit, Household, households)
    before = await _statuses(unit, residents)
    made = await _written(unit, act)
    await project(unit, residents, households)
    await _announce(unit, residents, before)
    return made


def actor_label(unit: Unit, by: str = OPERATOR) -> str:
    """What is written down as who did it."""
    return unit.actor.name if isinstance(unit, WriteUnit) else by


async def _written(unit: Unit, act: Act, by: str = OPERATOR) -> LifeEvent:
    event = LifeEvent(
        village_id=unit.village.id,
        id=uuid7(),
        kind=act.kind,
        resident_id=act.resident_id,
        household_id=act.household_id,
        happened_on=act.happened_on,
        reported_on=act.reported_on or unit.today,
        recorded_at=unit.now,
        recorded_by=unit.actor_id,
        recorded_by_label=actor_label(unit, by),
        undoes_id=act.undoes_id,
        **act.said,
    )
    unit.session.add(event)
    return event


async def _add_effects(unit: Unit, written: Sequence[tuple[LifeEvent, Act]], known: Collection[UUID]) -> None:
    """`known`: the residents to whom something happened before."""
    await unit.flush()
    residents = await _last(unit, LifeEffect.resident_id, known)
    households = await _last(unit, LifeEffect.household_id, {h for _, a in written for h in a.households})
    rows: list[dict[str, Any]] = []

    def add(event: LifeEvent, counts: dict[UUID, int], subject: str, key: UUID, changes: Any) -> None:
        counts[key] = counts.get(key, 0) + 1
        rows.append(
            {
                "village_id": unit.village.id, "id": uuid7(), "event_id": event.id, "resident_id": None,
                "household_id": None, "happened_on": event.happened_on, "sequence": counts[key],
                "changes": encoded(changes), subject: key,
            }
        )  # fmt: skip

    for event, act in written:
        for resident, changes in act.residents.items():
            add(event, residents, "resident_id", resident, changes)
        for household, hamlet in act.households.items():
            add(event, households, "household_id", household, {"hamlet_id": hamlet})
    if rows:
        await unit.session.execute(sa.insert(LifeEffect), rows, execution_options={"render_nulls": True})


async def _last(unit: Unit, subject: Any, ids: Collection[UUID]) -> dict[UUID, int]:
    """The number of the last effect of each that has any."""
    found: dict[UUID, int] = {}
    for some in batched(ids):
        numbers = sa.select(subject, sa.func.max(LifeEffect.sequence)).where(
            LifeEffect.village_id == unit.village.id, subject.in_(some)
        )
        found.update(_pairs(await unit.session.execute(numbers.group_by(subject))))
    return found


async def _statuses(unit: Unit, residents: Collection[UUID]) -> dict[UUID, ResidentStatus]:
    found: dict[UUID, ResidentStatus] = {}
    for some in batched(residents):
        statuses = sa.select(Resident.id, Resident.status).where(
            Resident.village_id == unit.village.id, Resident.id.in_(some)
        )
        found.update(_pairs(await unit.session.execute(statuses)))
    return found


async def _announce(unit: Unit, residents: Iterable[UUID], before: Mapping[UUID, ResidentStatus]) -> None:
    after = await _statuses(unit, set(residents))
    for resident, status in sorted(after.items()):
        left = before.get(resident) is ResidentStatus.HIDUP and status is not ResidentStatus.HIDUP
        if left:
            unit.announce("resident_left", resident=resident)
        else:
            unit.announce("resident_changed", resident=resident)


def _pairs(rows: Iterable[Any]) -> Iterable[tuple[UUID, Any]]:
    return ((key, value) for key, value in rows)
