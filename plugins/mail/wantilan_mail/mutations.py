"""Changes of the mail program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import strawberry

from wantilan import (
    Conflict,
    FieldFault,
    Info,
    Judge,
    NotFound,
    Notice,
    Resident,
    Text,
    WriteUnit,
    input,
    mutation,
    oneself,
    payload,
    ref,
    tables,
    within,
)

from .confirming import WRONG, ask_code, try_code
from .models import Address
from .permissions import MANAGE
from .rules import address_fault

WHOSE = [within(MANAGE), oneself(tables.Resident.id)]
"""The office, and each for himself."""
CHANGED = "mail.address_changed"


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


@input
class MailSendCodeInput:
    """To whose mail address another code is to go."""

    resident_id: strawberry.ID
    """Whose."""


@input
class MailConfirmAddressInput:
    """The code that came by mail."""

    resident_id: strawberry.ID
    """Whose address it confirms."""
    code: str
    """The digits."""


@payload
class MailAddressPayload:
    """What was changed."""

    resident: Resident | None
    """The resident, for reading the address again."""
    changed: bool
    """False when it was so already."""


@payload
class MailConfirmAddressPayload:
    """What came of the code."""

    resident: Resident | None
    """The resident, for reading the address again."""
    confirmed: bool
    """Whether the address is confirmed now."""
    warnings: list[Notice]
    """Why it is not."""


@mutation(needs=WHOSE)
async def mail_set_address(info: Info, input: MailSetAddressInput) -> MailAddressPayload:
    """Write down where a resident gets mail, and send a code there; for the office, and for the resident
    himself. Until the code is entered nothing else goes there.
    """
    address = input.address.strip()
    async with written(info, Judge(input), address_fault(address)) as (unit, resident, kept):
        changed = kept is None or kept.address != address
        if kept is None:
            kept = Address(resident_id=resident.id, address=address)
        if changed:
            kept.address, kept.changed_at, kept.changed_by = address, unit.now, unit.actor_id
            kept.confirmed_at = None
            await unit.add(kept)
            await ask_code(unit, kept)
            unit.announce(CHANGED, resident=resident.id)
    return MailAddressPayload(resident=ref(Resident, resident), changed=changed)


@mutation(needs=WHOSE)
async def mail_send_code(info: Info, input: MailSendCodeInput) -> MailAddressPayload:
    """Send another code, when the one before is lost or no longer valid; at most five an hour."""
    async with written(info, Judge(input)) as (unit, resident, kept):
        if kept is None:
            raise Conflict(Text("Alamat belum dicatat.", "No address is written down."))
        if kept.confirmed_at is None:
            await ask_code(unit, kept)
    return MailAddressPayload(resident=ref(Resident, resident), changed=kept.confirmed_at is None)


@mutation(needs=WHOSE)
async def mail_confirm_address(info: Info, input: MailConfirmAddressInput) -> MailConfirmAddressPayload:
    """Enter the code that came by mail. A wrong one is counted, so it is answered and not refused; after five
    a new code is needed.
    """
    async with written(info, Judge(input)) as (unit, resident, kept):
        known = kept is not None and kept.confirmed_at is not None
        confirmed = known or (kept is not None and await try_code(unit, kept, input.code))
        if confirmed and not known:
            unit.announce(CHANGED, resident=resident.id)
    wrong = [] if confirmed else [Notice.of(FieldFault(("input", "code"), "MAIL_CODE_WRONG", WRONG))]
    return MailConfirmAddressPayload(resident=ref(Resident, resident), confirmed=confirmed, warnings=wrong)


@mutation(needs=WHOSE)
async def mail_remove_address(info: Info, input: MailRemoveAddressInput) -> MailAddressPayload:
    """Forget where a resident gets mail; for the office, and for the resident himself."""
    async with written(info, Judge(input)) as (unit, resident, kept):
        if kept is not None:
            await unit.session.delete(kept)
            await unit.flush()
            unit.announce(CHANGED, resident=resident.id)
    return MailAddressPayload(resident=ref(Resident, resident), changed=kept is not None)


@asynccontextmanager
async def written(
    info: Info, judge: Judge, fault: tuple[str, Text] | None = None
) -> AsyncIterator[tuple[WriteUnit, tables.Resident, Address | None]]:
    """The transaction, the resident, and the address that is written down; both rows held until it ends.
    `fault` is what is wrong with a new address.

    Raises BadUserInput for what was judged, NotFound for a resident whom the actor may not change.
    """
    key = judge.key(Resident, "resident_id")
    if fault is not None:
        judge.refuse("address", *fault)
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        resident = await unit.target(tables.Resident, key.id, lock=True)
        yield unit, resident, await unit.first(Address, Address.resident_id == resident.id, lock=True)


MUTATIONS = (mail_set_address, mail_send_code, mail_confirm_address, mail_remove_address)
