"""What the mail program owes residents and villages: to give out what it keeps, and to forget it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from wantilan import Record, ResidentFacts, Unit

from .models import Address, Code, Sent


async def of_resident(unit: Unit, resident: ResidentFacts) -> Mapping[str, object]:
    """The address, and when something was sent there."""
    kept = await unit.first(Address, Address.resident_id == resident.id)
    sent = await unit.all(Sent, Sent.resident_id == resident.id)
    if kept is None and not sent:
        return {}
    confirmed = kept.confirmed_at if kept is not None else None
    return {
        "address": kept.address if kept is not None else None,
        "confirmedAt": confirmed.isoformat() if confirmed is not None else None,
        "mails": [
            {"message": str(row.message_id), "outcome": row.outcome.name, "at": row.at.isoformat()}
            for row in sent
        ],
    }


async def forget(unit: Unit, resident: ResidentFacts | None = None) -> None:
    """One resident, or all of the village."""
    for model, whose in ((Sent, Sent.resident_id), (Code, Code.resident_id), (Address, Address.resident_id)):
        own = [] if resident is None else [whose == resident.id]
        for row in await unit.all(model, *own):
            await unit.session.delete(row)
    await unit.flush()


async def merge(unit: Unit, kept: ResidentFacts, merged: ResidentFacts) -> None:
    """Who has an address keeps it; else it comes with the other."""
    gone = await unit.first(Address, Address.resident_id == merged.id)
    if gone is not None and await unit.exists(Address, Address.resident_id == kept.id):
        await unit.session.delete(gone)
    elif gone is not None:
        gone.resident_id = kept.id
    await unit.flush()
    for code in await unit.all(Code, Code.resident_id == merged.id):
        code.resident_id = kept.id
    for sent in await unit.all(Sent, Sent.resident_id == merged.id):
        sent.resident_id = kept.id
    await unit.flush()


async def transfer(leaving: ResidentFacts, arriving: ResidentFacts, source: Unit, target: Unit) -> None:
    """The address moves with the person, confirmed if it was, unless the new record has one. What was sent
    stays with the office that sent it; a code that was asked for there is asked for anew.
    """
    address = await source.first(Address, Address.resident_id == leaving.id)
    for code in await source.all(Code, Code.resident_id == leaving.id):
        await source.session.delete(code)
    if address is not None:
        if not await target.exists(Address, Address.resident_id == arriving.id):
            await target.add(
                Address(
                    resident_id=arriving.id,
                    address=address.address,
                    changed_at=target.now,
                    changed_by=target.actor_id,
                    confirmed_at=address.confirmed_at,
                )
            )
        await source.session.delete(address)
    await source.flush()


async def records(unit: Unit) -> AsyncIterator[Record]:
    """Every row but the codes, which are valid for an hour: a new one is asked for where the village goes."""
    for row in await unit.all(Address):
        yield Record(
            Address.__tablename__,
            {
                "id": str(row.id),
                "resident_id": str(row.resident_id),
                "address": row.address,
                "changed_at": row.changed_at.isoformat(),
                "changed_by": str(row.changed_by) if row.changed_by is not None else None,
                "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at is not None else None,
            },
        )
    for sent in await unit.all(Sent):
        yield Record(
            Sent.__tablename__,
            {
                "id": str(sent.id),
                "message_id": str(sent.message_id),
                "resident_id": str(sent.resident_id),
                "outcome": sent.outcome.name,
                "code": sent.code,
                "at": sent.at.isoformat(),
            },
        )
