"""Resident sheets: asking for one to be taken in, or written out. The work is done by tasks."""

from __future__ import annotations

import strawberry

from ...errors import NotFound, RuleViolated, Text
from ...graph.context import Info
from ...graph.declare import input, payload, ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.scalars import RegionCode
from ...programs.starting import start_task
from .. import models
from ..file_kinds import SHEET
from ..files.taking import NOT_STORED
from ..models import FileState
from ..opensid import BY_NAME, SheetForm
from ..sheet.tasks import EXPORT, IMPORT, Exporting, Importing
from ..task_types import VillageTask
from ..types import File, Village

UNKNOWN_COLUMN = Text("Tidak ada kolom ini di lembar penduduk.", "The resident sheet has no such column.")
TOO_FEW = Text("Pilih sedikitnya satu kolom selain nik.", "Choose at least one column beside nik.")


@input
class ImportResidentsInput:
    """Which resident sheet is taken in, and how far."""

    village_code: RegionCode
    """The village."""
    file_id: strawberry.ID
    """The sheet: a file of the kind `resident.sheet` that the actor uploaded, XLSX, CSV or JSON Lines."""
    apply: bool = False
    """Whether to write what differs. Without it the sheet is only compared, and nothing is changed."""
    skip_faulty: bool = False
    """Whether to leave faulty rows out. Without it a sheet with a faulty row is not applied at all."""


@payload
class ImportResidentsPayload:
    """An import that was asked for."""

    task: VillageTask | None
    """The task that does it. Its `result` has counts, and as `report_id` a file that names every difference,
    fault and warning; `taskProgressed` tells how far it is.
    """
    village: Village
    """The village."""


@input
class ExportResidentsInput:
    """As what all residents of a village are written out."""

    village_code: RegionCode
    """The village."""
    format: SheetForm
    """The kind of file."""
    columns: list[str] | None = None
    """The columns of the sheet, by their names there; all 43 if left out. `nik` always is among them."""


@payload
class ExportResidentsPayload:
    """An export that was asked for."""

    task: VillageTask | None
    """The task that does it. Its `result` has as `file_id` the file, for `requestDownload`."""
    village: Village
    """The village."""


@mutation(needs="resident.import")
async def import_residents(info: Info, input: ImportResidentsInput) -> ImportResidentsPayload:
    """Compare a resident sheet of OpenSID with the register, and with `apply` write what differs, all in one
    transaction. Nobody is ever deleted; the same sheet again changes nothing.
    """
    judge = Judge(input)
    key = judge.key(File, "file_id")
    judge.check()
    assert key is not None
    async with info.context.write(input.village_code) as unit:
        file = await unit.get(models.File, key.id) if key.village_id == unit.village.id else None
        if file is None or file.kind != SHEET or file.uploaded_by != unit.actor_id:
            raise NotFound
        if file.state is FileState.EXPECTED:
            raise RuleViolated("FILE_NOT_STORED", NOT_STORED)
        if file.place is None:
            raise NotFound
        given = Importing(file_id=file.id, apply=input.apply, skip_faulty=input.skip_faulty)
        task = await start_task(unit, IMPORT, given)
        village = await unit.own_village()
    return ImportResidentsPayload(task=ref(VillageTask, task), village=ref(Village, village))


@mutation(needs="resident.export")
async def export_residents(info: Info, input: ExportResidentsInput) -> ExportResidentsPayload:
    """Write all residents into a resident sheet of OpenSID, with their NIK and KK numbers in full. It comes
    back unchanged when it is imported. The file lies in store for a day.
    """
    judge = Judge(input)
    names = input.columns
    if names is not None:
        if not set(names) <= BY_NAME.keys():
            judge.refuse("columns", "UNKNOWN_COLUMN", UNKNOWN_COLUMN)
        elif not set(names) - {"nik"}:
            judge.refuse("columns", "TOO_FEW", TOO_FEW)
    judge.check()
    async with info.context.write(input.village_code) as unit:
        columns = list(dict.fromkeys(names)) if names is not None else None
        task = await start_task(unit, EXPORT, Exporting(form=input.format, columns=columns))
        village = await unit.own_village()
    return ExportResidentsPayload(task=ref(VillageTask, task), village=ref(Village, village))
