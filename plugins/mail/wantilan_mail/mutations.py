"""Changes of the mail program."""

from __future__ import annotations

import strawberry

from wantilan import (
    Info,
    Judge,
    NotFound,
    Resident,
    WriteUnit,
    input,
    mutation,
    oneself,
    payload,
    ref,
    tables,
    within,
)

from .models import Address
from .permissions import MANAGE
from .rules import address_fault

WHOSE = [within(MANAGE), oneself(tables.Resident.id)]
"""The office, and each for himself."""


@input
class MailSetAddressInput:
    """A resident's mail address."""

    resident_id: strawberry.ID
    """Whose."""
    address: str
    """The address."""


@input
class MailRemoveAddressInput:
    """Whose mail address is to be forgotten."""

    resident_id: strawberry.ID
    """Whose."""


@payload
class MailAddressPayload:
    """What was changed."""

    resident: Resident | None
    """The resident, for reading the address again."""
    changed: bool
    """False when it was so already."""


@mutation(needs=WHOSE)
async def mail_set_address(info: Info, input: MailSetAddressInput) -> MailAddressPayload:
    """Write down where a resident gets mail; for the office, and for the resident himself."""
    judge = Judge(input)
    key, address = judge.key(Resident, "resident_id"), input.address.strip()
    if fault := address_fault(address):
        judge.refuse("address", *fault)
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        resident = await unit.target(tables.Resident, key.id)
        kept = await address_of(unit, resident.id)
        changed = kept is None or kept.address != address
        if kept is None:
            kept = Address(resident_id=resident.id, address=address)
        if changed:
            kept.address, kept.changed_at, kept.changed_by = address, unit.now, unit.actor_id
            await unit.add(kept)
            unit.announce("mail.address_changed", resident=resident.id)
    return MailAddressPayload(resident=ref(Resident, resident), changed=changed)


@mutation(needs=WHOSE)
async def mail_remove_address(info: Info, input: MailRemoveAddressInput) -> MailAddressPayload:
    """Forget where a resident gets mail; for the office, and for the resident himself."""
    judge = Judge(input)
    key = judge.key(Resident, "resident_id")
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        resident = await unit.target(tables.Resident, key.id)
        kept = await address_of(unit, resident.id)
        if kept is not None:
            await unit.session.delete(kept)
            await unit.flush()
            unit.announce("mail.address_changed", resident=resident.id)
    return MailAddressPayload(resident=ref(Resident, resident), changed=kept is not None)


async def address_of(unit: WriteUnit, resident_id: object) -> Address | None:
    return await unit.first(Address, Address.resident_id == resident_id, lock=True)


MUTATIONS = (mail_set_address, mail_remove_address)
