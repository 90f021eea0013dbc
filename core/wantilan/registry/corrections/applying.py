"""Putting a resident right: the columns, and what was made of the birth date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from ...errors import Conflict, RuleViolated, Text
from ...graph.context import WriteUnit
from ..codes import LifeEventKind
from ..life.projecting import effects_of, project
from ..life.recording import Act, record
from ..life.timeline import decoded as decoded_changes
from ..life.timeline import life_faults
from ..models import LifeEffect, LifeEvent, Resident, ResidentCorrection
from ..names import sort_key
from ..numbers import Finding
from ..rules import DUPLICATE_NIK
from ..searching import index_resident
from .values import COLUMNS, decoded, encoded

CHANGED_MEANWHILE = Text(
    "Data penduduk ini sudah berubah sejak perbaikan diusulkan.",
    "The resident's data changed since the correction was proposed.",
)


async def life_fault(unit: WriteUnit, resident: Resident, birth_date: date) -> Finding | None:
    """What was recorded of a life and would not fit another birth date; a birth moves with it."""
    effects = (await effects_of(unit, LifeEffect.resident_id, [resident.id]))[resident.id]
    moved = [
        replace(one, happened_on=birth_date) if one.kind is LifeEventKind.LAHIR else one for one in effects
    ]
    return next(life_faults(birth_date, moved), None)


async def nik_in_use(unit: WriteUnit, resident: Resident, nik_hash: bytes) -> bool:
    """Whether somebody else of the village has this NIK."""
    return await unit.exists(Resident, Resident.nik_hash == nik_hash, Resident.id != resident.id)


async def apply(unit: WriteUnit, row: ResidentCorrection, resident: Resident) -> None:
    """Write the values of a correction, and announce it; the resident is locked already.

    Raises Conflict where a value is not the one that the proposal replaces, RuleViolated where another has
    the NIK, or where what was recorded of the life does not fit the new birth date.
    """
    _refuse_if_changed(row, resident)
    if row.nik_hash is not None:
        if await nik_in_use(unit, resident, row.nik_hash):
            raise RuleViolated(DUPLICATE_NIK.code, DUPLICATE_NIK.text)
        resident.nik_sealed, resident.nik_hash = row.nik_sealed, row.nik_hash
        resident.nik_masked, resident.nik_kind = row.nik_masked, row.nik_kind
    changes: Mapping[str, Any] = {name: decoded(name, value) for name, value in row.changes.items()}
    for name, value in changes.items():
        setattr(resident, name, value)
    resident.name_key = sort_key(resident.full_name)
    await unit.flush()
    births = await _births(unit, resident) if "birth_date" in changes else []
    if births:
        await record(unit, *[act for birth in births for act in await _redated(unit, birth, resident)])
        return
    if changes.keys() & {"birth_date", "sex"}:
        await project(unit, {resident.id})
    else:
        await index_resident(unit, resident)
    unit.announce("resident_changed", resident=resident.id)


def _refuse_if_changed(row: ResidentCorrection, resident: Resident) -> None:
    now = {name: encoded(getattr(resident, name)) for name in row.former if name in COLUMNS}
    if now != row.former or (row.nik_hash is not None and resident.nik_hash != row.former_nik_hash):
        raise Conflict(CHANGED_MEANWHILE)


async def _births(unit: WriteUnit, resident: Resident) -> list[LifeEvent]:
    """The event by which the resident was born here, unless it was undone."""
    born = await unit.all(
        LifeEvent, LifeEvent.resident_id == resident.id, LifeEvent.kind == LifeEventKind.LAHIR
    )
    undone = await unit.all(LifeEvent, LifeEvent.undoes_id.in_([event.id for event in born]))
    gone = {event.undoes_id for event in undone}
    return [event for event in born if event.id not in gone]


async def _redated(unit: WriteUnit, birth: LifeEvent, resident: Resident) -> list[Act]:
    """A birth on another day: events are never changed, so it is undone and recorded anew."""
    effects = await unit.all(LifeEffect, LifeEffect.event_id == birth.id)
    undoing = Act(
        kind=LifeEventKind.PEMBATALAN,
        happened_on=birth.happened_on,
        resident_id=birth.resident_id,
        household_id=birth.household_id,
        undoes_id=birth.id,
    )
    anew = replace(
        undoing,
        undoes_id=None,
        kind=LifeEventKind.LAHIR,
        happened_on=resident.birth_date,
        reported_on=max(birth.reported_on, resident.birth_date),
        residents={e.resident_id: decoded_changes(e.changes) for e in effects if e.resident_id is not None},
        households={
            e.household_id: decoded_changes(e.changes)["hamlet_id"]
            for e in effects
            if e.household_id is not None
        },
        said={name: getattr(birth, name) for name in ("place", "document", "note", "file_id")},
    )
    return [undoing, anew]
