"""Handing residents over to another village of the deployment: one office proposes, the other answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import strawberry

from ...access.tokens import Actors
from ...errors import NotFound
from ...graph.context import Info, WriteUnit
from ...graph.declare import ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.notices import Notice
from ...graph.relay import GlobalId, decode_id
from ...graph.shapes import shape_of
from ...programs.host import Host
from ...store.ids import uuid7
from ...store.secrets import Keys
from ...store.write import Unit
from .. import models, rules
from ..codes import LifeEventKind
from ..duplicates.finding import POSSIBLE_DUPLICATE, note_duplicates
from ..life.details import NOT_AN_ID, said_by
from ..life.entering import found_household
from ..life.planning import MOST_PERSONS, PERSON_TWICE, TOO_MANY, Person
from ..models import TransferState
from ..names import clean_name
from ..numbers import Finding
from ..transfer import rules as moving
from ..transfer.arriving import Home, arrive, comers, end_incoming
from ..transfer.following import follow
from ..transfer.leaving import end_outgoing, leave, plan_leave, waiting_ones
from ..types import Hamlet, Household, IncomingPerson, IncomingTransfer, OutgoingTransfer, Resident
from .life import persons_named
from .resident_input import LifeEventDetailsInput
from .resident_judging import (
    easternmost_today,
    judge_details,
    judge_new_household,
    judge_new_number,
    refuse,
)
from .transfer_input import (
    AcceptTransferInput,
    AcceptTransferPayload,
    ProposeTransferInput,
    ProposeTransferPayload,
    RefuseTransferInput,
    RefuseTransferPayload,
    WithdrawTransferInput,
    WithdrawTransferPayload,
)

TRANSFER = "resident.transfer"
At = tuple[str | int, ...]


# Proposing


@mutation(needs=TRANSFER)
async def propose_transfer(info: Info, input: ProposeTransferInput) -> ProposeTransferPayload:
    """Propose that residents go to another village of this deployment. Nothing of them changes until its
    office accepts; meanwhile that office sees their names, birth dates and relationships, and no numbers.
    """
    judge = Judge(input)
    going = _residents(judge, input.resident_ids)
    staying = persons_named(judge, "remaining", input.remaining)
    _judge_details(judge, input.details, LifeEventKind.PINDAH_DESA)
    if judge.good("happened_on"):
        refuse(judge, "happened_on", rules.day_fault(input.happened_on, easternmost_today()))
    if not going or not judge.good("target_village_code"):
        judge.check()
    source = going[0][1].village_id
    async with info.context.write_both(source, input.target_village_code) as (unit, there):
        if there is None:
            here = unit.village.code == input.target_village_code
            refuse(judge, "target_village_code", moving.SAME_VILLAGE if here else moving.UNKNOWN_VILLAGE)
        if judge.good("happened_on"):
            today = min(unit.today, there.today) if there is not None else unit.today
            refuse(judge, "happened_on", rules.day_fault(input.happened_on, today))
        persons = await _found(unit, judge, going)
        remaining = await _found(unit, judge, staying)
        judge.check()
        assert there is not None
        leaving = await plan_leave(unit, input.happened_on, persons, remaining)
        waiting = await waiting_ones(unit, [person.id for person in persons])
        faults = [*leaving.changes.faults, *((p.at, moving.WAITING) for p in persons if p.id in waiting)]
        judge.faults += [fault.at(*path) for path, fault in faults]
        judge.check()
        transfer = await _propose(unit, there, input, persons, remaining)
    return ProposeTransferPayload(transfer=ref(OutgoingTransfer, transfer))


def _residents(judge: Judge, given: Sequence[strawberry.ID]) -> list[tuple[At, GlobalId, Any]]:
    """The ids of those who go, each with its place; faults are noted there."""
    if not given or len(given) > MOST_PERSONS:
        refuse(judge, "resident_ids", TOO_MANY if given else moving.NOBODY)
        return []
    found: list[tuple[At, GlobalId, Any]] = []
    for index, text in enumerate(given):
        at, key = ("input", "residentIds", index), decode_id(text)
        if key is None or key.tag != shape_of(Resident).tag or key.village is None:
            judge.faults.append(NOT_AN_ID.at(*at))
        else:
            found.append((at, key, None))
    return found


async def _found(unit: Unit, judge: Judge, named: Sequence[tuple[At, GlobalId, Any]]) -> list[Person]:
    """Those who are in this register; a fault is noted for everybody else."""
    found: list[Person] = []
    for at, key, relationship in named:
        here = key.village == unit.village.id
        if here and await unit.exists(models.Resident, models.Resident.id == key.id):
            found.append(Person(key.id, at, relationship))
        else:
            judge.faults.append(rules.UNKNOWN_RESIDENT.at(*at))
    return found


async def _propose(
    unit: WriteUnit,
    there: Unit,
    input: ProposeTransferInput,
    persons: Sequence[Person],
    remaining: Sequence[Person],
) -> models.OutgoingTransfer:
    said = await said_by(unit, input.details, persons[0].id)
    same: dict[str, Any] = {
        "id": uuid7(),
        "state": TransferState.PROPOSED,
        "happened_on": input.happened_on,
        "proposed_at": unit.now,
    }
    going = models.OutgoingTransfer(
        **same,
        other_village_id=there.village.id,
        proposed_by=unit.actor_id,
        proposed_by_label=unit.actor.name,
        remaining=moving.written({p.id: p.relationship for p in remaining if p.relationship is not None}),
        document=said.get("document"),
        note=said.get("note"),
        file_id=said.get("file_id"),
    )
    await unit.add(going)
    await there.add(models.IncomingTransfer(**same, other_village_id=unit.village.id))
    for number, person in enumerate(persons, 1):
        row = await unit.get(models.Resident, person.id)
        assert row is not None
        member = await unit.first(
            models.HouseholdMember,
            models.HouseholdMember.resident_id == row.id,
            models.HouseholdMember.until.is_(None),
        )
        await unit.add(
            models.OutgoingPerson(transfer_id=going.id, number=number, resident_id=row.id, waiting=True)
        )
        await there.add(
            models.IncomingPerson(
                transfer_id=going.id,
                number=number,
                full_name=row.full_name,
                sex=row.sex,
                birth_date=row.birth_date,
                relationship=member.relationship if member is not None else None,
            )
        )
    for one in (unit, there):
        one.announce("transfer_changed", transfer=going.id)
    return going


# Accepting


@mutation(needs=TRANSFER)
async def accept_transfer(info: Info, input: AcceptTransferInput) -> AcceptTransferPayload:
    """Take the residents over: their old records are closed, new ones are made here, and every program takes
    along what belongs to them; all of it, or nothing in either village.

    RULE_VIOLATED: TRANSFER_OUTDATED when the old register has changed, DUPLICATE_NIK when one of them is in
    this one, DUTY_REFUSED when a program cannot follow. INVALID_TRANSITION when the transfer has ended.
    """
    judge, keys = Judge(input), info.context.service(Keys)
    key = judge.key(IncomingTransfer, "transfer_id")
    hamlet, household = judge.key(Hamlet, "hamlet_id"), judge.key(Household, "household_id")
    named = _judge_home(judge, input)
    _judge_details(judge, input.details, LifeEventKind.PINDAH_MASUK)
    if key is None:
        judge.check()
    assert key is not None
    async with info.context.write_both(key.village_id, _source_of(key)) as (unit, there):
        transfer = await unit.target(models.IncomingTransfer, key.id, lock=True)
        moving.check_open(transfer.state)
        if there is None:
            raise NotFound
        home = await _home(unit, judge, hamlet, household)
        coming = await comers(unit, transfer.id)
        relationships = _judge_relationships(judge, input, coming, named)
        if input.new_household is not None:
            await judge_new_number(judge, unit, input.new_household, keys)
        judge.check()
        assert home is not None
        outgoing = await there.get(models.OutgoingTransfer, transfer.id, lock=True)
        if outgoing is None:
            raise NotFound
        leaving = await leave(there, outgoing, unit.village)
        if input.new_household is not None:
            new = input.new_household
            founded = await found_household(
                unit, keys, hamlet_id=home.hamlet.id, address=new.address, kk_number=new.kk_number,
                registered_on=new.registered_on or transfer.happened_on,
            )  # fmt: skip
            home = Home(home.hamlet, founded, founded=True)
        said = await said_by(unit, input.details, None) | {
            "place": there.village.name,
            "distance": moving.distance(there.village.code, unit.village.code),
        }
        event, rows = await arrive(
            unit,
            keys,
            leaving,
            transfer.happened_on,
            home,
            _as_what(relationships, coming, leaving),
            said,
        )
        transfer.event_id = event
        for one, row in zip(coming, rows, strict=True):
            one.resident_id = row.id
        await end_outgoing(there, outgoing, TransferState.ACCEPTED)
        await end_incoming(unit, transfer, TransferState.ACCEPTED, unit.actor.name)
        found = await note_duplicates(unit, rows)
        await follow(info.context.service(Host), leaving, rows, there, unit)
        info.context.after_commit(info.context.service(Actors).forget)
    return AcceptTransferPayload(
        transfer=ref(IncomingTransfer, transfer),
        household=ref(Household, home.household) if home.household is not None else None,
        warnings=[Notice.of(POSSIBLE_DUPLICATE.at("input", "transferId"))] if found else [],
    )


def _as_what(
    relationships: Mapping[UUID, Any],
    coming: Sequence[models.IncomingPerson],
    leaving: Sequence[models.Resident],
) -> dict[UUID, Any]:
    """The relationships by the records that are left: both halves of a transfer have one order."""
    both = zip(leaving, coming, strict=True)
    return {gone.id: relationships[one.id] for gone, one in both if one.id in relationships}


def _source_of(key: GlobalId) -> Any:
    async def ask(unit: WriteUnit) -> UUID:
        return (await unit.target(models.IncomingTransfer, key.id)).other_village_id

    return ask


def _judge_details(judge: Judge, details: LifeEventDetailsInput | None, kind: LifeEventKind) -> None:
    judge_details(judge, details, kind)
    for name in ("place", "distance"):
        if details is not None and getattr(details, name) is not None:
            judge.faults.append(moving.KNOWN_ALREADY.at("input", "details", name))


def _judge_home(judge: Judge, input: AcceptTransferInput) -> list[tuple[At, GlobalId | None, Any]]:
    """What can be said of the household without looking into the register; the persons that are named."""
    if input.household_id is not None and input.new_household is not None:
        refuse(judge, "new_household", rules.HOUSEHOLD_TWICE)
    if input.new_household is not None:
        judge_new_household(judge, input.new_household, easternmost_today())
    given = input.relationships or []
    if len(given) > MOST_PERSONS:
        refuse(judge, "relationships", TOO_MANY)
        return []
    if given and input.household_id is None and input.new_household is None:
        refuse(judge, "relationships", moving.NOWHERE)
    named: list[tuple[At, GlobalId | None, Any]] = []
    for index, one in enumerate(given):
        at, key = ("input", "relationships", index, "personId"), decode_id(one.person_id)
        if key is None or key.tag != shape_of(IncomingPerson).tag or key.village is None:
            judge.faults.append(NOT_AN_ID.at(*at))
            key = None
        named.append((at, key, one.relationship))
    return named


def _judge_relationships(
    judge: Judge,
    input: AcceptTransferInput,
    coming: Sequence[models.IncomingPerson],
    named: Sequence[tuple[At, GlobalId | None, Any]],
) -> dict[UUID, Any]:
    """What each of those who come will be, by the id of the person of the transfer."""
    known = {(one.village_id, one.id) for one in coming}
    found: dict[UUID, Any] = {}
    for at, key, relationship in named:
        if key is None:
            continue
        fault: Finding | None = None if (key.village, key.id) in known else moving.NOT_COMING
        if fault is None and key.id in found:
            fault = PERSON_TWICE
        if fault is not None:
            judge.faults.append(fault.at(*at))
        else:
            found[key.id] = relationship
    entering = input.household_id is not None or input.new_household is not None
    if entering and judge.good("relationships") and len(found) < len(coming):
        refuse(judge, "relationships", moving.NOT_NAMED)
    return found


async def _home(
    unit: Unit, judge: Judge, hamlet_key: GlobalId | None, household_key: GlobalId | None
) -> Home | None:
    hamlet = household = None
    if hamlet_key is not None and hamlet_key.village == unit.village.id:
        hamlet = await unit.get(models.Hamlet, hamlet_key.id)
    if hamlet is None and judge.good("hamlet_id"):
        refuse(judge, "hamlet_id", rules.UNKNOWN_HAMLET)
    if household_key is not None:
        if household_key.village == unit.village.id:
            household = await unit.get(models.Household, household_key.id, lock=True)
        if household is None:
            refuse(judge, "household_id", rules.UNKNOWN_HOUSEHOLD)
        elif household.closed_on is not None:
            refuse(judge, "household_id", rules.HOUSEHOLD_CLOSED)
    return Home(hamlet, household) if hamlet is not None else None


# Ending without


@mutation(needs=TRANSFER)
async def refuse_transfer(info: Info, input: RefuseTransferInput) -> RefuseTransferPayload:
    """Do not take the residents; they stay where they are. INVALID_TRANSITION when the transfer has ended."""
    judge = Judge(input)
    key = judge.key(IncomingTransfer, "transfer_id")
    refuse(judge, "reason", rules.text_fault(input.reason))
    judge.check()
    assert key is not None
    async with info.context.write_both(key.village_id, _source_of(key)) as (unit, there):
        transfer = await unit.target(models.IncomingTransfer, key.id, lock=True)
        moving.check_open(transfer.state)
        outgoing = await there.get(models.OutgoingTransfer, key.id, lock=True) if there is not None else None
        reason = clean_name(input.reason)
        if there is not None and outgoing is not None:
            await end_outgoing(there, outgoing, TransferState.REFUSED, reason)
        await end_incoming(unit, transfer, TransferState.REFUSED, unit.actor.name, reason)
    return RefuseTransferPayload(transfer=ref(IncomingTransfer, transfer))


@mutation(needs=TRANSFER)
async def withdraw_transfer(info: Info, input: WithdrawTransferInput) -> WithdrawTransferPayload:
    """Take a proposal back. INVALID_TRANSITION when the transfer has ended."""
    judge = Judge(input)
    key = judge.key(OutgoingTransfer, "transfer_id")
    refuse(judge, "reason", rules.text_fault(input.reason))
    judge.check()
    assert key is not None

    async def target_of(unit: WriteUnit) -> UUID:
        return (await unit.target(models.OutgoingTransfer, key.id)).other_village_id

    async with info.context.write_both(key.village_id, target_of) as (unit, there):
        transfer = await unit.target(models.OutgoingTransfer, key.id, lock=True)
        moving.check_open(transfer.state)
        incoming = await there.get(models.IncomingTransfer, key.id, lock=True) if there is not None else None
        reason = clean_name(input.reason) if input.reason is not None else None
        await end_outgoing(unit, transfer, TransferState.WITHDRAWN, reason)
        if there is not None and incoming is not None:
            await end_incoming(there, incoming, TransferState.WITHDRAWN, None, reason)
    return WithdrawTransferPayload(transfer=ref(OutgoingTransfer, transfer))
