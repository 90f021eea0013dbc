"""Giving and taking roles: nobody gives more than he holds."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Conflict, Forbidden, NotFound, Text
from ..store.ids import uuid7
from .actor import Actor
from .permissions import Catalogue, PlaceKind, Role
from .tables import RoleGrant
from .tokens import access_changed

GRANT = "role.grant"


def may_give(actor: Actor, role: Role, place_code: str) -> str | None:
    """The permission that the actor lacks for giving this role at this place; None when he may.

    He must hold `role.grant` and every permission of the role for the whole of the place (for a hamlet or a
    resident: of the village).
    """
    for permission in sorted({GRANT, *role.permissions}):
        if not holds(actor, permission, place_code):
            return permission
    return None


def holds(actor: Actor, permission: str, code: str) -> bool:
    """Whether a permission is held for the whole of a place: a region's code, or "" for the country."""
    if code:
        return actor.may(permission, code)
    return any(h.code == "" and permission in h.permissions for h in actor.held)


async def grant_role(
    session: AsyncSession,
    catalogue: Catalogue,
    actor_id: UUID,
    role_name: str,
    kind: PlaceKind,
    place_code: str,
    *,
    village_id: UUID | None = None,
    object_id: UUID | None = None,
    by: Actor | None,
) -> RoleGrant:
    """Give a role at a place; `by=None` is the operator of the machine, who may.

    Raises NotFound (no such role), Conflict (not at this kind of place, or already held), Forbidden.
    """
    role = catalogue.roles.get(role_name)
    if role is None:
        raise NotFound
    if kind not in role.places:
        raise Conflict(
            Text(
                f"Peran {role.name} tidak dapat diberikan pada {kind.value}.",
                f"The role {role.name} cannot be held at a {kind.value}.",
            )
        )
    lacking = may_give(by, role, place_code) if by is not None else None
    if lacking is not None:
        raise Forbidden(lacking)
    same = sa.select(RoleGrant).where(
        RoleGrant.actor_id == actor_id,
        RoleGrant.role == role.name,
        RoleGrant.place_kind == kind,
        RoleGrant.place_code == place_code,
        RoleGrant.object_id.is_(None) if object_id is None else RoleGrant.object_id == object_id,
        RoleGrant.revoked_at.is_(None),
    )
    if await session.scalar(same) is not None:
        raise Conflict(Text("Peran ini sudah diberikan.", "This role is already held there."))
    grant = RoleGrant(
        id=uuid7(),
        actor_id=actor_id,
        role=role.name,
        place_kind=kind,
        place_code=place_code,
        village_id=village_id,
        object_id=object_id,
        granted_at=datetime.now(UTC),
        granted_by=by.id if by is not None else None,
    )
    session.add(grant)
    await session.flush()
    await access_changed(session)
    return grant


async def revoke_role(
    session: AsyncSession, catalogue: Catalogue, grant_id: UUID, *, by: Actor | None
) -> RoleGrant:
    """Take a role away. Who may not give it may not take it. Raises NotFound, also when it is not his to
    take.
    """
    grant = await session.get(RoleGrant, grant_id)
    if grant is None or grant.revoked_at is not None:
        raise NotFound
    role = catalogue.roles.get(grant.role)
    if by is not None and (role is None or may_give(by, role, grant.place_code) is not None):
        raise NotFound
    grant.revoked_at = datetime.now(UTC)
    await session.flush()
    await access_changed(session)
    return grant
