"""Actors, tokens and grants: platform tables, never shown as they stand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..store.ids import uuid7
from ..store.tables import PlatformTable
from ..store.travel import HASH
from .permissions import PlaceKind


class ActorRow(PlatformTable):
    """Who can hold roles and tokens. The name is a label of the office's choice, unique in the deployment."""

    __tablename__ = "actor"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class RoleGrant(PlatformTable):
    """A role at a place. `place_code` is a region's code ("" for the country) or the village's."""

    __tablename__ = "role_grant"
    __table_args__ = (sa.Index(None, "actor_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    actor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("actor.id"))
    role: Mapped[str]
    place_kind: Mapped[PlaceKind]
    place_code: Mapped[str]
    village_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("village.id"))
    object_id: Mapped[UUID | None]
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]


class AccessVersion(PlatformTable):
    """One row: a number that grows with whatever takes access away or changes it. Processes that keep actors
    in memory look at it, and forget them when it has grown.
    """

    __tablename__ = "access_version"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]


class Token(PlatformTable):
    """A bearer token: only its hash is kept."""

    __tablename__ = "token"
    __table_args__ = (sa.Index(None, "actor_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    actor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("actor.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True, info={HASH: "the random token"})
    label: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
