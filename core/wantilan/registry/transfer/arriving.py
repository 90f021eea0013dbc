"""The new village's half: the records of those who come, in the household that they enter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ...errors import RuleViolated
from ...store.ids import uuid7
from ...store.secrets import Keys
from ...store.write import Unit
from ..codes import FamilyRelationship, LifeEventKind, ResidentStatus
from ..drawing import draw_nik
from ..life.entering import entry
from ..life.recording import Act, record
from ..models import Hamlet, Household, IncomingPerson, IncomingTransfer, Resident, TransferState
from ..numbering import nik_hash, opened_nik, sealed_nik
from ..numbers import NikKind
from ..rules import DUPLICATE_NIK

OWN = frozenset(
    (
        "village_id", "id", "nik_sealed", "nik_hash", "nik_masked", "nik_kind", "hamlet_id", "household_id",
        "status", "registered_at", "moved_to_id", "merged_into_id",
    )
)  # fmt: skip
"""The columns of a record that belong to its village. All others are the person's, and come along."""


@dataclass(frozen=True)
class Home:
    """Where those who come will live; `founded`: the household is made by this."""

    hamlet: Hamlet
    household: Household | None = None
    founded: bool = False


async def arrive(
    unit: Unit,
    keys: Keys,
    leaving: Sequence[Resident],
    day: date,
    home: Home,
    relationships: Mapping[UUID, FamilyRelationship],
    said: Mapping[str, Any],
) -> tuple[UUID, list[Resident]]:
    """Enter those who left elsewhere, in the same order; the event by which they came.

    `relationships` by the ids of the records that they left. Whoever lived here before, and moved away, comes
    back to his old record. Raises RuleViolated: DUPLICATE_NIK where one is here already.
    """
    rows: list[Resident] = []
    fresh: set[UUID] = set()
    for gone in leaving:
        row, new = await _record_of(unit, keys, gone, home.hamlet.id)
        rows.append(row)
        if new:
            fresh.add(row.id)
    await unit.flush()
    household = home.household.id if home.household is not None else None
    states = {
        row.id: entry(row, household, relationships.get(gone.id))
        for row, gone in zip(rows, leaving, strict=True)
    }
    act = Act(
        kind=LifeEventKind.PINDAH_MASUK,
        happened_on=day,
        resident_id=rows[0].id,
        household_id=household,
        residents=states,
        households={household: home.hamlet.id} if home.founded and household is not None else {},
        said=said,
    )
    (event,) = await record(unit, act, entered=fresh)
    for key in sorted(fresh):
        unit.announce("resident_registered", resident=key)
    return event.id, rows


async def _record_of(unit: Unit, keys: Keys, gone: Resident, hamlet: UUID) -> tuple[Resident, bool]:
    """The record of somebody here, with what the old one says of the person, and whether it is new."""
    nik = opened_nik(keys, gone.nik_sealed, gone.id) if gone.nik_sealed is not None else None
    if gone.nik_kind is NikKind.TEMPORARY:
        nik = await draw_nik(unit, keys)  # the old one is of the old village's series
    row = await _known(unit, keys, nik)
    if row is not None and row.status is not ResidentStatus.PINDAH:
        raise RuleViolated(DUPLICATE_NIK.code, DUPLICATE_NIK.text)
    new = row is None
    if row is None:
        row = Resident(village_id=unit.village.id, id=uuid7(), registered_at=unit.now)
        if nik is not None:
            for name, value in sealed_nik(keys, nik, row.id, unit.village.id).items():
                setattr(row, name, value)
    for column in sa.inspect(Resident).columns:
        if column.key not in OWN:
            setattr(row, column.key, getattr(gone, column.key))
    row.hamlet_id = hamlet
    if new:
        await unit.add(row)
    return row, new


async def _known(unit: Unit, keys: Keys, nik: str | None) -> Resident | None:
    """Who has this NIK here."""
    if nik is None:
        return None
    return await unit.first(Resident, Resident.nik_hash == nik_hash(keys, nik, unit.village.id), lock=True)


async def comers(unit: Unit, transfer: UUID) -> Sequence[IncomingPerson]:
    """Who comes by a transfer, in order."""
    query = sa.select(IncomingPerson).where(
        IncomingPerson.village_id == unit.village.id, IncomingPerson.transfer_id == transfer
    )
    return (await unit.session.scalars(query.order_by(IncomingPerson.number))).all()


async def end_incoming(
    unit: Unit, transfer: IncomingTransfer, state: TransferState, by: str | None, reason: str | None = None
) -> None:
    """Note how a transfer ended, and forget who was to come: those who came have records of their own."""
    for one in await comers(unit, transfer.id):
        one.full_name = one.sex = one.birth_date = one.relationship = None
    transfer.state, transfer.ended_at, transfer.reason = state, unit.now, reason
    transfer.ended_by_label = by
    await unit.flush()
    unit.announce("transfer_changed", transfer=transfer.id)
