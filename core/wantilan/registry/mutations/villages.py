"""Changes of a village, its hamlets, and who heads them."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from ...access.permissions import PlaceKind
from ...access.tables import RoleGrant
from ...errors import Conflict, RuleViolated, Text
from ...graph.context import Info, WriteUnit
from ...graph.declare import ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.naming import camel_case
from ...store.ids import uuid7
from .. import models, rules
from ..codes import ResidentStatus
from ..heads import NOT_ALIVE_HERE, Term, appointment_faults, ending_fault
from ..life.timeline import DAY
from ..names import clean_name, sort_key
from ..numbers import Finding
from ..permissions import MANAGE
from ..searching import index_residents
from ..types import Hamlet, HamletHead, Resident, Village
from .resident_judging import refuse
from .village_input import (
    AddHamletInput,
    AddHamletPayload,
    AppointHamletHeadInput,
    AppointHamletHeadPayload,
    EndHamletHeadInput,
    EndHamletHeadPayload,
    RemoveHamletInput,
    RemoveHamletPayload,
    RenameHamletInput,
    RenameHamletPayload,
    UpdateVillageInput,
    UpdateVillagePayload,
)

IN_USE = Text(
    "Banjar ini masih dipakai: ada keluarga, penduduk, kelian, peran atau riwayat di dalamnya.",
    "This hamlet is in use: households, residents, heads, roles or their history are tied to it.",
)
NO_HEAD = Text("Banjar ini tidak punya kelian sekarang.", "Nobody heads this hamlet now.")


@mutation(needs=MANAGE)
async def update_village(info: Info, input: UpdateVillageInput) -> UpdateVillagePayload:
    """Change what a village calls its parts, where it lies, and its time zone."""
    judge, terms = Judge(input), input.terms
    for name in ("hamlet", "head", "hamlet_head"):
        fault = rules.text_fault(getattr(terms, name)) if terms is not None else None
        if fault is not None:
            judge.faults.append(fault.at("input", "terms", camel_case(name)))
    if input.time_zone is not None:
        refuse(judge, "time_zone", rules.zone_fault(input.time_zone))
    if not _says_something(input):
        judge.faults.append(rules.NOTHING_CHANGED.at("input"))
    judge.check()
    async with info.context.write(input.village_code) as unit:
        village = await unit.own_village()
        if terms is not None:
            village.hamlet_term = _cleaned(terms.hamlet) or village.hamlet_term
            village.head_term = _cleaned(terms.head) or village.head_term
            village.hamlet_head_term = _cleaned(terms.hamlet_head) or village.hamlet_head_term
        if input.place is None:
            village.longitude = village.latitude = None
        elif input.place:
            village.longitude, village.latitude = input.place["coordinates"]
        village.time_zone = input.time_zone or village.time_zone
        await unit.flush()
        unit.announce("village_changed")
    return UpdateVillagePayload(village=ref(Village, village))


def _says_something(input: UpdateVillageInput) -> bool:
    terms = input.terms
    said = terms is not None and any((terms.hamlet, terms.head, terms.hamlet_head))
    return said or input.time_zone is not None or input.place is None or bool(input.place)


def _cleaned(text: str | None) -> str | None:
    return clean_name(text) if text is not None else None


# Hamlets


@mutation(needs=MANAGE)
async def add_hamlet(info: Info, input: AddHamletInput) -> AddHamletPayload:
    """Add a hamlet to a village."""
    judge = Judge(input)
    refuse(judge, "name", rules.text_fault(input.name))
    if not judge.good("village_code"):
        judge.check()
    async with info.context.write(input.village_code) as unit:
        await _judge_name(judge, unit, input.name)
        judge.check()
        name = clean_name(input.name)
        hamlet = models.Hamlet(village_id=unit.village.id, id=uuid7(), name=name, name_key=sort_key(name))
        await unit.add(hamlet)
        unit.announce("hamlet_changed", hamlet=hamlet.id)
        village = await unit.own_village()
    return AddHamletPayload(hamlet=ref(Hamlet, hamlet), village=ref(Village, village))


@mutation(needs=MANAGE)
async def rename_hamlet(info: Info, input: RenameHamletInput) -> RenameHamletPayload:
    """Give a hamlet another name; what is in it stays."""
    judge = Judge(input)
    refuse(judge, "name", rules.text_fault(input.name))
    key = judge.key(Hamlet, "hamlet_id")
    if key is None:
        judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        hamlet = await unit.target(models.Hamlet, key.id, lock=True)
        await _judge_name(judge, unit, input.name, hamlet)
        judge.check()
        hamlet.name = clean_name(input.name)
        hamlet.name_key = sort_key(hamlet.name)
        await index_residents(unit, models.Resident.hamlet_id == hamlet.id)
        unit.announce("hamlet_changed", hamlet=hamlet.id)
    return RenameHamletPayload(hamlet=ref(Hamlet, hamlet))


async def _judge_name(judge: Judge, unit: WriteUnit, name: str, own: models.Hamlet | None = None) -> None:
    """Whether no other hamlet of the village is called so, however it is written."""
    alike = [models.Hamlet.name_key == sort_key(clean_name(name))]
    if own is not None:
        alike.append(models.Hamlet.id != own.id)
    if judge.good("name") and await unit.exists(models.Hamlet, *alike):
        refuse(judge, "name", rules.DUPLICATE_HAMLET)


@mutation(needs=MANAGE)
async def remove_hamlet(info: Info, input: RemoveHamletInput) -> RemoveHamletPayload:
    """Remove a hamlet that was added by mistake. RULE_VIOLATED (`HAMLET_IN_USE`) as soon as anything is, or
    was, tied to it.
    """
    judge = Judge(input)
    key = judge.key(Hamlet, "hamlet_id")
    judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        hamlet = await unit.target(models.Hamlet, key.id, lock=True)
        granted = sa.select(RoleGrant.id).where(
            RoleGrant.place_kind == PlaceKind.HAMLET,
            RoleGrant.object_id == hamlet.id,
            RoleGrant.revoked_at.is_(None),
        )
        if await unit.session.scalar(granted.limit(1)) is not None:
            raise RuleViolated("HAMLET_IN_USE", IN_USE)
        await unit.session.delete(hamlet)
        try:
            await unit.flush()  # the foreign keys know it of every program's tables
        except Conflict as error:
            raise RuleViolated("HAMLET_IN_USE", IN_USE) from error
        unit.announce("hamlet_changed", hamlet=key.id)
        village = await unit.own_village()
    return RemoveHamletPayload(village=ref(Village, village))


# Heads


@mutation(needs=MANAGE)
async def appoint_hamlet_head(info: Info, input: AppointHamletHeadInput) -> AppointHamletHeadPayload:
    """Say who heads a hamlet from a day on; who headed it until then ends the day before.

    It gives no role: whoever shall see the hamlet's people gets one by `grantRole`.
    """
    judge = Judge(input)
    key, resident_key = judge.key(Hamlet, "hamlet_id"), judge.key(Resident, "resident_id")
    if key is None:
        judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        hamlet = await unit.target(models.Hamlet, key.id, lock=True)
        resident = None
        if resident_key is not None:
            if resident_key.village == unit.village.id:
                resident = await unit.get(models.Resident, resident_key.id, lock=True)
            if resident is None:
                refuse(judge, "resident_id", rules.UNKNOWN_RESIDENT)
        rows = await unit.all(models.HamletHead, models.HamletHead.hamlet_id == hamlet.id)
        since = input.since if input.since is not None else unit.today
        if judge.good("since"):
            who = resident.id if resident is not None else None
            for name, fault in appointment_faults([_term(row) for row in rows], who, since, unit.today):
                refuse(judge, name, fault)
        if resident is not None and judge.good("since"):
            refuse(judge, "resident_id", await _not_alive(unit, resident, since))
        judge.check()
        assert resident is not None
        for row in rows:
            row.until = since - DAY if row.until is None else row.until
        await unit.flush()
        head = models.HamletHead(
            village_id=unit.village.id, id=uuid7(), hamlet_id=hamlet.id, resident_id=resident.id, since=since
        )
        await unit.add(head)
        unit.announce("hamlet_changed", hamlet=hamlet.id)
    return AppointHamletHeadPayload(head=ref(HamletHead, head), hamlet=ref(Hamlet, hamlet))


async def _not_alive(unit: WriteUnit, resident: models.Resident, day: date) -> Finding | None:
    period = models.ResidentPeriod
    alive = await unit.exists(
        period,
        period.resident_id == resident.id,
        period.status == ResidentStatus.HIDUP,
        period.since <= day,
        sa.or_(period.until.is_(None), period.until >= day),
    )
    return None if alive and resident.status is ResidentStatus.HIDUP else NOT_ALIVE_HERE


@mutation(needs=MANAGE)
async def end_hamlet_head(info: Info, input: EndHamletHeadInput) -> EndHamletHeadPayload:
    """Say that whoever heads a hamlet does so no longer; who shall follow is appointed apart."""
    judge = Judge(input)
    key = judge.key(Hamlet, "hamlet_id")
    if key is None:
        judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        hamlet = await unit.target(models.Hamlet, key.id, lock=True)
        mine, lasts = models.HamletHead.hamlet_id == hamlet.id, models.HamletHead.until.is_(None)
        head = await unit.first(models.HamletHead, mine, lasts, lock=True)
        until = input.until if input.until is not None else unit.today
        if head is not None and judge.good("until"):
            refuse(judge, "until", ending_fault(_term(head), until, unit.today))
        judge.check()
        if head is None:
            raise RuleViolated("HAMLET_WITHOUT_HEAD", NO_HEAD)
        head.until = until
        await unit.flush()
        unit.announce("hamlet_changed", hamlet=hamlet.id)
    return EndHamletHeadPayload(head=ref(HamletHead, head), hamlet=ref(Hamlet, hamlet))


def _term(row: models.HamletHead) -> Term:
    return Term(row.resident_id, row.since, row.until)
