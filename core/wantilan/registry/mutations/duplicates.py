"""Judging two records that may be one person, and making them one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from ...access.tokens import Actors
from ...errors import InvalidTransition, RuleViolated, Text
from ...graph.context import Info, WriteUnit
from ...graph.declare import ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.relay import GlobalId
from ...programs import hookspecs
from ...programs.duties.asking import duty
from ...programs.host import Host
from ...programs.values import ResidentFacts
from ...store.secrets import Keys
from .. import models, rules
from ..codes import LifeEventKind, ResidentStatus
from ..duplicates.finding import forget_open, note_duplicates
from ..duplicates.merging import OF_LIFE, take_over, taken_over
from ..life.details import NOT_FOR_THIS_KIND, said_by
from ..life.planning import Changes, Happened, Person, planned
from ..life.projecting import lock, project, states_on
from ..life.recording import Act, record
from ..life.timeline import State
from ..models import DuplicateState
from ..names import clean_name
from ..numbers import Finding
from ..transfer.leaving import waiting_ones
from ..types import LifeEvent, Resident, ResidentDuplicate
from .duplicate_input import (
    DismissDuplicateInput,
    DismissDuplicatePayload,
    MergeResidentsInput,
    MergeResidentsPayload,
)
from .life import persons_named
from .resident_judging import easternmost_today, judge_details, refuse

MERGE = "resident.merge"
Kind = LifeEventKind

JUDGED = Text("Pasangan ini sudah dinilai.", "This pair has been judged already.")
ITSELF = Finding("SAME_RECORD", Text("Data yang sama.", "Is the same record."))
NOT_VALID = Finding(
    "RESIDENT_NOT_VALID",
    Text("Data ini tidak berlaku lagi.", "This record is not valid any more, or was merged before."),
)
KEEP_THE_OTHER = Finding(
    "KEPT_NOT_ALIVE",
    Text(
        "Data ini tidak hidup di desa; pertahankan yang lain.",
        "This record does not live here any more: keep the other one.",
    ),
)
IN_TRANSFER = Finding(
    "TRANSFER_OPEN", Text("Ada usulan pindah yang terbuka.", "There is a transfer that has not ended.")
)
DIFFERENT = Text(
    "Jenis kelamin atau tanggal lahir berbeda; isi confirm bila memang satu orang.",
    "Sex or birth date differ; set confirm if it is one person all the same.",
)


@mutation(needs=MERGE)
async def dismiss_duplicate(info: Info, input: DismissDuplicateInput) -> DismissDuplicatePayload:
    """Say that a pair is two persons. INVALID_TRANSITION when it was judged before."""
    judge = Judge(input)
    key = judge.key(ResidentDuplicate, "duplicate_id")
    refuse(judge, "note", rules.text_fault(input.note))
    judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        pair = await unit.target(models.ResidentDuplicate, key.id, lock=True)
        if pair.state is not DuplicateState.OPEN:
            raise InvalidTransition(JUDGED)
        note = clean_name(input.note) if input.note is not None else None
        _judge_pair(unit, pair, DuplicateState.DISMISSED, note)
        await unit.flush()
    return DismissDuplicatePayload(duplicate=ref(ResidentDuplicate, pair))


def _judge_pair(
    unit: WriteUnit, pair: models.ResidentDuplicate, state: DuplicateState, note: str | None = None
) -> None:
    pair.state, pair.judged_at, pair.judged_by_label, pair.note = state, unit.now, unit.actor.name, note


@mutation(needs=MERGE)
async def merge_residents(info: Info, input: MergeResidentsInput) -> MergeResidentsPayload:
    """Make two records of one person one. Messages, files and roles go over to the kept record, and so does
    what programs keep; the history of both stays. All of it, or nothing.

    RULE_VIOLATED: CONFIRM_DIFFERENT when sex or birth date differ and `confirm` is not set, DUTY_REFUSED when
    a program cannot follow.
    """
    judge, keys = Judge(input), info.context.service(Keys)
    kept_key, merged_key = judge.key(Resident, "kept_id"), judge.key(Resident, "merged_id")
    staying = persons_named(judge, "remaining", input.remaining)
    judge_details(judge, input.details, Kind.DIGABUNG)
    if kept_key is not None and kept_key == merged_key:
        refuse(judge, "merged_id", ITSELF)
    if input.happened_on is not None and judge.good("happened_on"):
        refuse(judge, "happened_on", rules.day_fault(input.happened_on, easternmost_today()))
    if kept_key is None or merged_key is None:
        judge.check()
    assert kept_key is not None and merged_key is not None
    async with info.context.write(kept_key.village_id) as unit:
        day = input.happened_on or unit.today
        if judge.good("happened_on"):
            refuse(judge, "happened_on", rules.day_fault(day, unit.today))
        kept, merged = await _two(unit, judge, kept_key, merged_key, staying)
        judge.check()
        await _judge_two(unit, judge, kept, merged)
        remaining = await _remaining(unit, judge, staying)
        judge.check()
        different = (kept.sex, kept.birth_date) != (merged.sex, merged.birth_date)
        if different and not input.confirm:
            raise RuleViolated("CONFIRM_DIFFERENT", DIFFERENT)
        changes = await _planned(unit, day, kept, merged, remaining)
        judge.faults += [fault.at(*path) for path, fault in changes.faults]
        judge.check()
        said = await said_by(unit, input.details, kept.id)
        facts = ResidentFacts(kept.id, unit.village.id), ResidentFacts(merged.id, unit.village.id)
        await duty(info.context.service(Host), hookspecs.merge_residents, *facts, unit.village, unit)
        kept, merged = await _again(unit, kept.id), await _again(unit, merged.id)
        taken = list(taken_over(kept, merged, input.fields or ()))
        if kept.status is not ResidentStatus.HIDUP:
            taken = [one for one in taken if one not in OF_LIFE]
        of_life = await take_over(unit, keys, kept, merged, taken)
        if of_life:
            changes.residents[kept.id].update(of_life)
        event = await _record(unit, day, merged, changes, said)
        merged.merged_into_id = kept.id
        await project(unit, [kept.id])
        await _note_pair(unit, kept, merged)
        info.context.after_commit(info.context.service(Actors).forget)
    return MergeResidentsPayload(
        resident=ref(Resident, kept), merged=ref(Resident, merged), event=ref(LifeEvent, event), taken=taken
    )


async def _two(
    unit: WriteUnit, judge: Judge, kept: GlobalId, merged: GlobalId, staying: Sequence[Any]
) -> tuple[Any, Any]:
    """Both records, held until the end; None where there is none in this village."""
    named = {kept.id, merged.id} | {key.id for _, key, _ in staying if key.village == unit.village.id}
    await lock(unit, models.Resident, named)
    found: list[models.Resident | None] = []
    for name, key in (("kept_id", kept), ("merged_id", merged)):
        row = await unit.get(models.Resident, key.id) if key.village == unit.village.id else None
        if row is None:
            refuse(judge, name, rules.UNKNOWN_RESIDENT)
        found.append(row)
    return found[0], found[1]


async def _judge_two(unit: WriteUnit, judge: Judge, kept: models.Resident, merged: models.Resident) -> None:
    """Whether these two can be made one, by what they are now."""
    for name, row in (("kept_id", kept), ("merged_id", merged)):
        if row.status is ResidentStatus.TIDAK_VALID:
            refuse(judge, name, NOT_VALID)
        elif await waiting_ones(unit, [row.id]):
            refuse(judge, name, IN_TRANSFER)
    away = kept.status not in (ResidentStatus.HIDUP, ResidentStatus.MATI)
    if judge.good("kept_id") and away and merged.status is ResidentStatus.HIDUP:
        refuse(judge, "kept_id", KEEP_THE_OTHER)


async def _remaining(unit: WriteUnit, judge: Judge, staying: Sequence[Any]) -> list[Person]:
    found: list[Person] = []
    for at, key, relationship in staying:
        if key.village == unit.village.id and await unit.exists(
            models.Resident, models.Resident.id == key.id
        ):
            found.append(Person(key.id, at, relationship))
        else:
            judge.faults.append(rules.UNKNOWN_RESIDENT.at(*at))
    return found


async def _planned(
    unit: WriteUnit, day: date, kept: models.Resident, merged: models.Resident, remaining: Sequence[Person]
) -> Changes:
    """The merged record is closed; a kept one that lives here and belongs to no household takes its place."""
    states = await states_on(unit, day, {kept.id, merged.id, *(person.id for person in remaining)})
    happened = Happened(
        kind=Kind.DIGABUNG,
        day=day,
        states=states,
        resident=Person(merged.id, ("input", "mergedId")),
        remaining=tuple(remaining),
    )
    here, there = states[kept.id], states[merged.id]
    if here is None or there is None or not _takes_the_place(here, there):
        return planned(happened)
    changes = planned(replace(happened, states={merged.id: there}, remaining=()))
    changes.residents[kept.id] = {
        "household_id": there.household_id,
        "relationship": there.relationship,
        "hamlet_id": there.hamlet_id,
    }
    if remaining:
        changes.faults.append((("input", "remaining"), NOT_FOR_THIS_KIND))
    return changes


def _takes_the_place(kept: State, merged: State) -> bool:
    alive = kept.status is ResidentStatus.HIDUP
    return alive and kept.household_id is None and merged.household_id is not None


async def _again(unit: WriteUnit, key: UUID) -> models.Resident:
    """A record as it is after programs may have written."""
    row = await unit.get(models.Resident, key)
    if row is None:
        raise RuntimeError("a program has deleted a resident that it was to merge")
    await unit.session.refresh(row)
    return row


async def _record(
    unit: WriteUnit, day: date, merged: models.Resident, changes: Changes, said: dict[str, Any]
) -> models.LifeEvent:
    (event,) = await record(
        unit,
        Act(
            kind=Kind.DIGABUNG,
            happened_on=day,
            resident_id=merged.id,
            residents=changes.residents,
            said=said,
        ),
    )
    return event


async def _note_pair(unit: WriteUnit, kept: models.Resident, merged: models.Resident) -> None:
    first, second = sorted((kept.id, merged.id))
    pair = await unit.first(
        models.ResidentDuplicate,
        models.ResidentDuplicate.first_id == first,
        models.ResidentDuplicate.second_id == second,
    )
    if pair is not None:
        _judge_pair(unit, pair, DuplicateState.MERGED, pair.note)
        await unit.flush()
    await forget_open(unit, merged.id)
    await note_duplicates(unit, [kept])
