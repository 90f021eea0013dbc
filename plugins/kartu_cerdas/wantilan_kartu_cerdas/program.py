"""The card program: Kartu Cerdas, from the request to its end."""

from __future__ import annotations

from wantilan import Event, Program, ResidentFacts, Text, Unit, hookimpl

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
async def merge_residents(kept: ResidentFacts, merged: ResidentFacts, unit: Unit) -> None:
    await duties.merge(unit, kept, merged)


@hookimpl
async def transfer_resident(leaving: ResidentFacts, source: Unit) -> None:
    await duties.close(source, leaving)
