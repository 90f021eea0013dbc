"""What a sheet said of a resident goes along: to another village, or to the record that goes on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ...errors import ConfigurationError
from ...programs.values import ResidentFacts
from ...store.tables import sql_table
from ...store.travel import sealed_columns
from ...store.write import Unit
from ..models import ResidentDetail

TABLE = sql_table(ResidentDetail)
STAY = frozenset({"village_id", "id", "resident_id", "card_household_id", "card_relationship", "assumed"})
"""What is of the record, or of a card (KK) of its village."""


async def transfer_details(
    leaving: ResidentFacts, arriving: ResidentFacts, source: Unit, target: Unit
) -> None:
    """The new village gets what the old one knew; the old one keeps its own."""
    known = await _of(source, leaving.id)
    if known is not None:
        await _write(target, arriving.id, _values(known, source, arriving.id), over=True)


async def merge_details(kept: ResidentFacts, merged: ResidentFacts, unit: Unit) -> None:
    """The record that goes on gets what only the other one knew."""
    known = await _of(unit, merged.id)
    if known is not None:
        await _write(unit, kept.id, _values(known, unit, kept.id), over=False)


async def _of(unit: Unit, resident: UUID) -> ResidentDetail | None:
    return await unit.first(ResidentDetail, ResidentDetail.resident_id == resident)


def _values(known: ResidentDetail, unit: Unit, owner: UUID) -> dict[str, Any]:
    """The columns as another record keeps them: numbers are sealed for it."""
    values = {column.name: getattr(known, column.name) for column in TABLE.columns if column.name not in STAY}
    for name, one in sealed_columns(TABLE).items():
        if values[name] is not None:
            if unit.keys is None:
                raise ConfigurationError("A parent's NIK cannot be sealed anew without WANTILAN_KEYS.")
            plain = unit.keys.open(values[name], purpose=one.purpose, owner=known.resident_id)
            values[name] = unit.keys.seal(plain, purpose=one.purpose, owner=owner)
    return values


async def _write(unit: Unit, resident: UUID, values: dict[str, Any], *, over: bool) -> None:
    row = await _of(unit, resident)
    if row is None:
        await unit.add(ResidentDetail(village_id=unit.village.id, resident_id=resident, **values))
        return
    for name, value in values.items():
        if value is not None and (over or getattr(row, name) is None):
            setattr(row, name, value)
    await unit.flush()
