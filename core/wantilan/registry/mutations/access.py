"""Giving and taking roles and tokens: nobody gives more than he holds.

Three answers, as everywhere: who may give nothing at a place does not find what is there; who lacks a part of
what he would give is told the permission; the rest is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from ...access import granting, tokens
from ...access.actor import Actor
from ...access.granting import GRANT, holds, may_give
from ...access.permissions import Catalogue
from ...access.tables import ActorRow, RoleGrant, Token
from ...errors import Forbidden, NotFound, Text
from ...graph.context import Info
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.relay import encode_id
from ...programs.host import Host
from .. import access_types, rules
from ..access_types import (
    GrantedRole,
    GrantRoleInput,
    GrantRolePayload,
    IssueTokenInput,
    IssueTokenPayload,
    RevokeRoleInput,
    RevokeRolePayload,
    RevokeTokenInput,
    RevokeTokenPayload,
    platform_key,
)
from .access_place import NOT_AN_ID, is_region, place_of, wish_of

ISSUE = "token.issue"

UNKNOWN_ROLE = Text("Tidak ada peran ini.", "There is no such role.")
NOT_AT_THIS_PLACE = Text(
    "Peran ini tidak dapat diberikan di tempat semacam ini.",
    "This role cannot be held at this kind of place.",
)
UNKNOWN_REGION = Text("Tidak ada wilayah dengan kode ini.", "There is no region of this code.")
DAYS = Text(
    f"Harus antara 1 dan {tokens.LONGEST_DAYS} hari.", f"Must be between 1 and {tokens.LONGEST_DAYS} days."
)


# Roles


@mutation(needs=GRANT)
async def grant_role(info: Info, input: GrantRoleInput) -> GrantRolePayload:
    """Give an actor a role at a place. Whoever gives it must hold every permission of it there."""
    catalogue, label = info.context.service(Host).catalogue, input.actor.strip()
    judge = Judge(input)
    _judge_label(judge, "actor", input.actor)
    wish = wish_of(info, judge, input)
    role = catalogue.roles.get(input.role)
    if role is None:
        judge.refuse("role", "UNKNOWN_ROLE", UNKNOWN_ROLE)
    elif wish is not None and wish.kind not in role.places:
        judge.refuse("role", "NOT_AT_THIS_PLACE", NOT_AT_THIS_PLACE)
    async with info.context.write_platform() as session:
        if wish is not None and wish.code and not await is_region(session, wish.code):
            judge.refuse("region_code", "UNKNOWN_REGION", UNKNOWN_REGION)
        judge.check()
        assert wish is not None
        place = await place_of(session, info.context.actor, wish)
        actor = await tokens.actor_named(session, label)
        # Held until the end: of two who give the same role at once, the second one is told.
        await session.refresh(actor, with_for_update=True)
        grant = await granting.grant_role(
            session,
            catalogue,
            actor.id,
            input.role,
            place.kind,
            place.code,
            village_id=place.village_id,
            object_id=place.object_id,
            by=info.context.actor,
        )
        _forget_after_commit(info)
    return GrantRolePayload(actor=label, grant=GrantedRole.of(grant))


@mutation(needs=GRANT)
async def revoke_role(info: Info, input: RevokeRoleInput) -> RevokeRolePayload:
    """Take a role away. Who could not give it cannot take it."""
    catalogue, by = info.context.service(Host).catalogue, info.context.actor
    judge = Judge(input)
    key = _platform_key(judge, access_types.GRANT, "grant_id", input.grant_id)
    async with info.context.write_platform() as session:
        grant = await session.get(RoleGrant, key)
        if grant is None or not holds(by, GRANT, grant.place_code):
            raise NotFound
        role = catalogue.roles.get(grant.role)
        lacking = may_give(by, role, grant.place_code) if role is not None else None
        if lacking is not None:
            raise Forbidden(lacking)
        grant = await granting.revoke_role(session, catalogue, grant.id, by=by)
        actor = await session.get_one(ActorRow, grant.actor_id)
        _forget_after_commit(info)
    return RevokeRolePayload(actor=actor.name, grant=GrantedRole.of(grant))


# Tokens


@mutation(needs=ISSUE)
async def issue_token(info: Info, input: IssueTokenInput) -> IssueTokenPayload:
    """Make a token for an actor. Whoever issues it must be able to give every role that the actor holds."""
    judge = Judge(input)
    _judge_label(judge, "actor", input.actor)
    _judge_label(judge, "label", input.label)
    if not 1 <= input.days <= tokens.LONGEST_DAYS:
        judge.refuse("days", "OUT_OF_RANGE", DAYS)
    judge.check()
    async with info.context.write_platform() as session:
        actor = await session.scalar(sa.select(ActorRow).where(ActorRow.name == input.actor.strip()))
        if actor is None:
            raise NotFound
        grants = await _grants(session, actor.id)
        refuse_unless_issuable(info.context.actor, grants, info.context.service(Host).catalogue)
        token, text = await tokens.issue_token(session, actor.id, label=input.label.strip(), days=input.days)
        _forget_after_commit(info)
    return IssueTokenPayload(
        token=text,
        token_id=_token_id(token),
        actor=actor.name,
        grants=[GrantedRole.of(grant) for grant in grants],
        expires_at=token.expires_at,
    )


@mutation(needs=ISSUE)
async def revoke_token(info: Info, input: RevokeTokenInput) -> RevokeTokenPayload:
    """Revoke a token: one's own, or one that could be issued by whoever revokes it."""
    by, judge = info.context.actor, Judge(input)
    key = _platform_key(judge, access_types.TOKEN, "token_id", input.token_id)
    async with info.context.write_platform() as session:
        token = await session.get(Token, key)
        if token is None or token.revoked_at is not None:
            raise NotFound
        if token.actor_id != by.id:
            grants = await _grants(session, token.actor_id)
            refuse_unless_issuable(by, grants, info.context.service(Host).catalogue)
        await tokens.revoke_token(session, token)
        actor = await session.get_one(ActorRow, token.actor_id)
        _forget_after_commit(info)
    return RevokeTokenPayload(token_id=_token_id(token), actor=actor.name)


