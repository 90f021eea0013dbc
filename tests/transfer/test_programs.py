"""What the programs of this repository take along, leave behind, and hand over to the record that goes on."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.transfer.scene import MERGE, REFUSE, Scene

from wantilan.registry.models import IncomingPerson, OutgoingTransfer, Resident
from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan_kartu_cerdas.cards import request_card
from wantilan_kartu_cerdas.models import Card, CardEvent
from wantilan_mail.models import Address

MAIL = "wayan@surel.example"


async def holding(scene: Scene, *names: str) -> None:
    """Each gets a card and a confirmed mail address; no village has enabled either program."""
    async with scene.world.unit(BENGKEL) as unit:
        for name in names:
            row = await unit.get(Resident, scene.uuid(name))
            assert row is not None
            await request_card(unit, row)
            await unit.add(
                Address(resident_id=row.id, address=MAIL, changed_at=unit.now, confirmed_at=unit.now)
            )


async def test_a_card_ends_where_he_leaves_and_the_address_goes_with_him(scene: Scene) -> None:
    await holding(scene, "nyoman")
    transfer = await scene.proposed("nyoman")
    assert (await scene.accept(transfer, "KEPALA_KELUARGA")).errors == []
    async with scene.world.unit(BENGKEL) as unit:
        (card,) = await unit.all(Card)
        assert card.status.name == "CANCELLED" and card.closed_on == unit.today
        assert card.resident_id == scene.uuid("nyoman") and await unit.all(Address) == []
    async with scene.world.unit(NEIGHBOUR) as unit:
        (address,) = await unit.all(Address)
        (new,) = await unit.all(Resident)
        assert (address.resident_id, address.address) == (new.id, MAIL) and address.confirmed_at is not None
        assert await unit.all(Card) == []


async def test_the_account_of_who_leaves_opens_nothing_more(scene: Scene) -> None:
    me = "{ me { resident { fullName } } }"
    assert (await scene.ask("resident", me)).data["me"]["resident"] == {"fullName": "I Wayan Contoh"}
    transfer = await scene.proposed("wayan", "luh", "putu")
    assert (await scene.accept(transfer, "KEPALA_KELUARGA", "ISTRI", "ANAK")).errors == []
    assert (await scene.ask("resident", me)).data["me"]["resident"] is None


async def test_of_two_cards_the_kept_one_stays_open_and_every_step_is_kept(scene: Scene) -> None:
    await scene.register("again", "Wy. Contoh")
    await holding(scene, "wayan", "again")
    both = {"keptId": scene.ids["wayan"], "mergedId": scene.ids["again"]}
    assert (await scene.ask("source", MERGE, input=both)).errors == []
    async with scene.world.unit(BENGKEL) as unit:
        cards, steps = await unit.all(Card), await unit.all(CardEvent)
        (address,) = await unit.all(Address)
    assert sorted(card.status.name for card in cards) == ["CANCELLED", "REQUESTED"] and len(steps) == 3
    assert {one.resident_id for one in (*cards, *steps, address)} == {scene.uuid("wayan")}


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
async def test_a_village_that_is_gone_leaves_no_names_behind(scene: Scene) -> None:
    transfer = await scene.proposed("nyoman")
    async with scene.world.unit(BENGKEL) as unit:
        await unit.session.execute(sa.text("DELETE FROM outgoing_person"))
        await unit.session.execute(sa.delete(OutgoingTransfer))
    assert (await scene.accept(transfer, "KEPALA_KELUARGA")).codes == ["NOT_FOUND"]
    no = {"transferId": transfer["id"], "reason": "Desa asal tidak ada lagi"}
    assert (await scene.ask("target", REFUSE, input=no)).errors == []
    async with scene.world.unit(NEIGHBOUR) as unit:
        (person,) = await unit.all(IncomingPerson)
    assert person.full_name is person.birth_date is None
