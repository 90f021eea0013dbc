"""The old village's half: who leaves, what becomes of those who stay, and the records that are closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ...errors import RuleViolated
from ...graph.context import WriteUnit
from ...store.write import Unit, VillageFacts
from ..codes import LifeEventKind
from ..files.taking import drop_file
from ..life.planning import Changes, Happened, Person, planned
from ..life.projecting import lock, states_on
from ..life.recording import Act, record
from ..models import OutgoingPerson, OutgoingTransfer, Resident, TransferState
from . import rules

Kind = LifeEventKind


@dataclass(frozen=True)
class Leave:
    """Who leaves, in the order of the proposal, and what follows from it here, with all that is wrong."""

    persons: Sequence[Person]
    changes: Changes


async def plan_leave(
    unit: WriteUnit, day: date, persons: Sequence[Person], remaining: Sequence[Person]
) -> Leave:
    """What would follow if these left on a day. They are held until the end."""
    await lock(unit, Resident, {person.id for person in (*persons, *remaining)})
    states = await states_on(unit, day, {person.id for person in (*persons, *remaining)})
    happened = Happened(
        kind=Kind.PINDAH_DESA,
        day=day,
        states=states,
        resident=persons[0],
        along=tuple(persons[1:]),
        remaining=tuple(remaining),
    )
    changes = planned(happened)
    if not changes.faults:
        for index in rules.apart([states.get(person.id) for person in persons]):
            changes.faults.append((persons[index].at, rules.NOT_ONE_HOUSEHOLD))
    return Leave(persons, changes)


async def waiting_ones(unit: Unit, ids: Sequence[UUID]) -> set[UUID]:
    """Who of these is in a transfer that is still open."""
    query = sa.select(OutgoingPerson.resident_id).where(
        OutgoingPerson.village_id == unit.village.id,
        OutgoingPerson.waiting,
        OutgoingPerson.resident_id.in_(ids),
    )
    return set(await unit.session.scalars(query))


async def leavers(unit: Unit, transfer: UUID) -> Sequence[OutgoingPerson]:
    """Who leaves by a transfer, in order."""
    query = sa.select(OutgoingPerson).where(
        OutgoingPerson.village_id == unit.village.id, OutgoingPerson.transfer_id == transfer
    )
    return (await unit.session.scalars(query.order_by(OutgoingPerson.number))).all()


async def leave(unit: WriteUnit, transfer: OutgoingTransfer, to: VillageFacts) -> Sequence[Resident]:
    """Close the records of those who leave, as it was proposed; who they are, in order.

    Raises RuleViolated TRANSFER_OUTDATED where it cannot be any more.
    """
    persons = [Person(one.resident_id, ()) for one in await leavers(unit, transfer.id)]
    remaining = [Person(key, (), what) for key, what in rules.read(transfer.remaining).items()]
    going = await plan_leave(unit, transfer.happened_on, persons, remaining)
    if going.changes.faults:
        raise rules.outdated()
    said: dict[str, Any] = {
        "place": to.name,
        "distance": rules.distance(unit.village.code, to.code),
        "document": transfer.document,
        "note": transfer.note,
        "file_id": transfer.file_id,
    }
    act = Act(
        kind=Kind.PINDAH_DESA,
        happened_on=transfer.happened_on,
        resident_id=persons[0].id,
        residents=going.changes.residents,
        said=said,
    )
    try:
        (event,) = await record(unit, act)
    except RuleViolated as error:
        raise rules.outdated() from error
    rows = {row.id: row for row in await unit.all(Resident, Resident.id.in_([p.id for p in persons]))}
    for row in rows.values():
        row.moved_to_id = to.id
    transfer.event_id = event.id
    await unit.flush()
    return [rows[person.id] for person in persons]


async def end_outgoing(
    unit: Unit, transfer: OutgoingTransfer, state: TransferState, reason: str | None = None
) -> None:
    """Note how a transfer ended. The proof of one that did not come about is given up."""
    for one in await leavers(unit, transfer.id):
        one.waiting = False
    transfer.state, transfer.ended_at, transfer.reason = state, unit.now, reason
    if state is not TransferState.ACCEPTED and transfer.file_id is not None:
        await drop_file(unit, transfer.file_id)
    await unit.flush()
    unit.announce("transfer_changed", transfer=transfer.id)
