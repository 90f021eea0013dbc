"""Putting right what identifies a resident: one proposes with a proof, another decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import strawberry

from ...errors import Conflict, InvalidTransition, RuleViolated, Text
from ...graph.context import Info, WriteUnit
from ...graph.declare import ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.naming import camel_case
from ...graph.notices import Notice
from ...graph.relay import GlobalId
from ...settings import Settings
from ...store.ids import uuid7
from ...store.places import Region
from ...store.secrets import Keys
from .. import models, rules
from ..corrections.applying import apply, life_fault, nik_in_use
from ..corrections.ending import end
from ..corrections.values import COLUMNS, cleaned, encoded, reason_fault, value_faults
from ..file_kinds import CORRECTION_PROOF
from ..files.taking import take_file
from ..models import CorrectionState
from ..names import clean_name
from ..numbering import nik_hash, opened_nik, sealed_nik
from ..numbers import Finding, nik_parts, nik_warnings
from ..permissions import CORRECT, DECIDE
from ..types import File, Resident, ResidentCorrection
from .correction_input import (
    ApproveCorrectionInput,
    ApproveCorrectionPayload,
    ProposeCorrectionInput,
    ProposeCorrectionPayload,
    RejectCorrectionInput,
    RejectCorrectionPayload,
    WithdrawCorrectionInput,
    WithdrawCorrectionPayload,
)
from .resident_judging import easternmost_today, refuse

CORRECTION_OPEN = Finding(
    "CORRECTION_OPEN",
    Text("Masih ada perbaikan yang belum diputuskan.", "A correction is still to be decided."),
)
FOUR_EYES = Text(
    "Perbaikan harus diputuskan oleh orang lain daripada yang mengusulkannya.",
    "A correction must be decided by another than the one who proposed it.",
)
NOT_THE_PROPOSER = Text(
    "Hanya pengusul yang dapat menarik perbaikan.", "Only who proposed a correction can withdraw it."
)
ASKED_OF = {"NIK_BIRTH_DATE_MISMATCH": "birth_date", "NIK_SEX_MISMATCH": "sex"}
"""Which value a warning is about, where the NIK stays."""


@mutation(needs=CORRECT)
async def propose_correction(info: Info, input: ProposeCorrectionInput) -> ProposeCorrectionPayload:
    """Propose new values for what identifies a resident. Nothing changes until another approves; every faulty
    field is named at once.
    """
    judge, keys = Judge(input), info.context.service(Keys)
    names = [name for name in (*COLUMNS, "nik") if judge.good(name)]
    given = {name: value for name in names if (value := getattr(input, name)) is not strawberry.UNSET}
    for name, fault in value_faults(given, easternmost_today()):
        refuse(judge, name, fault)
    refuse(judge, "reason", reason_fault(input.reason))
    proof, key = judge.key(File, "proof_id"), judge.key(Resident, "resident_id")
    if key is None:
        judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        resident = await unit.target(models.Resident, key.id, lock=True)
        changes, nik = _changed(given, resident, keys)
        if judge.good(*COLUMNS, "nik") and not changes and nik is None:
            judge.faults.append(rules.NOTHING_CHANGED.at("input"))
        await _judge_in_village(judge, unit, resident, changes, nik, keys)
        judge.check()
        assert proof is not None
        file = await take_file(unit, proof, kind=CORRECTION_PROOF, resident=resident.id)
        row = _proposal(info, unit, input, resident, changes, nik)
        row.file_id = file.id
        await unit.add(row)
        unit.announce("correction_proposed", correction=row.id, resident=resident.id)
        warnings = await _warnings(unit, resident, changes, nik, keys)
    return ProposeCorrectionPayload(
        correction=ref(ResidentCorrection, row), resident=ref(Resident, resident), warnings=warnings
    )


def _changed(
    given: Mapping[str, Any], resident: models.Resident, keys: Keys
) -> tuple[dict[str, Any], str | None]:
    """The values that differ from those of the register, and the NIK if it does."""
    columns = {name: cleaned(name, value) for name, value in given.items() if name in COLUMNS}
    changes = {name: value for name, value in columns.items() if value != getattr(resident, name)}
    nik = given.get("nik")
    if nik is not None and resident.nik_hash == nik_hash(keys, nik, resident.village_id):
        nik = None
    return changes, nik


async def _judge_in_village(
    judge: Judge,
    unit: WriteUnit,
    resident: models.Resident,
    changes: Mapping[str, Any],
    nik: str | None,
    keys: Keys,
) -> None:
    """What only this village's register can say."""
    if changes.get("birth_date") is not None and judge.good("birth_date"):
        day = changes["birth_date"]
        fault = rules.day_fault(day, unit.today) or await life_fault(unit, resident, day)
        refuse(judge, "birth_date", fault)
    hashed = nik_hash(keys, nik, unit.village.id) if nik is not None and judge.good("nik") else None
    if hashed is not None and await nik_in_use(unit, resident, hashed):
        refuse(judge, "nik", rules.DUPLICATE_NIK)
    mine = models.ResidentCorrection.resident_id == resident.id
    is_open = models.ResidentCorrection.state == CorrectionState.PROPOSED
    if await unit.exists(models.ResidentCorrection, mine, is_open):
        refuse(judge, "resident_id", CORRECTION_OPEN)


