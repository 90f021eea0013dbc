"""A card's life, one step at a time: each is judged by the table of transitions and written down."""

from __future__ import annotations

import secrets
from datetime import datetime

from wantilan import Conflict, Text, Unit, tables

from . import rules
from .models import Card, CardEvent, KartuCardStatus
from .numbers import SERIALS, card_number

DRAWS = 5
"""Even with a million cards in a village, one draw in a thousand meets a number in use."""


async def request_card(
    unit: Unit, resident: tables.Resident, *, reason: str | None = None, at: datetime | None = None
) -> Card:
    """Begin a card for a resident. Raises RuleViolated when he may hold none, or has one.

    Lock the resident's row first: what is judged here must still be so when it is written.
    """
    rules.check_holder(resident.status)
    rules.check_no_open_card(
        await unit.exists(Card, Card.resident_id == resident.id, Card.closed_on.is_(None))
    )
    card = Card(
        number=await free_number(unit),
        resident_id=resident.id,
        status=KartuCardStatus.REQUESTED,
        requested_at=at or unit.now,
        requested_by=unit.actor_id,
    )
    await unit.add(card)
    await _note(unit, card, None, reason, at)
    return card


async def move_card(
    unit: Unit, card: Card, to: KartuCardStatus, *, reason: str | None = None, at: datetime | None = None
) -> None:
    """Take one step. Raises InvalidTransition when the table does not allow it."""
    before = card.status
    rules.check_step(before, to)
    card.status = to
    if to in rules.CLOSED:
        card.closed_on = unit.business_date(at or unit.now)
    await unit.flush()
    await _note(unit, card, before, reason, at)


async def free_number(unit: Unit) -> str:
    """A number that no card of the village has or had."""
    for _ in range(DRAWS):
        number = card_number(unit.village.code, secrets.randbelow(SERIALS))
        if not await unit.exists(Card, Card.number == number):
            return number
    raise Conflict(
        Text("Nomor kartu tidak tersedia; coba lagi.", "No free card number was found; try again.")
    )


async def _note(
    unit: Unit, card: Card, before: KartuCardStatus | None, reason: str | None, at: datetime | None
) -> None:
    await unit.add(
        CardEvent(
            card_id=card.id,
            resident_id=card.resident_id,
            from_status=before,
            to_status=card.status,
            at=at or unit.now,
            actor_id=unit.actor_id,
            reason=reason,
        )
    )
