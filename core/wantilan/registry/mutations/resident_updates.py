"""Changing what does not identify a resident, and is no event in his life."""

from __future__ import annotations

import strawberry

from ...graph.context import Info
from ...graph.declare import ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from .. import models, rules
from ..permissions import UPDATE
from ..types import Resident
from .resident_judging import refuse
from .update_input import UpdateResidentInput, UpdateResidentPayload

FIELDS = ("phone", "religion", "blood_type", "current_education", "citizenship")


@mutation(needs=UPDATE)
async def update_resident(info: Info, input: UpdateResidentInput) -> UpdateResidentPayload:
    """Change what does not identify a resident. Every faulty field is named at once."""
    judge = Judge(input)
    given = {name: getattr(input, name) for name in FIELDS if getattr(input, name) is not strawberry.UNSET}
    if given.get("phone") is not None:
        refuse(judge, "phone", rules.phone_fault(given["phone"]))
    if "citizenship" in given and given["citizenship"] is None:
        refuse(judge, "citizenship", rules.REQUIRED)
    if not given:
        judge.faults.append(rules.NOTHING_CHANGED.at("input"))
    key = judge.key(Resident, "resident_id")
    judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        resident = await unit.target(models.Resident, key.id, lock=True)
        if given.get("phone") is not None:
            given["phone"] = rules.clean_phone(given["phone"])
        for name, value in given.items():
            setattr(resident, name, value)
        await unit.flush()
        unit.announce("resident_changed", resident=resident.id)
    return UpdateResidentPayload(resident=ref(Resident, resident))
