"""The place at which a role is to be given: as the input names it, and as it is found."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ...access.actor import Actor
from ...access.granting import GRANT, holds
from ...access.permissions import PlaceKind
from ...errors import BadUserInput, NotFound, Text
from ...graph.context import Info
from ...graph.judge import Judge
from ...graph.relay import GlobalId
from ...store.database import set_wall
from ...store.places import Region
from ...store.write import village_facts
from .. import models
from ..access_types import GrantRoleInput
from ..regions import canonical
from ..types import Hamlet, Resident

NOT_AN_ID = Text("Bukan id yang sesuai.", "Not an id of the right kind.")
ONE_PLACE = Text(
    "Isi tepat satu: regionCode, hamletId atau residentId.",
    "Give exactly one of regionCode, hamletId and residentId.",
)
NOT_A_REGION_CODE = Text(
    "Harus kode Kemendagri, atau kosong untuk seluruh negeri.",
    "Must be a Kemendagri code, or empty for the whole country.",
)


@dataclass(frozen=True)
class Wish:
    """A place as the input names it: the code of a region, or the id of a hamlet or resident."""

    kind: PlaceKind
    code: str = ""
    id: GlobalId | None = None


@dataclass(frozen=True)
class Place:
    """A place that is there and in which the actor may give roles."""

    kind: PlaceKind
    code: str
    village_id: UUID | None = None
    object_id: UUID | None = None


def wish_of(info: Info, judge: Judge, input: GrantRoleInput) -> Wish | None:
    """The one place of the input; None with a fault where there is not one."""
    given = [input.region_code, input.hamlet_id, input.resident_id]
    if sum(one is not None for one in given) != 1:
        judge.refuse("region_code", "EXACTLY_ONE_PLACE", ONE_PLACE)
        return None
    if input.region_code is not None:
        code = canonical(input.region_code) if input.region_code else ""
        if code is None:
            judge.refuse("region_code", "NOT_A_REGION_CODE", NOT_A_REGION_CODE)
            return None
        return Wish(PlaceKind.REGION, code)
    if input.hamlet_id is not None:
        return _object_wish(info, judge, PlaceKind.HAMLET, "hamlet_id", input.hamlet_id)
    return _object_wish(info, judge, PlaceKind.RESIDENT, "resident_id", input.resident_id or "")


def _object_wish(info: Info, judge: Judge, kind: PlaceKind, name: str, id: str) -> Wish | None:
    try:
        found = info.context.key_of(Hamlet if kind is PlaceKind.HAMLET else Resident, id)
    except BadUserInput:
        judge.refuse(name, "NOT_AN_ID", NOT_AN_ID)
        return None
    return Wish(kind, id=found)


async def place_of(session: AsyncSession, by: Actor, wish: Wish) -> Place:
    """Raises NotFound for what is not there, and alike where the actor may give nothing."""
    if wish.id is None:
        if not holds(by, GRANT, wish.code):
            raise NotFound
        return Place(wish.kind, wish.code)
    village = await village_facts(session, wish.id.village_id)
    if village is None or not holds(by, GRANT, village.code):
        raise NotFound
    await set_wall(session, village.code)
    model = models.Hamlet if wish.kind is PlaceKind.HAMLET else models.Resident
    there = sa.exists().where(model.village_id == village.id, model.id == wish.id.id)
    if not await session.scalar(sa.select(there)):
        raise NotFound
    return Place(wish.kind, village.code, village.id, wish.id.id)


async def is_region(session: AsyncSession, code: str) -> bool:
    return bool(await session.scalar(sa.select(sa.exists().where(Region.code == code))))
