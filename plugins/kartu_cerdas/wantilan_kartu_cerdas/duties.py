"""What the card program owes residents. A number is never given twice, so no duty deletes a card."""

from __future__ import annotations

from collections.abc import Sequence

from wantilan import Kept, ResidentFacts, Text, Unit, forget_resident

from .cards import move_card
from .models import MODELS, Card, CardEvent, KartuCardStatus
from .rules import TRANSITIONS

CARDS = Kept(
    Text(
        "Nomor kartu dan langkah-langkahnya, tanpa alasan.", "Card numbers and their steps, without reasons."
    ),
    Text("Nomor kartu tidak boleh dipakai dua kali.", "The number of a card must never be given twice."),
)


async def erase(unit: Unit, resident: ResidentFacts) -> Sequence[Kept] | None:
    """Close the open card, and forget what was written about its steps."""
    if not await unit.exists(Card, Card.resident_id == resident.id):
        return None
    await close(unit, resident)
    keep = (Card.number, CardEvent.from_status)
    await forget_resident(unit, MODELS, resident, keep=keep)
    return [CARDS]


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
