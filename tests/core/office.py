"""Bengkel with its office: two hamlets, a family in each, and everybody who might want to change something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from wantilan.registry.models import Hamlet, Household, Resident
from wantilan.store.outbox import Event
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World
from wantilan.testing.refusals import Refused, check_refusals

SINCE = date(2020, 1, 1)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

ONE = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
"""Judging and permissions know no dialect."""


@dataclass(frozen=True)
class Office:
    """`wayan` heads a household in Kaja and `putu` is his child; `made` lives in Kelod by herself."""

    world: World
    kaja: Hamlet
    kelod: Hamlet
    household: Household
    wayan: Resident
    putu: Resident
    made: Resident
    tokens: Mapping[str, str | None]
    """By who: visitor, neighbour (the other village's perbekel), kelian (of Kaja), other_kelian (of Kelod),
    agency, resident (wayan), operator, colleague (another operator), perbekel.
    """

    async def id(self, row: Any) -> str:
        return await self.world.id_of(type(row).__name__, row)

    async def change(self, mutation: str, answer: str, who: str = "perbekel", **input: Any) -> Reply:
        """Run one mutation with one input."""
        return await self.world.ask(operation(mutation, answer), self.tokens[who], input=input)

    async def ask(self, query: str, who: str = "perbekel", **variables: Any) -> Any:
        return (await self.world.ask(query, self.tokens[who], **variables)).data

    async def events(self) -> list[tuple[str, Mapping[str, str]]]:
        """What was announced in the village, in order."""
        async with self.world.unit(BENGKEL) as unit:
            found = await unit.session.scalars(
                sa.select(Event).where(Event.village_id == unit.village.id).order_by(Event.number)
            )
            return [(event.name, event.subjects) for event in found]

    async def dump(self) -> str:
        """Every row of every table: what must be the same after a refusal."""
        lines: list[str] = []
        async with self.world.database.transaction(WHOLE_COUNTRY) as session:
            for model in self.world.host.models:
                rows = await session.execute(sa.select(model.__table__))
                lines += sorted(f"{model.__tablename__} {tuple(row)}" for row in rows)
        return "\n".join(lines)

    async def refuses(self, mutation: str, codes: Mapping[str, str], **input: Any) -> None:
        """Each of these is refused with this code, and not one row of any table is another one after it."""
        table = [Refused(who, self.tokens[who], code, {"input": input}) for who, code in codes.items()]
        await check_refusals(self.world, operation(mutation, "__typename"), table, unchanged=self.dump)

    async def faults(self, mutation: str, who: str, table: Sequence[tuple[dict[str, Any], Any]]) -> None:
        """Each input is refused with these faults by field, all at once, and changes nothing."""
        before = await self.dump()
        for given, expected in table:
            reply = await self.change(mutation, "__typename", who, **given)
            found = {path.removeprefix("input."): code for path, code in reply.faults.items()}
            assert found == expected, given
            assert await self.dump() == before, given


def operation(mutation: str, answer: str) -> str:
    type_ = f"{mutation[0].upper()}{mutation[1:]}Input"
    return f"mutation ($input: {type_}!) {{ {mutation}(input: $input) {{ {answer} }} }}"


async def open_office(world: World) -> Office:
    await world.open(BENGKEL)
    await world.open(NEIGHBOUR)
    kaja, kelod = await world.hamlet(BENGKEL), await world.hamlet(BENGKEL, "Banjar Kelod")
    household = await world.household(BENGKEL, kaja)
    wayan = await world.resident(BENGKEL, kaja, household, name="I Wayan Contoh", born=date(1980, 3, 3))
    putu = await world.resident(
        BENGKEL, kaja, household, name="Ni Putu Contoh", born=date(2010, 4, 4), serial=2
    )
    made = await world.resident(BENGKEL, kelod, name="Ni Made Contoh", serial=3)
    tokens = {
        "visitor": None,
        "neighbour": await world.token("perbekel", NEIGHBOUR),
        "kelian": await world.token("kelian", BENGKEL, hamlet=kaja.id),
        "other_kelian": await world.token("kelian", BENGKEL, hamlet=kelod.id),
        "agency": await world.token("agency_officer", TABANAN),
        "resident": await world.token("resident", BENGKEL, resident=wayan.id),
        "operator": await world.token("village_operator", BENGKEL, name="operator"),
        "colleague": await world.token("village_operator", BENGKEL, name="colleague"),
        "perbekel": await world.token("perbekel", BENGKEL, name="perbekel"),
    }
    return Office(world, kaja, kelod, household, wayan, putu, made, tokens)
