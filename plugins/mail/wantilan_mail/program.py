"""The mail program: what residents are told reaches them by mail too."""

from __future__ import annotations

from collections.abc import Mapping

from wantilan import (
    Begin,
    Event,
    Message,
    Program,
    ResidentFacts,
    Text,
    Unit,
    hookimpl,
)

from . import mutations, permissions, types
from .models import MODELS, Address, MailOutcome, Sent
from .rules import mail_of
from .sending import Refused, hand_over
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
                Text("Alamat surel diubah.", "A mail address was written down or forgotten."),
            ),
        ),
    )


@hookimpl
async def deliver_message(message: Message, begin: Begin) -> bool:
    """Send it, unless it was sent before. An address that is refused for good is not tried again."""
    async with begin() as unit:
        before = await unit.first(Sent, Sent.message_id == message.id)
        if before is not None:
            return before.outcome is MailOutcome.SENT
        kept = await unit.first(Address, Address.resident_id == message.to.id)
        settings = await unit.settings(MailSettings)
    if kept is None:
        return False
    server, name, reply_to = MailServer(), settings.sender_name, settings.reply_to
    mail = mail_of(message, kept.address, server.sender or "", name=name, reply_to=reply_to, at=unit.now)
    outcome, code = MailOutcome.SENT, None
    try:
        await hand_over(mail, server)
    except Refused as refused:
        outcome, code = MailOutcome.REFUSED, refused.code
    async with begin() as unit:
        to, at = message.to.id, unit.now
        await unit.add(Sent(message_id=message.id, resident_id=to, outcome=outcome, code=code, at=at))
    return outcome is MailOutcome.SENT


@hookimpl
async def export_resident(resident: ResidentFacts, unit: Unit) -> Mapping[str, object]:
    """The address, and when something was sent there."""
    kept = await unit.first(Address, Address.resident_id == resident.id)
    mails = [
        {"message": str(row.message_id), "outcome": row.outcome.name, "at": row.at.isoformat()}
        for row in await unit.all(Sent, Sent.resident_id == resident.id)
    ]
    return {"address": kept.address if kept is not None else None, "mails": mails}


@hookimpl
async def erase_resident(resident: ResidentFacts, unit: Unit) -> None:
    """Nothing of it must be kept."""
    for model in (Sent, Address):
        for row in await unit.all(model, model.resident_id == resident.id):
            await unit.session.delete(row)
    await unit.flush()
