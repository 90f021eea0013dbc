"""What `make demo` shows of the card program: cards at several points of their lives."""

from __future__ import annotations

from datetime import date, timedelta

from wantilan import ResidentStatus, Unit, VillageFacts, tables

from .cards import move_card, request_card
from .models import Card
from .models import KartuCardStatus as S

EVERY = 20
"""One adult in so many has a card."""
GROWN_UP = 17
"""Years. Whether children carry cards is for the village to decide."""

LIVES: tuple[tuple[S, ...], ...] = (
    (S.APPROVED, S.PRINTED, S.ISSUED, S.ACTIVE),
    (S.APPROVED, S.PRINTED, S.ISSUED, S.ACTIVE),
    (),
    (S.APPROVED, S.PRINTED, S.ISSUED),
    (S.APPROVED,),
    (S.APPROVED, S.PRINTED, S.ISSUED, S.ACTIVE, S.SUSPENDED),
    (S.REJECTED,),
    (S.APPROVED, S.ISSUED, S.ACTIVE, S.LOST),
    (S.APPROVED, S.PRINTED),
    (S.CANCELLED,),
)
"""The steps that follow the request, told one after the other."""

REASONS = {
    S.REJECTED: "Biodata belum cocok dengan KK",
    S.CANCELLED: "Dibatalkan oleh pemohon",
    S.SUSPENDED: "Kartu tertinggal di TPS3R, menunggu diambil",
    S.LOST: "Dilaporkan hilang oleh pemegang",
}


async def demo(village: VillageFacts, unit: Unit) -> None:
    """Cards for some of the adults of the village. Does nothing where there are cards already."""
    if await unit.exists(Card):
        return
    alive = await unit.all(tables.Resident, tables.Resident.status == ResidentStatus.HIDUP)
    adults = sorted((r for r in alive if _is_grown_up(r.birth_date, unit.today)), key=lambda r: r.id)
    for number, resident in enumerate(adults[::EVERY]):
        await _live(unit, resident, LIVES[number % len(LIVES)], number)


async def _live(unit: Unit, resident: tables.Resident, life: tuple[S, ...], number: int) -> None:
    """A step every three days, the last one within the last weeks."""
    at = unit.now - timedelta(days=3 * len(life) + number % 30 + 1)
    card = await request_card(unit, resident, at=at)
    for step in life:
        at += timedelta(days=3)
        if step is S.APPROVED:
            card.approved_at, card.biodata_checked = at, True
        await move_card(unit, card, step, reason=REASONS.get(step), at=at)


def _is_grown_up(born: date, today: date) -> bool:
    return (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) >= GROWN_UP
