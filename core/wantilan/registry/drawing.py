"""Temporary numbers: each village has a series of its own for persons, and one for households."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from ..errors import RuleViolated, Text
from ..store.places import Village
from ..store.secrets import Keys
from ..store.write import Unit
from .models import HouseholdNumber, Resident
from .numbering import kk_hash, nik_hash
from .numbers import temporary_kk, temporary_nik

SERIALS = 99_999


async def draw_nik(unit: Unit, keys: Keys) -> str:
    """The next temporary NIK of the village. Raises RuleViolated when no serial is left."""

    def taken(number: str) -> sa.ColumnElement[bool]:
        return Resident.nik_hash == nik_hash(keys, number, unit.village.id)

    return await _drawn(unit, Resident, temporary_nik, taken, "TEMPORARY_NIK_EXHAUSTED", NO_NIK)


async def draw_kk(unit: Unit, keys: Keys) -> str:
    """The next temporary KK number of the village; one that was in use once is not given again. Raises
    RuleViolated when no serial is left.
    """

    def taken(number: str) -> sa.ColumnElement[bool]:
        return HouseholdNumber.number_hash == kk_hash(keys, number, unit.village.id)

    return await _drawn(unit, HouseholdNumber, temporary_kk, taken, "TEMPORARY_KK_EXHAUSTED", NO_KK)


NO_NIK = Text("Nomor urut NIK sementara sudah habis.", "No serial is left for a temporary NIK.")
NO_KK = Text("Nomor urut No. KK sementara sudah habis.", "No serial is left for a temporary KK number.")


async def _drawn(
    unit: Unit,
    model: type[Any],
    make: Callable[[str, int], str],
    taken: Callable[[str], sa.ColumnElement[bool]],
    rule: str,
    exhausted: Text,
) -> str:
    """Serials follow the number of rows, which never falls, so that a number that was replaced is not given
    to somebody else.
    """
    village = sa.select(Village.id).where(Village.id == unit.village.id)
    await unit.session.execute(village.with_for_update(key_share=True))
    count = sa.select(sa.func.count()).where(model.village_id == unit.village.id)
    rows = await unit.session.scalar(count) or 0
    for offset in range(SERIALS):
        drawn = make(unit.village.code, (rows + offset) % SERIALS + 1)
        if not await unit.exists(model, taken(drawn)):
            return drawn
    raise RuleViolated(rule, exhausted)
