"""What the mutations of access take and show. Actors, grants and tokens are platform tables, no entities."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from ..access.tables import RoleGrant
from ..graph.declare import input, payload
from ..graph.relay import decode_id, encode_id

GRANT, TOKEN = "grant", "token"
"""The kinds of id that these mutations give out and take."""


@strawberry.type(description="A role that an actor holds at a place.")
class GrantedRole:
    id: strawberry.ID = strawberry.field(description="For `revokeRole`.")
    role: str = strawberry.field(description="The role's name.")
    place_kind: str = strawberry.field(description="REGION, HAMLET or RESIDENT.")
    place_code: str = strawberry.field(
        description="The region's code, empty for the country; for a hamlet or resident the village's."
    )

    @classmethod
    def of(cls, grant: RoleGrant) -> GrantedRole:
        return cls(
            id=strawberry.ID(encode_id(GRANT, None, grant.id)),
            role=grant.role,
            place_kind=grant.place_kind.name,
            place_code=grant.place_code,
        )


@input
class GrantRoleInput:
    """A role for an actor at one place: a region, a hamlet or a resident."""

    actor: str
    """The actor's label, unique in the deployment; a new one makes a new actor."""
    role: str
    """The role's name."""
    region_code: str | None = None
    """A region's code at any level, dotted or compact: `51.02.06.2001`; empty text is the whole country."""
    hamlet_id: strawberry.ID | None = None
    """A hamlet."""
    resident_id: strawberry.ID | None = None
    """A resident."""


@input
class RevokeRoleInput:
    """Which role is to be taken away."""

    grant_id: strawberry.ID
    """The id of the granted role."""


@input
class IssueTokenInput:
    """A token for an actor."""

    actor: str
    """The actor's label."""
    label: str
    """What the token is for, so that the right one can be revoked later."""
    days: int
    """For how many days it is valid, 1 to 366."""


@input
class RevokeTokenInput:
    """Which token is to be revoked."""

    token_id: strawberry.ID
    """The id of the token; never its text."""


@payload
class GrantRolePayload:
    """The role that was given."""

    actor: str
    """The actor's label."""
    grant: GrantedRole
    """The role and its place."""


@payload
class RevokeRolePayload:
    """The role that was taken away."""

    actor: str
    """The actor's label."""
    grant: GrantedRole
    """The role and its place."""


@payload
class IssueTokenPayload:
    """A new token."""

    __secrets__ = frozenset({"token"})

    token: str | None
    """The token's text. It is shown this once and kept nowhere; null when the request is repeated."""
    token_id: strawberry.ID
    """For `revokeToken`."""
    actor: str
    """The actor's label."""
    grants: list[GrantedRole]
    """What the token opens: the roles that the actor holds now."""
    expires_at: datetime
    """Until when it is valid."""


@payload
class RevokeTokenPayload:
    """A token that opens nothing any more."""

    token_id: strawberry.ID
    """The id of the token."""
    actor: str
    """The actor's label."""


def platform_key(kind: str, id: str) -> UUID | None:
    """The key in an id that one of these mutations gave out; None for any other text."""
    found = decode_id(id)
    if found is None or found.tag != kind or found.village is not None:
        return None
    try:
        return UUID(hex=found.key)
    except ValueError:
        return None
