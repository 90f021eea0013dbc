"""The waste program: from the house to the TPS3R to the report."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from wantilan import (
    Event,
    Finding,
    Holder,
    Kept,
    Program,
    Record,
    ResidentFacts,
    Text,
    Unit,
    VillageFacts,
    export_tables,
    hookimpl,
    import_tables,
    purge_tables,
    resident_rows,
)

from . import bank_events, duties, feeds, files, messages, mutations, open311, permissions, types
from .complaints import MOVED, REPORTED
from .demo import demo
from .fee_events import FEE_EVENTS
from .holding import point_holder
from .jobs import JOBS, NO_INTAKE
from .models import MODELS, ROLLUPS
from .reporting import report_findings
from .running import RUN_EVENTS
from .settings import WasteSettings
from .setup.whole import give, take
from .stock_checks import stock_findings
from .stock_events import EVENTS as STOCK_EVENTS
from .tasks import TASKS


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="waste",
        title=Text("Sampah (SIMASA)", "Waste (SIMASA)"),
        summary=Text("Sampah dari sumbernya sampai TPS3R.", "Waste from its source to the TPS3R."),
        version="0.1.0",
        api=">=0.1,<0.2",
        settings=WasteSettings,
        models=MODELS,
        rollups=ROLLUPS,
        types=types.TYPES,
        mutations=mutations.MUTATIONS,
        permissions=permissions.PERMISSIONS,
        roles=permissions.ROLES,
        migrations="wantilan_waste.migrations",
        events=(
            Event("waste.intake_recorded", Text("Penimbangan dicatat.", "A weighing was recorded.")),
            Event(REPORTED, Text("Aduan diterima.", "A complaint was reported.")),
            Event(MOVED, Text("Aduan berlanjut.", "A complaint went a step further.")),
            Event(NO_INTAKE, Text("Kemarin tidak ada penimbangan.", "Nothing was weighed yesterday.")),
            Event("waste.report_submitted", Text("Laporan diajukan.", "A report was submitted.")),
            Event("waste.report_reviewed", Text("Laporan diperiksa.", "A report was reviewed.")),
            Event("waste.report_locked", Text("Laporan dikunci.", "A report was locked.")),
            *STOCK_EVENTS,
            *RUN_EVENTS,
            *bank_events.EVENTS,
            *FEE_EVENTS,
        ),
        messages=messages.TEMPLATES,
        files=files.KINDS,
        jobs=JOBS,
        tasks=TASKS,
        endpoints=(*feeds.ENDPOINTS, *open311.ENDPOINTS),
        demo=demo,
    )


@hookimpl
async def check(unit: Unit) -> AsyncIterator[Finding]:
    for findings in (stock_findings, report_findings):
        async for finding in findings(unit):
            yield finding


@hookimpl
async def find_holder(code: str, village: VillageFacts, unit: Unit) -> Holder | None:
    return await point_holder(unit, code)


@hookimpl
async def export_resident(resident: ResidentFacts, unit: Unit) -> Mapping[str, object]:
    return await resident_rows(unit, MODELS, resident)


@hookimpl
async def erase_resident(resident: ResidentFacts, unit: Unit) -> Sequence[Kept] | None:
    return await duties.erase(unit, resident)


@hookimpl
async def merge_residents(kept: ResidentFacts, merged: ResidentFacts, unit: Unit) -> None:
    await duties.merge(unit, kept, merged)


@hookimpl
async def transfer_resident() -> None:
    """Nothing moves, and nobody is kept from moving: what he saved is owed by the bank of the village that he
    leaves and is paid out there, from the account under his old record; what he reported concerns that
    village.
    """


@hookimpl
async def export_setup(unit: Unit) -> Mapping[str, object]:
    return await give(unit)


@hookimpl
async def import_setup(setup: Mapping[str, object], unit: Unit) -> None:
    await take(unit, setup)


@hookimpl
async def export_village(unit: Unit) -> AsyncIterator[Record]:
    async for record in export_tables(unit, MODELS):
        yield record


@hookimpl
async def import_village(records: AsyncIterator[Record], unit: Unit) -> None:
    await import_tables(unit, MODELS, records)


@hookimpl
async def purge_village(unit: Unit) -> None:
    await purge_tables(unit, MODELS)