def refuse_unless_issuable(by: Actor, grants: Sequence[RoleGrant], catalogue: Catalogue) -> None:
    """Raise NotFound or Forbidden unless a token of who holds these grants may be issued.

    An actor without grants is nobody's: a token that waits for what others will give him later would open
    more than its issuer holds.
    """
    if not grants or not all(holds(by, ISSUE, grant.place_code) for grant in grants):
        raise NotFound
    for grant in grants:
        role = catalogue.roles.get(grant.role)
        lacking = may_give(by, role, grant.place_code) if role is not None else _lacking_country(by)
        if lacking is not None:
            raise Forbidden(lacking)


def _lacking_country(by: Actor) -> str | None:
    """Of a role whose program is not installed nobody can say what it will hold; the country's admin may."""
    return None if holds(by, GRANT, "") else GRANT


# Small things


def _judge_label(judge: Judge, name: str, text: str) -> None:
    fault = rules.label_fault(text)
    if fault is not None:
        judge.refuse(name, fault.code, fault.text)


def _platform_key(judge: Judge, kind: str, name: str, id: str) -> UUID:
    """Raises BadUserInput for what is no id of this kind."""
    key = platform_key(kind, id)
    if key is None:
        judge.refuse(name, "NOT_AN_ID", NOT_AN_ID)
    judge.check()
    assert key is not None
    return key


async def _grants(session: AsyncSession, actor_id: UUID) -> Sequence[RoleGrant]:
    query = sa.select(RoleGrant).where(RoleGrant.actor_id == actor_id, RoleGrant.revoked_at.is_(None))
    return (await session.scalars(query.order_by(RoleGrant.id))).all()


def _token_id(token: Token) -> strawberry.ID:
    return strawberry.ID(encode_id(access_types.TOKEN, None, token.id))


def _forget_after_commit(info: Info) -> None:
    """Not before: another request could read the old state into the cache again."""
    info.context.after_commit(info.context.service(tokens.Actors).forget)
