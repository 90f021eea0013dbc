"""Actors, grants and tokens in the duties: what of them belongs to a village or to a resident.

Grants at the village or below it travel, with the labels of those who hold them. Tokens never do: they are
secrets between a person and this deployment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import sqlalchemy as sa

from ...access.permissions import PlaceKind
from ...access.tables import ActorRow, RoleGrant, Token
from ...access.tokens import access_changed
from ...programs.duties.tables import rows_of
from ...programs.values import Json, Record, ResidentFacts
from ...store.outbox import Idempotency
from ...store.plain import plain_row, typed_row, writing
from ...store.tables import sql_table
from ...store.types import instant_text
from ...store.write import Unit, VillageFacts

ACTOR, GRANT = sql_table(ActorRow), sql_table(RoleGrant)


def held_at(village: VillageFacts) -> sa.ColumnElement[bool]:
    """Grants at the village or below, those that were taken back too."""
    return sa.or_(GRANT.c.place_code == village.code, GRANT.c.village_id == village.id)


def held_as(resident: ResidentFacts) -> sa.ColumnElement[bool]:
    """Grants by which somebody is this resident."""
    return sa.and_(
        GRANT.c.village_id == resident.village_id,
        GRANT.c.object_id == resident.id,
        GRANT.c.place_kind == PlaceKind.RESIDENT,
    )


async def export_accounts(unit: Unit) -> AsyncIterator[Record]:
    """Who holds roles at the village or below it, and which."""
    holders = sa.select(GRANT.c.actor_id).where(held_at(unit.village))
    async for row in rows_of(unit.session, ACTOR, ACTOR.c.id.in_(holders)):
        yield Record(ACTOR.name, plain_row(ACTOR, row))
    async for row in rows_of(unit.session, GRANT, held_at(unit.village)):
        yield Record(GRANT.name, plain_row(GRANT, row))


async def import_accounts(unit: Unit, records: Sequence[Record]) -> None:
    """Take them in. Who is known here by id stays who he is; a label that is another's here is made longer by
    the village's code, so that nobody gains a role by the name that he happens to have.
    """
    for record in records:
        if record.table == ACTOR.name:
            row = typed_row(ACTOR, record.values)
            if await unit.session.get(ActorRow, row["id"]) is None:
                row["name"] = await _free_name(unit, row["name"])
                await unit.session.execute(writing(ACTOR), row)
    for record in records:
        if record.table == GRANT.name:
            row = typed_row(GRANT, record.values)
            if row["place_code"] != unit.village.code or row["village_id"] not in (None, unit.village.id):
                raise ValueError("A role is not held at this village.")
            await unit.session.execute(writing(GRANT), row)
    await access_changed(unit.session)


async def _free_name(unit: Unit, name: str) -> str:
    taken = sa.exists().where(ActorRow.name == sa.bindparam("name"))
    number, free = 1, name
    while await unit.session.scalar(sa.select(taken), {"name": free}):
        free = f"{name} {unit.village.code}" + (f" {number}" if number > 1 else "")
        number += 1
    return free


async def accounts_of(unit: Unit, resident: ResidentFacts) -> list[Json]:
    """What is kept of the accounts by which somebody is this resident."""
    shown: list[Json] = []
    for actor in await _actors(unit, held_as(resident)):
        row = await unit.session.get_one(ActorRow, actor)
        grants = await unit.session.scalars(
            sa.select(RoleGrant).where(RoleGrant.actor_id == actor).order_by(RoleGrant.id)
        )
        tokens = await unit.session.scalars(
            sa.select(Token).where(Token.actor_id == actor).order_by(Token.id)
        )
        shown.append(
            {
                "name": row.name,
                "createdAt": instant_text(row.created_at),
                "roles": [
                    {"role": one.role, "place": one.place_code, "grantedAt": instant_text(one.granted_at)}
                    for one in grants
                ],
                "tokens": [{"label": one.label, "createdAt": instant_text(one.created_at)} for one in tokens],
            }
        )
    return shown


async def drop_accounts(unit: Unit, held: sa.ColumnElement[bool]) -> bool:
    """Delete these grants, and accounts that hold no other, with their tokens. Whether an account stays."""
    actors = await _actors(unit, held)
    if not actors:
        return False
    await unit.session.execute(sa.delete(GRANT).where(held))
    others = sa.select(RoleGrant.actor_id).where(RoleGrant.actor_id.in_(actors))
    staying = set(await unit.session.scalars(others))
    gone = [actor for actor in actors if actor not in staying]
    for model, whose in (
        (Idempotency, Idempotency.actor_id),
        (Token, Token.actor_id),
        (ActorRow, ActorRow.id),
    ):
        await unit.session.execute(
            sa.delete(model).where(whose.in_(gone)).execution_options(synchronize_session=False)
        )
    await access_changed(unit.session)
    return bool(staying)


async def _actors(unit: Unit, held: sa.ColumnElement[bool]) -> Sequence[UUID]:
    query = sa.select(GRANT.c.actor_id).where(held).distinct().order_by(GRANT.c.actor_id)
    return (await unit.session.scalars(query)).all()
