"""Cards when two records are one person, and when the holder moves to another village."""

from __future__ import annotations

import pytest
from tests.kartu_cerdas.scene import Scene

from wantilan import ResidentFacts, tables
from wantilan.testing import BENGKEL
from wantilan_kartu_cerdas.models import Card, CardEvent, KartuCardStatus
from wantilan_kartu_cerdas.program import erase_resident, export_resident, merge_residents, transfer_resident

S = KartuCardStatus
ACTIVE = (S.APPROVED, S.PRINTED, S.ISSUED, S.ACTIVE)
pytestmark = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])


def facts(row: tables.Resident) -> ResidentFacts:
    return ResidentFacts(row.id, row.village_id)


async def cards(scene: Scene) -> dict[str, tuple[str, bool]]:
    """Each card of Bengkel: whose it is and how it stands, and whether it is closed; by its number."""
    names = {row.id: name for name, row in scene.people.items()}
    async with scene.world.unit(BENGKEL) as unit:
        events = {row.card_id: row.resident_id for row in await unit.all(CardEvent)}
        found = await unit.all(Card)
    assert all(events[card.id] == card.resident_id for card in found)
    return {c.number: (f"{names[c.resident_id]} {c.status.name}", c.closed_on is not None) for c in found}


async def test_of_two_open_cards_that_of_the_record_which_is_kept_stays_open(scene: Scene) -> None:
    kept, merged = await scene.card("wayan", *ACTIVE), await scene.card("made", *ACTIVE)
    async with scene.world.unit(BENGKEL) as unit:
        await merge_residents(facts(scene.people["wayan"]), facts(scene.people["made"]), unit)
    assert await cards(scene) == {
        kept.number: ("wayan ACTIVE", False),
        merged.number: ("wayan REVOKED", True),
    }


async def test_an_only_card_stays_open_with_the_record_that_is_kept(scene: Scene) -> None:
    card = await scene.card("made")
    async with scene.world.unit(BENGKEL) as unit:
        await merge_residents(facts(scene.people["wayan"]), facts(scene.people["made"]), unit)
    assert await cards(scene) == {card.number: ("wayan REQUESTED", False)}


@pytest.mark.parametrize(
    ("steps", "end"), [((), "CANCELLED"), (ACTIVE, "REVOKED"), ((S.REJECTED,), "REJECTED")]
)
async def test_who_moves_away_or_is_erased_has_no_open_card_any_more(
    scene: Scene, steps: tuple[S, ...], end: str
) -> None:
    moved, erased = await scene.card("wayan", *steps), await scene.card("made", *steps)
    other = await scene.card("luh", *ACTIVE)
    async with scene.world.unit(BENGKEL) as unit:
        await transfer_resident(facts(scene.people["wayan"]), unit)
        kept = await erase_resident(facts(scene.people["made"]), unit)
        assert kept is not None and "number" in kept[0].what.en
        assert await erase_resident(facts(scene.people["wayan"]), unit) is not None
    assert await cards(scene) == {
        moved.number: (f"wayan {end}", True),
        erased.number: (f"made {end}", True),
        other.number: ("luh ACTIVE", False),
    }


async def test_of_who_has_no_card_nothing_is_given_and_nothing_kept(scene: Scene) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        whom = facts(scene.people["wayan"])
        assert await export_resident(whom, unit) == {} and await erase_resident(whom, unit) is None
