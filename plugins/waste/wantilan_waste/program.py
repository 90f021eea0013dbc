"""The waste program: from the house to the TPS3R to the report."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from wantilan import (
    Event,
    Kept,
    Program,
    Record,
    ResidentFacts,
    Text,
    Unit,
    export_tables,
    hookimpl,
    import_tables,
    purge_tables,
    resident_rows,
)

from . import bank_events, duties, files, messages, mutations, permissions, types
from .demo import demo
from .feeds import ENDPOINTS
from .jobs import JOBS, NO_INTAKE
from .models import MODELS, ROLLUPS
from .running import RUN_EVENTS
from .settings import WasteSettings
from .setup.whole import give, take
from .stock_events import EVENTS as STOCK_EVENTS


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
            Event(NO_INTAKE, Text("Kemarin tidak ada penimbangan.", "Nothing was weighed yesterday.")),
            *bank_events.EVENTS,
            *STOCK_EVENTS,
            *RUN_EVENTS,
        ),
        messages=messages.TEMPLATES,
        files=files.KINDS,
        jobs=JOBS,
        endpoints=ENDPOINTS,
        demo=demo,
    )


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
