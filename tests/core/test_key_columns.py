"""A column that points at another row shows that row's id, and a list is filtered by it."""

from __future__ import annotations

import pytest
import strawberry
from tests.core.notebook import TITLE, host_with

from wantilan import Connection, Program, Village, column, connection, door, entity, hookimpl, tables, within
from wantilan.programs.host import Host
from wantilan.testing import BENGKEL, World

ASK = """query($filter: LeafPersonFilter) { village(code: "51.02.06.2001") { leaf {
  people(filter: $filter) { nodes { name homeId hamletId } } } } }"""


@entity(
    tables.Resident, read=[within("resident.read")], filter=[tables.Resident.household_id], tag="leaf_person"
)
class LeafPerson:
    """Somebody, and where he belongs."""

    name: str = column(tables.Resident.full_name)
    """The name."""
    home_id: strawberry.ID | None = column(tables.Resident.household_id)
    """The id of the household."""
    hamlet_id: strawberry.ID = column(tables.Resident.hamlet_id)
    """The id of the hamlet."""


@door(Village)
class VillageLeaf:
    """The people of a village."""

    people: Connection[LeafPerson] | None = connection()
    """All of them."""


class Leaf:
    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(
            name="leaf", title=TITLE, summary=TITLE, version="1", api=">=0.1,<0.2",
            types=(LeafPerson, VillageLeaf),
        )  # fmt: skip


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(Leaf())


async def test_a_key_is_shown_as_the_id_of_the_row_and_chosen_by_it(world: World) -> None:
    await world.open(BENGKEL, "leaf")
    hamlet = await world.hamlet(BENGKEL)
    household = await world.household(BENGKEL, hamlet)
    await world.resident(BENGKEL, hamlet, household, name="Ni Luh Contoh", serial=1)
    await world.resident(BENGKEL, hamlet, name="I Ketut Contoh", serial=2)
    operator = await world.token("village_operator", BENGKEL)
    home, there = await world.id_of("Household", household), await world.id_of("Hamlet", hamlet)

    async def people(**chosen: object) -> dict[str, object]:
        reply = await world.ask(ASK, operator, filter={"homeId": chosen} if chosen else None)
        nodes = reply.data["village"]["leaf"]["people"]["nodes"]
        assert all(one["hamletId"] == there for one in nodes)
        return {one["name"]: one["homeId"] for one in nodes}

    assert await people() == {"Ni Luh Contoh": home, "I Ketut Contoh": None}
    assert await people(eq=home) == {"Ni Luh Contoh": home}
    assert await people(isNull=True) == {"I Ketut Contoh": None}
