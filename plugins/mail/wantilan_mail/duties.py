"""What the mail program owes residents: an address hangs on the right person, and moves with him."""

from __future__ import annotations

from wantilan import ResidentFacts, Unit

from .models import Address, Code, Sent


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
