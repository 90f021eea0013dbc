"""Temporary NIKs, drawn from a village's own series."""

from __future__ import annotations

import sqlalchemy as sa

from ..errors import RuleViolated, Text
from ..store.places import Village
from ..store.secrets import Keys
from ..store.write import Unit
from .models import Resident
from .numbering import nik_hash
from .numbers import temporary_nik

SERIALS = 99_999


async def draw_nik(unit: Unit, keys: Keys) -> str:
    """The next temporary NIK of the village.

    Serials follow the number of registrations, which never falls, so that a number that was replaced is not
    given to somebody else.
    """
    village = sa.select(Village.id).where(Village.id == unit.village.id)
    await unit.session.execute(village.with_for_update(key_share=True))
    registered = await unit.session.scalar(
        sa.select(sa.func.count()).where(Resident.village_id == unit.village.id)
    )
    for offset in range(SERIALS):
        drawn = temporary_nik(unit.village.code, ((registered or 0) + offset) % SERIALS + 1)
        taken = Resident.nik_hash == nik_hash(keys, drawn, unit.village.id)
        if not await unit.exists(Resident, taken):
            return drawn
    raise RuleViolated(
        "TEMPORARY_NIK_EXHAUSTED",
        Text("Nomor urut NIK sementara sudah habis.", "No serial is left for a temporary NIK."),
    )
