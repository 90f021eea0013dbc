"""The registry: villages and residents. Built in, and built like any other program, but without door and
prefix.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from ..access.tables import AccessVersion, ActorRow, RoleGrant, Token
from ..errors import Text
from ..programs.hookspecs import hookimpl
from ..programs.manifest import Event, Program
from ..programs.values import Finding, Json, Kept, Record, ResidentFacts, Severity
from ..store.cursors import EventCursor
from ..store.jobs import MODELS as JOB_MODELS
from ..store.outbox import Event as EventRow
from ..store.outbox import Idempotency, OutboxHead
from ..store.places import ProgramSettings, ProgramSetup, Region, Village, VillageProgram
from ..store.tables import Table
from ..store.tasks import MODELS as TASK_MODELS
from ..store.write import Unit
from . import holders, mutations, permissions, queries, types
from .corrections.ending import withdraw_open
from .duplicates.merging import end_roles, hang_over
from .duties import residents, villages
from .file_kinds import FILE_KINDS
from .jobs import JOBS
from .models import MODELS
from .searching import differing_residents
from .sheet.following import merge_details, transfer_details
from .sheet.tasks import TASKS

STORE: tuple[type[Table], ...] = (
    Region,
    Village,
    VillageProgram,
    ProgramSettings,
    ProgramSetup,
    EventRow,
    OutboxHead,
    EventCursor,
    Idempotency,
)

TABLES: tuple[type[Table], ...] = (
    *STORE,
    AccessVersion,
    ActorRow,
    RoleGrant,
    Token,
    *JOB_MODELS,
    *TASK_MODELS,
    *MODELS,
)


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="registry",
        title=Text("Registri", "Registry"),
        summary=Text("Desa, banjar, keluarga dan penduduk.", "Villages, hamlets, households and residents."),
        version="0.1.0",
        api=">=0.1,<0.2",
        core=True,
        models=TABLES,
        types=(*types.TYPES, *queries.TYPES, *holders.TYPES),
        mutations=mutations.MUTATIONS,
        permissions=permissions.PERMISSIONS,
        roles=permissions.ROLES,
        migrations="wantilan.registry.migrations",
        events=(
            Event("resident_registered", Text("Penduduk didaftarkan.", "A resident was registered.")),
            Event("resident_changed", Text("Data penduduk berubah.", "What is known of a resident changed.")),
            Event("resident_left", Text("Penduduk meninggal, pindah atau pergi.", "A resident left.")),
            Event(
                "transfer_changed", Text("Usulan pindah berubah.", "A transfer was proposed or has ended.")
            ),
            Event("village_changed", Text("Data desa berubah.", "What is known of the village changed.")),
            Event("hamlet_changed", Text("Banjar atau kelian berubah.", "A hamlet or its head changed.")),
            Event(
                "household_changed", Text("Data keluarga berubah.", "What is known of a household changed.")
            ),
            Event("correction_proposed", Text("Perbaikan diusulkan.", "A correction was proposed.")),
            Event("correction_decided", Text("Perbaikan diputuskan.", "A correction was decided.")),
            Event("message_sent", Text("Penduduk diberi tahu.", "A resident was told something.")),
            Event("village_enabled", Text("Program diaktifkan.", "A program was enabled.")),
            Event("village_disabled", Text("Program dinonaktifkan.", "A program was disabled.")),
            Event("program_configured", Text("Program diatur.", "A program was configured.")),
            Event("setup_published", Text("Penyiapan diterbitkan.", "A set-up was published.")),
            Event("setup_withdrawn", Text("Penyiapan ditarik.", "A set-up was withdrawn.")),
            Event("setup_imported", Text("Penyiapan diambil alih.", "A set-up was taken over.")),
            Event("job_progressed", Text("Pekerjaan maju selangkah.", "A job has come a step further.")),
            Event("task_started", Text("Tugas diminta.", "A task was asked for.")),
            Event("task_progressed", Text("Tugas maju selangkah.", "A task has come further, or ended.")),
        ),
        files=FILE_KINDS,
        jobs=JOBS,
        tasks=TASKS,
    )


@hookimpl
async def merge_residents(kept: ResidentFacts, merged: ResidentFacts, unit: Unit) -> None:
    await hang_over(unit, kept, merged)
    await merge_details(kept, merged, unit)


@hookimpl
async def transfer_resident(
    leaving: ResidentFacts, arriving: ResidentFacts, source: Unit, target: Unit
) -> None:
    """What the old office was told and has filed stays with it; the new one gives roles itself."""
    await transfer_details(leaving, arriving, source, target)
    await withdraw_open(source, leaving.id)
    await end_roles(source, leaving)


@hookimpl
async def check(unit: Unit) -> AsyncIterator[Finding]:
    wrong = await differing_residents(unit)
    if wrong:
        yield Finding(
            Severity.ERROR,
            Text(
                f"Pencarian memegang kata-kata lama dari {wrong} penduduk.",
                f"The search has old words of {wrong} resident(s).",
            ),
            Text("Jalankan `wantilan search rebuild`.", "Run `wantilan search rebuild`."),
        )


@hookimpl
async def export_resident(resident: ResidentFacts, unit: Unit) -> Mapping[str, Json]:
    return await residents.export_entry(unit, TABLES, resident)


@hookimpl
async def erase_resident(resident: ResidentFacts, unit: Unit) -> Sequence[Kept]:
    return await residents.erase_entry(unit, TABLES, resident)


@hookimpl
async def export_village(unit: Unit) -> AsyncIterator[Record]:
    async for record in villages.export_register(unit, TABLES):
        yield record


@hookimpl
async def import_village(records: AsyncIterator[Record], unit: Unit) -> None:
    await villages.import_register(unit, TABLES, records)


@hookimpl
async def purge_village(unit: Unit) -> None:
    await villages.purge_register(unit, TABLES)
