"""The mail program: what residents are told reaches them by mail too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from wantilan import (
    Begin,
    Deployment,
    Event,
    Finding,
    Message,
    Program,
    Record,
    ResidentFacts,
    Severity,
    Text,
    Unit,
    export_tables,
    forget_resident,
    hookimpl,
    import_tables,
    purge_tables,
    resident_rows,
)

from . import confirming, duties, mutations, permissions, types
from .channel import deliver
from .models import MODELS
from .settings import MailServer, MailSettings


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="mail",
        title=Text("Surel", "Mail"),
        summary=Text("Pesan kepada penduduk lewat surel.", "Messages to residents by mail."),
        version="0.1.0",
        api=">=0.1,<0.2",
        settings=MailSettings,
        models=MODELS,
        types=types.TYPES,
        mutations=mutations.MUTATIONS,
        permissions=permissions.PERMISSIONS,
        roles=permissions.ROLES,
        migrations="wantilan_mail.migrations",
        events=(
            Event(
                "mail.address_changed",
                Text(
                    "Alamat surel diubah atau dikonfirmasi.",
                    "A mail address was written down, confirmed or forgotten.",
                ),
            ),
        ),
        messages=confirming.TEMPLATES,
    )


@hookimpl
async def deliver_message(message: Message, begin: Begin) -> bool:
    return await deliver(message, begin)


@hookimpl
@asynccontextmanager
async def lifespan(deployment: Deployment) -> AsyncIterator[None]:
    """A server whose settings are wrong does not start, instead of failing at each mail."""
    MailServer.read()
    yield


@hookimpl
async def check(unit: Unit) -> AsyncIterator[Finding]:
    if MailServer.read().host is None:
        yield Finding(
            Severity.WARNING,
            Text("Pemasangan ini tidak punya peladen surel.", "The deployment names no mail server."),
            Text("Isi WANTILAN_MAIL_HOST.", "Set WANTILAN_MAIL_HOST."),
        )


@hookimpl
async def export_resident(resident: ResidentFacts, unit: Unit) -> Mapping[str, object]:
    return await resident_rows(unit, MODELS, resident)


@hookimpl
async def erase_resident(resident: ResidentFacts, unit: Unit) -> None:
    await forget_resident(unit, MODELS, resident, delete=MODELS)


@hookimpl
async def merge_residents(kept: ResidentFacts, merged: ResidentFacts, unit: Unit) -> None:
    await duties.merge(unit, kept, merged)


@hookimpl
async def transfer_resident(
    leaving: ResidentFacts, arriving: ResidentFacts, source: Unit, target: Unit
) -> None:
    await duties.transfer(leaving, arriving, source, target)


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
