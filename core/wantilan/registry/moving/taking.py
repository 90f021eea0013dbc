"""Taking in the file of a village: all of it in one transaction, or nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ...errors import Conflict, Text
from ...programs import hookspecs
from ...programs.duties.asking import DutyRefused, blaming
from ...programs.duties.holding import refuse_unknown
from ...programs.host import Host
from ...programs.manifest import Program
from ...programs.values import Record
from ...store.contents import Contents
from ...store.database import Database, unhurried
from ...store.places import Region, Village
from ...store.secrets import Keys
from ...store.tables import PublishedTable, VillageTable, sql_table
from ...store.write import Unit
from ..models import FileRemoval
from .file import VillageFile
from .note import ProgramNote, refusal

TRAVELLING = (VillageTable, PublishedTable)
GIVEN_UP = timedelta(days=1)
"""When contents are removed of which no row came: an import that takes longer has failed."""
_NO_HOOK = Text("program ini tidak punya hook itu.", "it does not implement the hook.")


async def take_in(
    file: VillageFile,
    database: Database,
    host: Host,
    contents: Contents,
    *,
    old: Keys,
    new: Keys,
    told: Callable[[int], None] = lambda done: None,
) -> None:
    """Take in a file that was judged. `old` are its keys, `new` those of this deployment; `told` is given the
    number of rows taken so far.

    Raises Conflict (the village is here already), RuleViolated (its region is not), DutyRefused. Then nothing
    was taken in; contents that were are removed by the sweep.
    """
    village = file.note.village
    async with database.session() as session:
        await _require_room(session, file)
    places = file.places()
    await _keep_contents(file, database, contents, places)
    async with database.transaction(village.code) as session:
        await _require_room(session, file)
        await unhurried(session)
        unit = Unit(session, village, None)
        unit.keys = new
        done = 0

        async def counted(program: str) -> AsyncIterator[Record]:
            nonlocal done
            async for record in file.records(host, program, old=old, new=new):
                yield record
                done += 1
                told(done)

        await refuse_unknown(host, unit, [])
        calls = {p.name: call for p, call in host.loaded.implementations(hookspecs.import_village)}
        for program in host.programs:
            given = file.note.programs.get(program.name)
            if given is None or not given.tables:
                continue
            if program.name not in calls:
                raise DutyRefused(program.name, "import_village", _NO_HOOK)
            with blaming(program, "import_village"):
                await calls[program.name](village, counted(program.name), unit)
                await unit.flush()
                await _require_all(unit, program, given)
        await _take_back(session, places)


async def _require_all(unit: Unit, program: Program, given: ProgramNote) -> None:
    """Raises DutyRefused when a program has not written every row that came for it."""
    for model in program.models:
        table = sql_table(model)
        said = given.tables.get(table.name)
        if said is None or "village_id" not in table.columns or not issubclass(model, TRAVELLING):
            continue
        query = sa.select(sa.func.count()).select_from(table).where(table.c.village_id == unit.village.id)
        if await unit.session.scalar(query) != said.rows:
            lost = Text(f"baris {table.name} tidak lengkap.", f"it left out rows of {table.name}.")
            raise DutyRefused(program.name, "import_village", lost)


async def _take_back(session: AsyncSession, places: list[str]) -> None:
    """The contents stay. Raises Conflict when a sweep came first: then some are there no more."""
    for place in places:
        mine = sa.delete(FileRemoval).where(FileRemoval.place == place).returning(FileRemoval.place)
        if (await session.execute(mine)).first() is None:
            raise Conflict(
                Text(
                    "Isi berkas dibersihkan saat impor berjalan; impor kembali.",
                    "Contents were swept away while they came in; import again.",
                )
            )


async def _require_room(session: AsyncSession, file: VillageFile) -> None:
    note = file.note
    same = sa.or_(Village.code == note.code, Village.id == note.village_id)
    if await session.scalar(sa.select(Village.id).where(same)) is not None:
        raise Conflict(
            Text(
                f"Desa {note.code} sudah ada di sini. Tidak ada yang diimpor.",
                f"The village {note.code} is here already. Nothing was imported.",
            )
        )
    if await session.scalar(sa.select(Region.code).where(Region.code == note.code)) is None:
        raise refusal(
            "REGION_UNKNOWN",
            f"Wilayah {note.code} belum ada di sini; muat dengan `wantilan regions import`.",
            f"The region {note.code} is not known here; `wantilan regions import FILE` loads it.",
        )


async def _keep_contents(
    file: VillageFile, database: Database, contents: Contents, places: list[str]
) -> None:
    """Before the rows, and noted for removal until those are there: whatever breaks off leaves nothing."""
    if not places:
        return
    due = datetime.now(UTC) + GIVEN_UP
    async with database.transaction() as session:
        await session.execute(sa.delete(FileRemoval).where(FileRemoval.place.in_(places)))
        await session.execute(sa.insert(FileRemoval), [{"place": place, "due_at": due} for place in places])
    contents.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=contents.incoming) as folder:
        for place in places:
            source = Path(folder) / "content"
            with os.fdopen(os.open(source, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
                out.writelines(file.content(place))
            await contents.keep(place, source)
