"""What the card program owes residents. A number is never given twice, so no duty deletes a card."""

from __future__ import annotations

from wantilan import ResidentFacts, Unit

from .cards import move_card
from .models import Card, CardEvent, KartuCardStatus
from .rules import TRANSITIONS


async def merge(unit: Unit, kept: ResidentFacts, merged: ResidentFacts) -> None:
    """All cards become those of the kept record. Of two that are open, the kept record's stays open."""
    if await unit.exists(Card, Card.resident_id == kept.id, Card.closed_on.is_(None)):
        await close(unit, merged)
    for card in await unit.all(Card, Card.resident_id == merged.id):
        card.resident_id = kept.id
    for event in await unit.all(CardEvent, CardEvent.resident_id == merged.id):
        event.resident_id = kept.id
    await unit.flush()


async def close(unit: Unit, resident: ResidentFacts) -> None:
    """Take the resident's open card away: a village's card serves its own residents. History stays."""
    card = await unit.first(Card, Card.resident_id == resident.id, Card.closed_on.is_(None), lock=True)
    if card is not None:
        revoked = KartuCardStatus.REVOKED
        end = revoked if revoked in TRANSITIONS[card.status] else KartuCardStatus.CANCELLED
        await move_card(unit, card, end)
