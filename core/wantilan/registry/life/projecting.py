"""What follows from the events, made anew for whoever was touched: periods, memberships, present columns.

Rows that stay as they are are not written, and one that only ends keeps its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ...errors import RuleViolated
from ...store.tables import VillageTable
from ...store.write import Unit
from ..codes import ResidentStatus
from ..models import (
    Household,
    HouseholdMember,
    HouseholdNumber,
    HouseholdPeriod,
    LifeEffect,
    LifeEvent,
    Resident,
    ResidentPeriod,
)
from ..searching import index_residents
from .timeline import (
    DAY,
    STAYS_IN,
    Effect,
    Filling,
    State,
    Stay,
    Stretch,
    decoded,
    fillings,
    folded,
    household_faults,
    life_faults,
    on,
    stays,
)

M = TypeVar("M", bound=VillageTable)
T = TypeVar("T", ResidentPeriod, HouseholdMember, HouseholdPeriod)
BATCH = 500


def batched(ids: Collection[UUID]) -> Iterator[Sequence[UUID]]:
    """Lists that both databases take as parameters, in one order whoever asks."""
    ordered = sorted(ids)
    return (ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH))


async def lock(unit: Unit, model: type[Resident] | type[Household], ids: Collection[UUID]) -> None:
    """Hold rows until the end of the transaction."""
    for some in batched(ids):
        held = sa.select(model.id).where(model.village_id == unit.village.id, model.id.in_(some))
        await unit.session.execute(held.order_by(model.id).with_for_update())


async def lock_homes(unit: Unit, residents: Collection[UUID], household: UUID) -> None:
    """Hold a household that is entered together with those that may be left for it, in one order whichever
    way it goes: two who go against each other would wait for each other otherwise.
    """
    left = sa.select(HouseholdMember.household_id).where(
        HouseholdMember.village_id == unit.village.id, HouseholdMember.resident_id.in_(sorted(residents))
    )
    held = sa.select(Household.id).where(
        Household.village_id == unit.village.id, sa.or_(Household.id == household, Household.id.in_(left))
    )
    await unit.session.execute(held.order_by(Household.id).with_for_update())


async def project(unit: Unit, residents: Collection[UUID], households: Collection[UUID] = ()) -> None:
    """Bring the register up to date with the events of these residents, and of every household in which
    one of them is something else now. Residents and households are locked already.

    Raises RuleViolated where a life or a household would come out as it cannot be.
    """
    await unit.flush()
    touched = set(households)
    for some in batched(residents):
        touched |= await _project_residents(unit, some)
    for some in batched(touched):
        await _project_households(unit, some)
    for some in batched(residents):
        await index_residents(unit, Resident.id.in_(some))


async def _project_residents(unit: Unit, ids: Sequence[UUID]) -> set[UUID]:
    """Write periods and memberships; the households of which a membership is another one now."""
    effects = await effects_of(unit, LifeEffect.resident_id, ids)
    rows = {row.id: row for row in await _all(unit, Resident, Resident.id.in_(ids))}
    lives: dict[UUID, list[Stretch]] = {}
    for key, row in rows.items():
        for fault in life_faults(row.birth_date, effects[key]):
            raise RuleViolated(fault.code, fault.text)
        lives[key] = folded(effects[key])
    members = [(key, stay) for key, life in lives.items() for stay in stays(life)]
    old = await _all(unit, HouseholdMember, HouseholdMember.resident_id.in_(ids))
    was = {(row.resident_id, row.household_id, row.relationship, row.since, row.until) for row in old}
    will = {(key, stay.household_id, stay.relationship, stay.since, stay.until) for key, stay in members}
    concerned = {household for _, household, *_ in was ^ will}
    # A household is held before it is looked at: whoever else puts somebody in waits, and then sees him.
    await lock(unit, Household, concerned)
    periods = await _all(unit, ResidentPeriod, ResidentPeriod.resident_id.in_(ids))
    await _replace(unit, periods, [_period(rows[key], s) for key, life in lives.items() for s in life])
    await _replace(unit, old, [_member(unit, key, stay) for key, stay in members])
    for key, life in lives.items():
        state, row = life[-1].state, rows[key]
        row.status, row.hamlet_id, row.household_id = state.status, state.hamlet_id, state.household_id
        row.residency, row.marital_status = state.residency, state.marital_status
        row.education, row.occupation = state.education, state.occupation
        if state.status is not ResidentStatus.PINDAH:
            row.moved_to_id = None
    return concerned


async def _all(unit: Unit, model: type[M], *conditions: sa.ColumnElement[bool]) -> Sequence[M]:
    """As they are now that they are held, whatever the session read of them before."""
    query = sa.select(model).where(model.village_id == unit.village.id, *conditions)
    return (await unit.session.scalars(query, execution_options={"populate_existing": True})).all()


async def effects_of(unit: Unit, subject: Any, ids: Sequence[UUID]) -> Mapping[UUID, list[Effect]]:
    """The effects that count, by subject (a column of `LifeEffect`): those of undone events do not."""
    undoing = aliased(LifeEvent)
    undone = sa.exists().where(
        undoing.village_id == LifeEffect.village_id, undoing.undoes_id == LifeEffect.event_id
    )
    query = (
        sa.select(subject, LifeEvent.kind, LifeEffect.happened_on, LifeEffect.sequence, LifeEffect.changes)
        .join(
            LifeEvent,
            (LifeEvent.village_id == LifeEffect.village_id) & (LifeEvent.id == LifeEffect.event_id),
        )
        .where(LifeEffect.village_id == unit.village.id, subject.in_(ids), ~undone)
    )
    found: dict[UUID, list[Effect]] = defaultdict(list)
    for key, kind, day, sequence, changes in await unit.session.execute(query):
        values = decoded(changes)
        stays_in = values.pop(STAYS_IN, None)
        found[key].append(Effect(kind, day, sequence, values, stays_in))
    return found


async def states_on(
    unit: Unit, day: date, residents: set[UUID], household: Household | None = None
) -> dict[UUID, State | None]:
    """The state on a day of these residents, and of all who then lived with one of them or in a household."""
    states = await _states(unit, day, residents)
    homes = {state.household_id for state in states.values() if state is not None}
    homes |= {household.id if household is not None else None}
    belonged = sa.select(HouseholdMember.resident_id).where(
        HouseholdMember.village_id == unit.village.id,
        HouseholdMember.household_id.in_([home for home in homes if home is not None]),
    )
    others = set(await unit.session.scalars(belonged)) - residents
    return {**states, **await _states(unit, day, others)}


async def _states(unit: Unit, day: date, residents: set[UUID]) -> dict[UUID, State | None]:
    effects = await effects_of(unit, LifeEffect.resident_id, sorted(residents))
    return {one: on(day, folded(effects[one])) for one in residents}


def _period(row: Resident, stretch: Stretch) -> ResidentPeriod:
    state = stretch.state
    return ResidentPeriod(
        village_id=row.village_id, resident_id=row.id, since=stretch.since, until=stretch.until,
        status=state.status, hamlet_id=state.hamlet_id, residency=state.residency,
        marital_status=state.marital_status, education=state.education, occupation=state.occupation,
        sex=row.sex, birth_date=row.birth_date,
    )  # fmt: skip


def _member(unit: Unit, resident: UUID, stay: Stay) -> HouseholdMember:
    return HouseholdMember(
        village_id=unit.village.id, household_id=stay.household_id, resident_id=resident,
        relationship=stay.relationship, since=stay.since, until=stay.until,
    )  # fmt: skip


async def _project_households(unit: Unit, ids: Sequence[UUID]) -> None:
    hamlets = await effects_of(unit, LifeEffect.household_id, ids)
    members: dict[UUID, list[Stay]] = defaultdict(list)
    for row in await _all(unit, HouseholdMember, HouseholdMember.household_id.in_(ids)):
        members[row.household_id].append(Stay(row.household_id, row.relationship, row.since, row.until))
    periods = await _all(unit, HouseholdPeriod, HouseholdPeriod.household_id.in_(ids))
    wanted: list[HouseholdPeriod] = []
    closing: list[tuple[Household, date | None]] = []
    for household in await _all(unit, Household, Household.id.in_(ids)):
        filled = fillings(members[household.id])
        for fault in household_faults(filled):
            raise RuleViolated(fault.code, fault.text)
        where = _whereabouts(household, hamlets[household.id])
        household.hamlet_id = where[-1][1]
        wanted += _periods(household, filled, where)
        closing.append((household, _closed_on(household, filled)))
    # A number that one of them gives up may be the one that another gets back.
    for household, closed_on in sorted(closing, key=lambda one: one[1] is None):
        await _close(unit, household, closed_on)
    await _replace(unit, periods, wanted)


def _whereabouts(household: Household, effects: Iterable[Effect]) -> list[tuple[date, UUID]]:
    """From which day on it was in which hamlet."""
    ordered = sorted(effects, key=lambda effect: (effect.happened_on, effect.sequence))
    found = {effect.happened_on: effect.changes["hamlet_id"] for effect in ordered}
    return list(found.items()) or [(date.min, household.hamlet_id)]


def _periods(
    household: Household, filled: Iterable[Filling], where: Sequence[tuple[date, UUID]]
) -> Iterator[HouseholdPeriod]:
    """Each filling, cut where the household moved."""
    for filling in filled:
        moves = [day for day, _ in where[1:] if filling.since < day <= (filling.until or date.max)]
        starts = [filling.since, *moves]
        ends = [*(day - DAY for day in moves), filling.until]
        for since, until in zip(starts, ends, strict=True):
            hamlet = [place for day, place in where if day <= since] or [where[0][1]]
            yield HouseholdPeriod(
                village_id=household.village_id, household_id=household.id, since=since, until=until,
                hamlet_id=hamlet[-1], members=filling.members,
            )  # fmt: skip


def _closed_on(household: Household, filled: Sequence[Filling]) -> date | None:
    """The first day on which nobody belonged to it any more; of one that never had a member, its first."""
    if not filled:
        return household.registered_on
    return filled[-1].until + DAY if filled[-1].until is not None else None


async def _close(unit: Unit, household: Household, closed_on: date | None) -> None:
    """A household that nobody belongs to any more is closed, and gives up its number; a member opens it."""
    was = household.closed_on
    if was == closed_on:
        return
    since, until = HouseholdNumber.since, HouseholdNumber.until
    ended_then = sa.or_(until == was, sa.and_(until == since, since > was)) if was else until.is_(None)
    number = await unit.first(HouseholdNumber, HouseholdNumber.household_id == household.id, ended_then)
    if number is not None and (closed_on is not None or not await _in_use(unit, number)):
        number.until = max(closed_on, number.since) if closed_on is not None else None
    household.closed_on = closed_on
    await unit.flush()


async def _in_use(unit: Unit, number: HouseholdNumber) -> bool:
    return await unit.exists(
        HouseholdNumber,
        HouseholdNumber.number_hash == number.number_hash,
        HouseholdNumber.until.is_(None),
    )


# Writing only what differs


def _key(row: ResidentPeriod | HouseholdMember | HouseholdPeriod) -> Hashable:
    if isinstance(row, HouseholdMember):
        return row.resident_id, row.household_id, row.since
    return (row.resident_id if isinstance(row, ResidentPeriod) else row.household_id), row.since


async def _replace(unit: Unit, old: Sequence[T], wanted: Sequence[T]) -> None:
    """Make the rows of `old` those that are wanted. What ends is written before what begins to last: the
    database knows that only one lasts.
    """
    known = {_key(row): row for row in old}
    fresh: list[T] = []
    lasting: list[tuple[T, T]] = []
    for row in wanted:
        kept = known.pop(_key(row), None)
        if kept is None:
            fresh.append(row)
        elif row.until is None and kept.until is not None:
            lasting.append((kept, row))
        else:
            _take_over(kept, row)
    for gone in known.values():
        await unit.session.delete(gone)
    await unit.flush()
    for kept, row in lasting:
        _take_over(kept, row)
    await unit.flush()
    unit.session.add_all(fresh)
    await unit.flush()


def _take_over(kept: T, row: T) -> None:
    """Only what differs is written, and nothing where nothing does."""
    for column in sa.inspect(type(row)).columns:
        if column.key not in ("id", "village_id") and getattr(kept, column.key) != getattr(row, column.key):
            setattr(kept, column.key, getattr(row, column.key))
