"""The two tasks: taking a sheet in and writing one out. What they read and write are files of the village."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, Field

from ...access.tables import ActorRow
from ...errors import NotFound, RuleViolated, Text
from ...graph.relay import encode_id
from ...programs.run import TaskRun
from ...programs.task import Task
from ...store.contents import ContentMissing
from ...store.secrets import Keys
from ...store.tables import sql_table
from ...store.write import Unit, VillageFacts
from ..file_kinds import REPORT, SHEET
from ..files.desk import Desk
from ..files.making import incoming
from ..life.recording import OPERATOR
from ..models import File
from ..opensid import SheetForm, SheetRow, write_sheet
from .applying import Importer
from .exporting import chosen, exported
from .importing import AT_A_TIME, FAULTY, Outcome, Reading, Sheet, applied, compared
from .report import write_report

Count = int
FileId = Annotated[str, Field(max_length=100)]

GONE = Text(
    "Isi berkas ini tidak ada lagi; unggah sekali lagi.", "The content of this file is gone; upload it anew."
)
EMPTY = Text("Belum ada penduduk di desa ini.", "There is no resident in this village yet.")


class Importing(BaseModel):
    """Which sheet is taken in, and how far."""

    file_id: UUID
    apply: bool = False
    skip_faulty: bool = False


class Imported(BaseModel):
    """What came of it: counts of rows, but for `hamlets`, `households` and `missing`."""

    rows: Count
    new: Count
    changed: Count
    unchanged: Count
    faulty: Count
    faults: Count
    warnings: Count
    hamlets: Count
    """Hamlets that are made."""
    households: Count
    """Households that are made."""
    headless: Count
    """Family cards of which nobody living is the head."""
    missing: Count
    """Living residents whom no good row names; they stay as they are."""
    applied: bool
    report_id: FileId
    """The file of the report: `requestDownload` gives it out."""

    @classmethod
    def of(cls, outcome: Outcome, report_id: str) -> Imported:
        plan = outcome.plan
        return cls(
            rows=outcome.sheet.count, new=len(plan.new), changed=len(plan.changed),
            unchanged=outcome.unchanged, faulty=outcome.faulty, faults=len(outcome.faults),
            warnings=len(outcome.sheet.warnings), hamlets=len(plan.hamlets), households=len(plan.families),
            headless=len(plan.headless), missing=plan.missing, applied=outcome.applied, report_id=report_id,
        )  # fmt: skip


class Exporting(BaseModel):
    """As what the register is written out."""

    form: SheetForm
    columns: list[Annotated[str, Field(max_length=30)]] | None = None


class Exported(BaseModel):
    """What was written out."""

    rows: Count
    file_id: FileId
    """The file of the sheet: `requestDownload` gives it out."""


async def import_sheet(village: VillageFacts, run: TaskRun[Imported], input: Importing) -> None:
    """Read in pieces, compare, report; then write all of it in the last step, which is one transaction."""
    if run.result is not None and (run.result.applied or not input.apply):
        return  # broken off after its last step
    keys = run.service(Keys)
    async with _uploaded(run, input.file_id) as path:
        sheet = await _read(run, path)
    total = sheet.count + 2
    async with run.step() as unit:
        outcome = await compared(unit, keys, sheet)
        label = await _label(unit)
    report = await _report(village, run, outcome)
    run.result = Imported.of(outcome, report)
    async with run.step(done=max(run.done, sheet.count + 1), total=total):
        pass
    if not input.apply:
        async with run.step(done=total, total=total):
            return
    if outcome.faulty and not input.skip_faulty:
        raise RuleViolated("SHEET_FAULTY", FAULTY)
    async with run.step(done=total, total=total) as unit:
        importer = Importer(run.id, label)
        outcome = await applied(unit, keys, sheet, importer, skip_faulty=input.skip_faulty)
        run.result = Imported.of(outcome, report)


async def _read(run: TaskRun[Imported], path: Path) -> Sheet:
    async with run.step() as unit:
        today = unit.today
    reading = Reading(path, today=today)
    while await reading.some():
        if reading.sheet.count > run.done:  # a run that goes on where another broke off reads again
            async with run.step(done=reading.sheet.count):
                pass
    return reading.sheet


async def _label(unit: Unit) -> str:
    """What the actor is called who asked for it."""
    if unit.actor_id is None:
        return OPERATOR
    name: str | None = await unit.session.scalar(sa.select(ActorRow.name).where(ActorRow.id == unit.actor_id))
    return name or OPERATOR


@asynccontextmanager
async def _uploaded(run: TaskRun[Imported], file_id: UUID) -> AsyncIterator[Path]:
    """The content of the sheet as a file on this machine. Raises NotFound, RuleViolated (FILE_GONE)."""
    async with run.step() as unit:
        file = await unit.get(File, file_id)
    if file is None or file.kind != SHEET:
        raise NotFound
    if file.place is None:
        raise RuleViolated("FILE_GONE", GONE)
    desk = run.service(Desk)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet"
        try:
            async with desk.contents.opened(file.place) as pieces:
                with path.open("wb") as target:
                    async for piece in pieces:
                        await asyncio.to_thread(target.write, piece)
        except ContentMissing:
            raise RuleViolated("FILE_GONE", GONE) from None
        yield path


async def _report(village: VillageFacts, run: TaskRun[Imported], outcome: Outcome) -> str:
    desk = run.service(Desk)
    with incoming(desk) as folder:
        path = Path(folder) / "report"
        await asyncio.to_thread(write_report, path, outcome)
        async with run.step() as unit:
            by = unit.actor_id
        stored = await desk.make(village, REPORT, path, by=by)
    return encode_id(sql_table(File).name, stored.village_id, stored.id)


async def export_sheet(village: VillageFacts, run: TaskRun[Exported], input: Exporting) -> None:
    """Read the register in one transaction, and write it into a file of the village."""
    if run.result is not None:
        return
    desk = run.service(Desk)
    async with run.step() as unit:
        rows = await exported(unit, run.service(Keys))
        by = unit.actor_id
    if not rows and input.form is SheetForm.JSON_LINES:
        raise RuleViolated("SHEET_EMPTY", EMPTY)
    async with run.step(done=1, total=len(rows) + 2):
        pass
    with incoming(desk) as folder:
        path = Path(folder) / "sheet"
        await _write(run, path, rows, input)
        stored = await desk.make(village, SHEET, path, by=by)
    run.result = Exported(
        rows=len(rows), file_id=encode_id(sql_table(File).name, stored.village_id, stored.id)
    )
    async with run.step(done=len(rows) + 2, total=len(rows) + 2):
        pass


async def _write(run: TaskRun[Exported], path: Path, rows: Sequence[SheetRow], input: Exporting) -> None:
    counted = 0

    def counting() -> Iterator[SheetRow]:
        nonlocal counted
        for row in rows:
            counted += 1
            yield row

    def write() -> None:
        with path.open("wb") as target:
            write_sheet(target, counting(), input.form, columns=chosen(input.columns))

    writing = asyncio.create_task(asyncio.to_thread(write))
    told = 0
    while not (await asyncio.wait([writing], timeout=1))[0]:
        if counted >= told + AT_A_TIME:
            told = counted
            async with run.step(done=1 + told, total=len(rows) + 2):
                pass
    await writing


IMPORT = Task(
    name="resident.import",
    run=import_sheet,
    description=Text("Impor lembar penduduk", "Import of a resident sheet"),
    needs="resident.import",
    input=Importing,
    result=Imported,
    timeout=timedelta(minutes=30),
)
EXPORT = Task(
    name="resident.export",
    run=export_sheet,
    description=Text("Ekspor lembar penduduk", "Export of a resident sheet"),
    needs="resident.export",
    input=Exporting,
    result=Exported,
    timeout=timedelta(minutes=30),
)
TASKS = (IMPORT, EXPORT)
