"""The card program: Kartu Cerdas, from the request to its end."""

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

from . import duties, mutations, permissions, types
from .demo import demo
from .models import MODELS


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="kartu_cerdas",
        prefix="kartu",
        title=Text("Kartu Cerdas", "Smart card"),
        summary=Text(
            "Kartu layanan penduduk, dari permintaan sampai dicabut.",
            "The residents' card of services, from the request to its end.",
        ),
        version="0.1.0",
        api=">=0.1,<0.2",
        models=MODELS,
        types=types.TYPES,
        mutations=mutations.MUTATIONS,
        permissions=permissions.PERMISSIONS,
        roles=permissions.ROLES,
        migrations="wantilan_kartu_cerdas.migrations",
        events=(
            Event("kartu.card_requested", Text("Kartu diminta.", "A card was asked for.")),
            Event("kartu.card_approved", Text("Kartu disetujui.", "A card was approved.")),
        ),
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
async def transfer_resident(leaving: ResidentFacts, source: Unit) -> None:
    await duties.close(source, leaving)


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
