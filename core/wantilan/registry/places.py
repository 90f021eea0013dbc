"""Regions and villages coming in: importing the national file, and making a region's code a village."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..access.tokens import access_changed
from ..errors import Conflict, NotFound, Text
from ..store.folding import sort_key
from ..store.ids import uuid7
from ..store.places import Region, RegionLevel, Village, VillageKind
from ..store.tables import sql_table
from .regions import RegionRow

CHUNK = 2000
KINDS = {
    RegionLevel.DESA: VillageKind.DESA,
    RegionLevel.KELURAHAN: VillageKind.KELURAHAN,
    RegionLevel.DESA_ADAT: VillageKind.DESA_ADAT,
}
ZONES = {
    "Asia/Jakarta": ("11", "12", "13", "14", "15", "16", "17", "18", "19", "21", "31", "32", "33", "34", "35",
                     "36", "61", "62"),
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
    """Take a file's regions in, all or nothing (the caller's transaction); repeatable.

    A name that changed is renewed on an open village too. `progress` is told how many rows are done so far.
    """
    stored = sa.select(Region.code, Region.level, Region.name)
    known = {str(code): (level, name) for code, level, name in await session.execute(stored)}
    seen: set[str] = set()
    fresh: list[RegionRow] = []
    changed: list[RegionRow] = []
    for row in rows:
        seen.add(row.code)
        if row.code not in known:
            fresh.append(row)
        elif known[row.code] != (row.level, row.name):
            changed.append(row)
    done = unchanged = len(seen) - len(fresh) - len(changed)
    progress(done)
    # Parents before children, whatever the file's order: the foreign key looks at each statement.
    fresh.sort(key=lambda row: (row.code.count("."), row.code))
    for part in _chunks(fresh):
        await session.execute(_INSERT, [_values(row) for row in part])
        progress(done := done + len(part))
    open_ = set(await session.scalars(sa.select(Village.code)))
    for part in _chunks(changed):
        renewed = [{f"its_{name}": value for name, value in _values(row).items()} for row in part]
        await session.execute(_renewal(Region, "level", "name", "name_key"), renewed)
        if villages := [values for values in renewed if values["its_code"] in open_]:
            await session.execute(_renewal(Village, "name", "name_key"), villages)
        progress(done := done + len(part))
    missing = tuple(sorted(known.keys() - seen))
    return RegionChanges(len(fresh), tuple(row.code for row in changed), unchanged, missing)


# RETURNING makes SQLAlchemy write many rows with one statement; without it PostgreSQL would get one for each.
_INSERT = sa.insert(sql_table(Region)).returning(sql_table(Region).c.code)


def _chunks(rows: Sequence[RegionRow]) -> Iterator[Sequence[RegionRow]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _values(row: RegionRow) -> dict[str, object]:
    return {
        "code": row.code,
        "level": row.level,
        "name": row.name,
        "name_key": sort_key(row.name),
        "parent_code": row.parent_code,
    }


def _renewal(model: type[Region | Village], *columns: str) -> sa.Update:
    table = sql_table(model)
    values = {column: sa.bindparam(f"its_{column}", type_=table.c[column].type) for column in columns}
    return sa.update(table).where(table.c.code == sa.bindparam("its_code")).values(values)


async def open_village(session: AsyncSession, code: str, *, balinese: bool | None = None) -> Village:
    """Make a region's code a village of this deployment.

    Raises NotFound (no such region), Conflict (not a village's code, or open already). In Bali a village
    starts with its own terms: banjar, perbekel, kelian banjar.
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
        id=uuid7(), code=code, region_code=region.parent_code, name=region.name, name_key=region.name_key,
        kind=kind, time_zone=time_zone_of(code), opened_at=datetime.now(UTC),
    )  # fmt: skip
    if balinese if balinese is not None else code.startswith("51."):
        village.hamlet_term, village.head_term, village.hamlet_head_term = (
            "banjar",
            "perbekel",
            "kelian banjar",
        )
    session.add(village)
    await session.flush()
    await access_changed(session)  # whoever holds a role at this code may now look into a village
    return village
