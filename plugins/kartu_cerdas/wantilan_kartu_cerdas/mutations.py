"""Changes of the card program."""

from __future__ import annotations

import strawberry

from wantilan import (
    Info,
    Judge,
    NotFound,
    Resident,
    Village,
    input,
    mutation,
    own_household,
    payload,
    ref,
    tables,
    within,
)

from . import rules
from .cards import move_card, request_card
from .models import Card, KartuCardStatus
from .permissions import APPROVE, REQUEST
from .types import KartuCard


@input
class KartuRequestCardInput:
    """For whom a card is asked."""

    resident_id: strawberry.ID
    """Who is to hold it."""
    note: str | None = None
    """Why, in one line of at most 200 characters; whoever may see the card reads it in its history."""


@payload
class KartuRequestCardPayload:
    """What the request changed."""

    card: KartuCard | None
    """The card that was asked for; null for those who may ask but not read."""
    resident: Resident | None
    """Who is to hold it; null for those who may ask but not see the person."""
    village: Village
    """The village, for reading its figures again."""


@input
class KartuApproveCardInput:
    """Which card is approved, and what was looked at."""

    card_id: strawberry.ID
    """The card."""
    biodata_checked: bool = False
    """Whether the biodata was compared with a document."""
    photo_checked: bool = False
    """Whether a photo was compared with the person."""
    note: str | None = None
    """A remark, in one line of at most 200 characters; whoever may see the card reads it in its history."""


@payload
class KartuApproveCardPayload:
    """What the approval changed."""

    card: KartuCard | None
    """The card; null for those who may approve but not read."""
    village: Village
    """The village, for reading its figures again."""


@mutation(needs=[within(REQUEST, hamlet=tables.Resident.hamlet_id), own_household(tables.Resident.id)])
async def kartu_request_card(info: Info, input: KartuRequestCardInput) -> KartuRequestCardPayload:
    """Ask for a card for a resident: oneself, one's household, or those for whom one may ask.

    The resident must be alive and of the village, and may have one card at a time.
    """
    holder = info.context.key_of(Resident, input.resident_id, "input", "residentId")
    _judge(input, input.note)
    async with info.context.write(holder.village_id) as unit:
        resident = await unit.target(tables.Resident, holder.id, lock=True)
        card = await request_card(unit, resident, reason=input.note)
        unit.announce("kartu.card_requested", card=card.id, resident=resident.id)
        village = await unit.own_village()
    return KartuRequestCardPayload(
        card=ref(KartuCard, card), resident=ref(Resident, resident), village=ref(Village, village)
    )


@mutation(needs=APPROVE)
async def kartu_approve_card(info: Info, input: KartuApproveCardInput) -> KartuApproveCardPayload:
    """Approve a card that another person asked for."""
    asked = info.context.key_of(KartuCard, input.card_id, "input", "cardId")
    _judge(input, input.note)
    async with info.context.write(asked.village_id) as unit:
        card = await unit.target(Card, asked.id, lock=True)
        rules.check_step(card.status, KartuCardStatus.APPROVED)
        rules.check_four_eyes(card.requested_by, unit.actor_id)
        resident = await unit.get(tables.Resident, card.resident_id, lock=True)
        if resident is None:
            raise NotFound
        rules.check_holder(resident.status)
        card.approved_at, card.approved_by = unit.now, unit.actor_id
        card.biodata_checked, card.photo_checked = input.biodata_checked, input.photo_checked
        await move_card(unit, card, KartuCardStatus.APPROVED, reason=input.note)
        unit.announce("kartu.card_approved", card=card.id, resident=card.resident_id)
        village = await unit.own_village()
    return KartuApproveCardPayload(card=ref(KartuCard, card), village=ref(Village, village))


def _judge(input: object, note: str | None) -> None:
    judge = Judge(input)
    for code, text in rules.note_faults(note):
        judge.refuse("note", code, text)
    judge.check()


MUTATIONS = (kartu_request_card, kartu_approve_card)
