"""Regions and villages coming in: importing the national file, and making a region's code a village."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Conflict, NotFound, Text
from ..store.folding import sort_key
from ..store.ids import uuid7
from ..store.places import Region, RegionLevel, Village, VillageKind
from .regions import RegionRow

CHUNK = 2000
KINDS = {
    RegionLevel.DESA: VillageKind.DESA,
    RegionLevel.KELURAHAN: VillageKind.KELURAHAN,
    RegionLevel.DESA_ADAT: VillageKind.DESA_ADAT,
}
ZONES = {
    "Asia/Jakarta": ("11", "12", "13", "14", "15", "16", "17", "18", "19", "21", "31", "32", "33", "34", "35", "36",
                     "61", "62"),
    "Asia/Jayapura": ("81", "82", "91", "92", "93", "94", "95", "96"),
}  # fmt: skip
"""Provinces by time zone; the others lie in Asia/Makassar (WITA)."""


@dataclass(frozen=True)
class RegionChanges:
    """What an import did. `missing` are codes that are stored but not in the file; they are kept."""

    added: int
    renamed: tuple[str, ...]
    unchanged: int
    missing: tuple[str, ...]


def time_zone_of(code: str) -> str:
    return next((zone for zone, provinces in ZONES.items() if code[:2] in provinces), "Asia/Makassar")


async def import_regions(
    session: AsyncSession, rows: Iterable[RegionRow], progress: Callable[[int], None] = lambda done: None
) -> RegionChanges:
    """Take a file's regions in, all or nothing (the caller's transaction); repeatable."""
    known = {
        code: (level, name)
        for code, level, name in await session.execute(sa.select(Region.code, Region.level, Region.name))
    }
    seen: set[str] = set()
    fresh: list[dict[str, object]] = []
    renamed: list[str] = []
    for row in rows:
        seen.add(row.code)
        stored = known.get(row.code)
        values = {"code": row.code, "level": row.level, "name": row.name, "name_key": sort_key(row.name),
                  "parent_code": row.parent_code}  # fmt: skip
        if stored is None:
            fresh.append(values)
        elif stored != (row.level, row.name):
            renamed.append(row.code)
            await session.execute(sa.update(Region).where(Region.code == row.code).values(**values))
        if len(fresh) % CHUNK == CHUNK - 1:
            progress(len(seen))
    # Parents before children, whatever the file's order: the foreign key looks at each statement.
    fresh.sort(key=lambda values: (str(values["code"]).count("."), str(values["code"])))
    for start in range(0, len(fresh), CHUNK):
        await session.execute(sa.insert(Region), fresh[start : start + CHUNK])
        progress(len(seen))
    missing = tuple(sorted(known.keys() - seen))
    return RegionChanges(len(fresh), tuple(renamed), len(seen) - len(fresh) - len(renamed), missing)


async def open_village(session: AsyncSession, code: str, *, balinese: bool | None = None) -> Village:
    """Make a region's code a village of this deployment.

    Raises NotFound (no such region), Conflict (not a village's code, or open already). In Bali a village starts
    with its own terms: banjar, perbekel, kelian banjar.
    """
    region = await session.get(Region, code)
    if region is None or region.parent_code is None:
        raise NotFound
    kind = KINDS.get(region.level)
    if kind is None:
        raise Conflict(Text("Kode ini bukan kode desa.", "This code is not a village's."))
    if await session.scalar(sa.select(Village.id).where(Village.code == code)):
        raise Conflict(Text("Desa ini sudah dibuka.", "This village is open already."))
    village = Village(
        id=uuid7(), code=code, region_code=region.parent_code, name=region.name, name_key=region.name_key, kind=kind,
        time_zone=time_zone_of(code), opened_at=datetime.now(UTC),
    )  # fmt: skip
    if balinese if balinese is not None else code.startswith("51."):
        village.hamlet_term, village.head_term, village.hamlet_head_term = (
            "banjar",
            "perbekel",
            "kelian banjar",
        )
    session.add(village)
    await session.flush()
    return village
