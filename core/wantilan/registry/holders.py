"""Who holds a code that was read at a counter: what programs call, and what the person at the scale asks."""

from __future__ import annotations

from typing import Annotated

import strawberry

from ..access.rules import within
from ..errors import Forbidden
from ..graph.context import Info
from ..graph.declare import refer, root
from ..graph.scalars import RegionCode
from ..graph.selection import good
from ..programs.holders import holder_of
from ..programs.host import Host
from ..programs.values import Holder
from ..store.write import Unit, village_facts
from .permissions import LOOK_UP
from .types import Household, Resident

CODE = strawberry.argument(description="What was typed or scanned: from a card, a tag, a printed QR.")
VILLAGE = strawberry.argument(description="The code of the village at whose counter it was read.")


async def find_holder(info: Info, unit: Unit, code: str) -> Holder | None:
    """Who holds a code that a mutation was given, asked of the programs that the unit's village has enabled.
    None when nobody knows it there; a code that says it is of another village is nobody's.

    A household comes without a name, a resident by his id: read them through the unit. Whether the actor may
    know who it is, is for the mutation to judge: `unit.target(tables.Resident, …, needs=[…])`.
    """
    return await holder_of(info.context.service(Host), unit, code)


@strawberry.type(description="Who holds a code.")
class CodeHolder:
    valid: bool = strawberry.field(description="Whether the code may be used at this moment.")
    resident: Resident | None = strawberry.field(
        description="The resident who holds it; null when a household does, and for who may not see him."
    )
    household: Household | None = strawberry.field(
        description="The household that holds it; null when a resident does, and for who may not see it."
    )


@root
class HolderQueries:
    """What is asked at a counter."""

    @strawberry.field(  # type: ignore[untyped-decorator]
        description=(
            "Who holds a code, as one of the programs knows that the village has enabled; null when none "
            f"does, and for a code of another village.\n\nNeeds `{LOOK_UP}`."
        )
    )
    async def code_holder(
        self,
        info: Info,
        village_code: Annotated[RegionCode, VILLAGE],
        code: Annotated[str, CODE],
    ) -> CodeHolder | None:
        village, actor = str(good(village_code, "codeHolder", "villageCode")), info.context.actor
        if not within(LOOK_UP).applies(actor) or not actor.may(LOOK_UP, village):
            raise Forbidden(LOOK_UP)
        async with info.context.engine.database.look(village) as session:
            facts = await village_facts(session, village)
            if facts is None:
                return None
            unit = Unit(session, facts, actor.id)
            found = await holder_of(info.context.service(Host), unit, code)
        if found is None:
            return None
        resident = found.resident.id if found.resident is not None else None
        return CodeHolder(
            valid=found.valid,
            resident=refer(Resident, facts.id, resident),
            household=refer(Household, facts.id, found.household_id),
        )


TYPES = (HolderQueries,)
