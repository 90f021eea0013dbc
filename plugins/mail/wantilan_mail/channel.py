"""One message on its way: to a confirmed address, or a code to one that is still to be confirmed."""

from __future__ import annotations

from dataclasses import replace

from wantilan import Begin, Message, Unit, uuid7

from .confirming import code_texts, draw_code
from .models import Address, Code, MailOutcome, Sent
from .rules import mail_of
from .sending import Refused, hand_over
from .settings import MailServer, MailSettings


async def deliver(message: Message, begin: Begin) -> bool:
    """Send it, unless it was sent before. What is refused for good is not tried again."""
    async with begin() as unit:
        before = await unit.first(Sent, Sent.message_id == message.id)
        if before is not None:
            return before.outcome is MailOutcome.SENT
        address = await unit.first(Address, Address.resident_id == message.to.id)
        mailed = await _mailed(unit, message, address)
        settings = await unit.settings(MailSettings)
    if address is None or mailed is None:
        return False
    server = MailServer.read()
    mail = mail_of(
        mailed, address.address, server.sender or "",
        name=settings.sender_name, reply_to=settings.reply_to, at=unit.now,
    )  # fmt: skip
    outcome, code = MailOutcome.SENT, None
    try:
        await hand_over(mail, server)
    except Refused as refused:
        outcome, code = MailOutcome.REFUSED, refused.code
    async with begin() as unit:
        to, at = message.to.id, unit.now
        await unit.add(Sent(message_id=message.id, resident_id=to, outcome=outcome, code=code, at=at))
    return outcome is MailOutcome.SENT


async def _mailed(unit: Unit, message: Message, address: Address | None) -> Message | None:
    """What goes out; None for an address that is not there or not confirmed, and for a code out of use."""
    if address is None:
        return None
    code = await unit.first(Code, Code.message_id == message.id)
    if code is None:
        return message if address.confirmed_at is not None else None
    if code.id != address.code_id:
        return None
    subject, body = code_texts(await draw_code(unit, code), unit.village.name)
    return replace(message, id=uuid7(), subject=subject, body=body)  # another mail each time: another code
