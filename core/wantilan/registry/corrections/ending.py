"""How a correction ends."""

from __future__ import annotations

from uuid import UUID

from ...store.write import Unit
from ..life.recording import actor_label
from ..models import CorrectionState, ResidentCorrection


async def end(unit: Unit, row: ResidentCorrection, state: CorrectionState, note: str | None) -> None:
    """Write down what became of one, and who said so."""
    row.state, row.decision_note = state, note
    row.decided_at, row.decided_by, row.decided_by_label = unit.now, unit.actor_id, actor_label(unit)
    await unit.flush()
    unit.announce("correction_decided", correction=row.id, resident=row.resident_id)


async def withdraw_open(unit: Unit, resident: UUID) -> None:
    """What is still proposed for somebody whose record does not go on: merged away, or handed over."""
    row = await unit.first(
        ResidentCorrection,
        ResidentCorrection.resident_id == resident,
        ResidentCorrection.state == CorrectionState.PROPOSED,
        lock=True,
    )
    if row is not None:
        await end(unit, row, CorrectionState.WITHDRAWN, None)