def _proposal(
    info: Info,
    unit: WriteUnit,
    input: ProposeCorrectionInput,
    resident: models.Resident,
    changes: Mapping[str, Any],
    nik: str | None,
) -> models.ResidentCorrection:
    hours = info.context.service(Settings).correction_hours
    row = models.ResidentCorrection(
        village_id=unit.village.id,
        id=uuid7(),
        resident_id=resident.id,
        state=CorrectionState.PROPOSED,
        reason=clean_name(input.reason),
        changes={name: encoded(value) for name, value in changes.items()},
        former={name: encoded(getattr(resident, name)) for name in changes},
        proposed_at=unit.now,
        proposed_by=unit.actor_id,
        proposed_by_label=unit.actor.name,
        due_at=unit.now + timedelta(hours=hours),
    )
    if nik is not None:
        stored = sealed_nik(info.context.service(Keys), nik, resident.id, unit.village.id)
        row.nik_sealed, row.nik_hash = stored["nik_sealed"], stored["nik_hash"]
        row.nik_masked, row.nik_kind = stored["nik_masked"], stored["nik_kind"]
        row.former_nik_sealed, row.former_nik_hash = resident.nik_sealed, resident.nik_hash
        row.former_nik_masked, row.former_nik_kind = resident.nik_masked, resident.nik_kind
    return row


async def _warnings(
    unit: WriteUnit, resident: models.Resident, changes: Mapping[str, Any], nik: str | None, keys: Keys
) -> list[Notice]:
    """What the NIK says otherwise than the rest of the record; where the NIK stays, of new values only."""
    kept = resident.nik_sealed
    whole = nik if nik is not None else opened_nik(keys, kept, resident.id) if kept is not None else None
    parts = nik_parts(whole) if whole is not None else None
    if whole is None or parts is None:
        return []
    known = bool(await unit.session.scalar(sa.select(sa.exists().where(Region.code == parts.region))))
    found = nik_warnings(
        whole,
        birth_date=changes.get("birth_date", resident.birth_date),
        sex=changes.get("sex", resident.sex),
        known_region=lambda region: known,
    )
    at = [(one, "nik" if nik is not None else ASKED_OF.get(one.code)) for one in found]
    told = [(one, name) for one, name in at if name is not None and (name == "nik" or name in changes)]
    return [Notice.of(one.at("input", camel_case(name))) for one, name in told]


# Deciding


@mutation(needs=DECIDE)
async def approve_correction(info: Info, input: ApproveCorrectionInput) -> ApproveCorrectionPayload:
    """Approve a correction that another proposed: the register says so from now on, and what it said is kept.

    CONFLICT where a value changed meanwhile; RULE_VIOLATED where events do not fit a new birth date.
    """
    key = _judged(input, needs_note=False)
    async with info.context.write(key.village_id) as unit:
        row, resident = await _open(unit, key)
        _refuse_proposer(unit, row)
        await apply(unit, row, resident)
        await end(unit, row, CorrectionState.APPLIED, _cleaned(input.note))
    return ApproveCorrectionPayload(correction=ref(ResidentCorrection, row), resident=ref(Resident, resident))


@mutation(needs=DECIDE)
async def reject_correction(info: Info, input: RejectCorrectionInput) -> RejectCorrectionPayload:
    """Reject a correction that another proposed. Nothing of the resident changes."""
    key = _judged(input, needs_note=True)
    async with info.context.write(key.village_id) as unit:
        row, _ = await _open(unit, key)
        _refuse_proposer(unit, row)
        await end(unit, row, CorrectionState.REJECTED, _cleaned(input.note))
    return RejectCorrectionPayload(correction=ref(ResidentCorrection, row))


@mutation(needs=CORRECT)
async def withdraw_correction(info: Info, input: WithdrawCorrectionInput) -> WithdrawCorrectionPayload:
    """Take a correction back that one proposed oneself. Nothing of the resident changes."""
    key = _judged(input, needs_note=False)
    async with info.context.write(key.village_id) as unit:
        row, _ = await _open(unit, key)
        if row.proposed_by != unit.actor_id:
            raise RuleViolated("NOT_THE_PROPOSER", NOT_THE_PROPOSER)
        await end(unit, row, CorrectionState.WITHDRAWN, _cleaned(input.note))
    return WithdrawCorrectionPayload(correction=ref(ResidentCorrection, row))


def _judged(input: Any, *, needs_note: bool) -> GlobalId:
    judge = Judge(input)
    if needs_note or input.note is not None:
        refuse(judge, "note", reason_fault(input.note))
    key = judge.key(ResidentCorrection, "correction_id")
    judge.check()
    assert key is not None
    return key


async def _open(unit: WriteUnit, key: GlobalId) -> tuple[models.ResidentCorrection, models.Resident]:
    """A correction that is still to be decided, and its resident: both are held until the end.

    The resident comes first, as everywhere else, so that nobody waits for what another holds.
    """
    row = await unit.target(models.ResidentCorrection, key.id)
    resident = await unit.get(models.Resident, row.resident_id, lock=True)
    await unit.session.refresh(row, with_for_update=True)
    if resident is None:
        raise Conflict(rules.UNKNOWN_RESIDENT.text)
    await unit.session.refresh(resident)
    if row.state is not CorrectionState.PROPOSED:
        state = row.state.name
        raise InvalidTransition(
            Text(
                f"Perbaikan berstatus {state} sudah diputuskan.", f"A correction that is {state} is decided."
            )
        )
    return row, resident


def _refuse_proposer(unit: WriteUnit, row: models.ResidentCorrection) -> None:
    if row.proposed_by == unit.actor_id:
        raise RuleViolated("FOUR_EYES", FOUR_EYES)


def _cleaned(note: str | None) -> str | None:
    return clean_name(note) if note is not None else None
