"""What the card program shows."""

from __future__ import annotations

from datetime import date, datetime

from wantilan import (
    Connection,
    Region,
    Resident,
    Village,
    aggregate,
    connection,
    count,
    door,
    entity,
    one,
    own_household,
    own_village,
    summary,
    tables,
    within,
)

from .models import Card, CardEvent, KartuCardStatus
from .permissions import FIGURES, READ


@entity(
    CardEvent,
    read=[
        within(READ, hamlet=(CardEvent.resident_id, tables.Resident.hamlet_id)),
        own_household(CardEvent.resident_id),
    ],
)
class KartuCardEvent:
    """One step in a card's life."""

    at: datetime
    """When it was taken."""
    from_status: KartuCardStatus | None
    """Where the card stood before; null for the request that began it."""
    to_status: KartuCardStatus
    """Where it stands since then."""
    reason: str | None
    """Why, in the words of who took the step."""


@entity(
    Card,
    read=[
        within(READ, hamlet=(Card.resident_id, tables.Resident.hamlet_id)),
        own_household(Card.resident_id),
    ],
    order=[Card.requested_at],
    filter=[Card.status, Card.number, Card.requested_at],
)
class KartuCard:
    """One card of one resident: a card of services, not of identity."""

    number: str
    """Twenty digits: the village's code, nine random ones, a check digit (Damm). Nothing of its holder."""
    status: KartuCardStatus
    """Where it stands in its life."""
    requested_at: datetime
    """When it was asked for."""
    approved_at: datetime | None
    """When it was approved; null before."""
    biodata_checked: bool
    """Whether who approved it compared the biodata with a document."""
    photo_checked: bool
    """Whether who approved it compared a photo with the person."""
    closed_on: date | None
    """The day from which it is no longer the resident's card; null while it is."""
    resident: Resident | None = one()
    """Whose card it is; null for those who may not see the person."""
    village: Village = one()
    """The village that gives it out."""
    history: Connection[KartuCardEvent] | None = connection()
    """The steps of its life, as they were written down."""


@summary(Card, read=[within(FIGURES), own_village()])
class KartuCardsByStatus:
    """How many cards stand at one point of their lives."""

    status: KartuCardStatus
    """The point."""
    cards: int = count()
    """How many cards, the closed ones included."""


@door(Village)
class VillageKartu:
    """The cards of this village."""

    cards: Connection[KartuCard] | None = connection()
    """The cards, the closed ones included."""
    cards_by_status: list[KartuCardsByStatus] | None = aggregate()
    """How many cards there are, by status."""


@door(Region)
class RegionKartu:
    """The cards in the villages of this region that enabled the program."""

    cards_by_status: list[KartuCardsByStatus] | None = aggregate()
    """How many cards there are in those villages, by status."""


@door(Resident)
class ResidentKartu:
    """The cards of this resident."""

    card: KartuCard | None = one(only=Card.closed_on.is_(None))
    """The one card that is the resident's now, from the request for it to its end."""
    cards: Connection[KartuCard] | None = connection()
    """Every card there has been."""


TYPES = (KartuCardEvent, KartuCard, KartuCardsByStatus, VillageKartu, RegionKartu, ResidentKartu)
