"""The camera register: which cameras hang where, for what, and whose they are. Never what they see."""

from __future__ import annotations

from collections.abc import AsyncIterator

from wantilan import (
    Event,
    Program,
    Record,
    Text,
    Unit,
    export_tables,
    hookimpl,
    import_tables,
    purge_tables,
)

from . import mutations, permissions, queries, types
from .demo import demo
from .models import MODELS
from .settings import PROGRAM, CctvSettings


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name=PROGRAM,
        door="cctv",
        prefix="cctv",
        title=Text("Registri CCTV", "CCTV register"),
        summary=Text(
            "Kamera desa: letak, tujuan, pengelola dan tandanya.",
            "The village's cameras: place, purpose, operator and sign.",
        ),
        version="0.1.0",
        api=">=0.1,<0.2",
        settings=CctvSettings,
        models=MODELS,
        types=(*types.TYPES, *queries.TYPES),
        mutations=mutations.MUTATIONS,
        permissions=permissions.PERMISSIONS,
        roles=permissions.ROLES,
        migrations="wantilan_cctv_registry.migrations",
        events=(Event("cctv.camera_registered", Text("Kamera didaftarkan.", "A camera was registered.")),),
        demo=demo,
    )


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
