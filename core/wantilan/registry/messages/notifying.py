"""Telling a resident something: a row in the inbox, written with the change of which it tells."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from ...programs.messages import MessageTemplate, TemplateMisused
from ...programs.values import ResidentFacts
from ...store.ids import uuid7
from ...store.write import Unit
from ..models import Message, Resident

SENT = "message_sent"
"""The event of a new message; its subject is the message."""


async def notify(
    unit: Unit, to: ResidentFacts | UUID, template: MessageTemplate, **values: object
) -> Message:
    """Tell a resident of the unit's village something: in the inbox at once, and by the village's channels
    after the commit. `values` are those that the template names.

    Raises TemplateMisused, a TypeError, for what is no template and for values that do not fit it;
    ValueError for a resident of another village. Nothing is written then.
    """
    if not isinstance(template, MessageTemplate):
        kind = type(template).__name__
        raise TemplateMisused(f"notify() takes a MessageTemplate that the program declares, not a {kind}.")
    resident = to.id if isinstance(to, ResidentFacts) else to
    if (isinstance(to, ResidentFacts) and to.village_id != unit.village.id) or not await unit.exists(
        Resident, Resident.id == resident
    ):
        raise ValueError(f"notify({template.name!r}): the resident is not of this village.")
    subject, body = template.filled(values, ZoneInfo(unit.village.time_zone))
    message = Message(
        village_id=unit.village.id,
        id=uuid7(),
        resident_id=resident,
        template=template.name,
        subject_id=subject.id,
        subject_en=subject.en,
        body_id=body.id,
        body_en=body.en,
        created_at=unit.now,
    )
    await unit.add(message)
    unit.announce(SENT, message=message.id)
    return message
