"""What the demo shows: cards of grown-up people at several points of their lives."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from wantilan import tables
from wantilan.testing import BENGKEL, World
from wantilan_kartu_cerdas import demo
from wantilan_kartu_cerdas.models import Card, CardEvent
from wantilan_kartu_cerdas.numbers import is_card_number


async def test_the_demo_gives_cards_of_several_kinds_to_adults_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "EVERY", 2)
    await world.open(BENGKEL, "kartu_cerdas")
    hamlet = await world.hamlet(BENGKEL)
    async with world.unit(BENGKEL) as unit:
        child, now = unit.today - timedelta(days=10 * 365), unit.now
    for serial in range(1, 30):
        await world.resident(
            BENGKEL, hamlet, serial=serial, born=child if serial % 10 == 0 else date(1980, 1, 2)
        )
    for _ in range(2):
        async with world.unit(BENGKEL) as unit:
            await demo.demo(unit.village, unit)
    async with world.unit(BENGKEL) as unit:
        cards, events = await unit.all(Card), await unit.all(CardEvent)
        born = {row.id: row.birth_date for row in await unit.all(tables.Resident)}
    assert len(cards) == 14
    assert {card.status.name for card in cards} >= {"REQUESTED", "APPROVED", "ACTIVE", "REJECTED", "LOST"}
    assert all(is_card_number(card.number) for card in cards)
    assert {born[card.resident_id] for card in cards} == {date(1980, 1, 2)}
    assert all(event.at < now for event in events)
    assert len(events) == sum(1 + len(demo.LIVES[n % len(demo.LIVES)]) for n in range(14))
