"""Tokens: how a bearer text becomes an actor, at most five seconds stale; and how tokens and actors are
made.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Text, Unauthenticated
from ..store.database import Database
from ..store.ids import uuid7
from ..store.places import Village
from ..store.secrets import new_token, token_hash
from .actor import VISITOR, Actor, Held
from .permissions import Catalogue
from .tables import AccessVersion, ActorRow, RoleGrant, Token

STALE_SECONDS = 5.0
"""How long another process may still honour what was revoked."""
LONGEST_DAYS = 366
MOST_KNOWN = 1000
"""Of so many villages an actor of wider regions has the ids at hand: more than any regency has."""
VILLAGE_DOTS = 3
"""In the code of a village: 51.02.06.2001."""


class Actors:
    """Resolves tokens through a cache that one row of the database keeps honest: while the version of access
    stands still, what was looked up once is true. `forget` empties it: whatever changes access calls it.
    """

    REMEMBERED = 10_000

    def __init__(
        self, database: Database, catalogue: Catalogue, *, stale_seconds: float = STALE_SECONDS
    ) -> None:
        self.database, self.catalogue, self.stale_seconds = database, catalogue, stale_seconds
        self._known: OrderedDict[bytes, tuple[Actor, datetime]] = OrderedDict()
        self._version = -1
        self._true_until = 0.0
        self._checking = asyncio.Lock()

    async def resolve(self, token: str | None) -> Actor:
        """The actor of a token; a visitor without one. Raises Unauthenticated."""
        if token is None:
            return VISITOR
        key = token_hash(token)
        if self._true_until < time.monotonic():
            await self._check()
        known = self._known.get(key)
        if known is None:
            known = await self._look(key)
        if known is None or known[1] <= datetime.now(UTC):
            self._known.pop(key, None)
            raise Unauthenticated(
                Text(
                    "Token tidak dikenal, kedaluwarsa atau dicabut.",
                    "The token is unknown, expired or revoked.",
                )
            )
        return known[0]

    async def renew(self) -> None:
        """Look now whether what was looked up is still true."""
        self._true_until = 0.0
        await self._check()

    def forget(self) -> None:
        self._known.clear()
        self._true_until = 0.0

    async def _check(self) -> None:
        """Forget all when the version has grown. Requests that come meanwhile wait for the one look."""
        async with self._checking:
            if self._true_until >= time.monotonic():
                return
            asked = time.monotonic()
            async with self.database.session() as session:
                version = await session.scalar(sa.select(AccessVersion.version))
            if version != self._version:
                self._known.clear()
            self._version, self._true_until = version or 0, asked + self.stale_seconds

    async def _look(self, key: bytes) -> tuple[Actor, datetime] | None:
        """Look a token up. What changes meanwhile shows at the next check; if that came before the end of the
        look, nothing is remembered: it would be true for ever.
        """
        version = self._version
        async with self.database.session() as session:
            token = await session.scalar(
                sa.select(Token).where(Token.token_hash == key, Token.revoked_at.is_(None))
            )
            if token is None:
                return None
            actor = await load_actor(session, token.actor_id, self.catalogue, token.id)
        known = actor, token.expires_at
        if self._version == version:
            self._known[key] = known
            if len(self._known) > self.REMEMBERED:
                self._known.popitem(last=False)
        return known


async def access_changed(session: AsyncSession) -> None:
    """Tell every process, with this transaction, to look again who may what."""
    await session.execute(sa.update(AccessVersion).values(version=AccessVersion.version + 1))


async def revoke_token(session: AsyncSession, token: Token) -> None:
    """A token that opens nothing any more."""
    token.revoked_at = datetime.now(UTC)
    await access_changed(session)


async def load_actor(
    session: AsyncSession, actor_id: UUID, catalogue: Catalogue, token_id: UUID | None = None
) -> Actor:
    """An actor with the roles that are granted now."""
    row = await session.get_one(ActorRow, actor_id)
    grants = await session.scalars(
        sa.select(RoleGrant)
        .where(RoleGrant.actor_id == actor_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    held = tuple(
        Held(g.role, catalogue.held_by(g.role), g.place_kind, g.place_code, g.village_id, g.object_id)
        for g in grants
    )
    return await inside_walls(session, Actor(row.id, row.name, held, token_id))


async def inside_walls(session: AsyncSession, actor: Actor) -> Actor:
    """The actor with the ids of his villages: those of his wall, if he holds nothing wider than a village."""
    if not all(code.count(".") == VILLAGE_DOTS for code in actor.walls):
        inside = sa.or_(*[sa.and_(Village.code >= code, Village.code < f"{code}~") for code in actor.walls])
        query = sa.select(Village.code, Village.id).where(inside).limit(MOST_KNOWN + 1)
        known = tuple((code, id_) for code, id_ in await session.execute(query))
        return replace(actor, known=known) if len(known) <= MOST_KNOWN else actor
    found = await session.execute(
        sa.select(Village.code, Village.id).where(Village.code.in_(actor.walls)).order_by(Village.id)
    )
    known = tuple((code, id_) for code, id_ in found)
    return replace(actor, villages=tuple(id_ for _, id_ in known), known=known)


async def actor_named(session: AsyncSession, name: str) -> ActorRow:
    """The actor of this label, made when there is none yet."""
    found = await session.scalar(sa.select(ActorRow).where(ActorRow.name == name))
    if found is None:
        found = ActorRow(id=uuid7(), name=name, created_at=datetime.now(UTC))
        session.add(found)
        await session.flush()
    return found


async def issue_token(session: AsyncSession, actor_id: UUID, *, label: str, days: int) -> tuple[Token, str]:
    """A new token and its text, which is shown once and never kept. `days` from 1 to 366."""
    if not 1 <= days <= LONGEST_DAYS:
        raise ValueError(f"A token lives 1 to {LONGEST_DAYS} days.")
    text, now = new_token(), datetime.now(UTC)
    token = Token(
        id=uuid7(),
        actor_id=actor_id,
        token_hash=token_hash(text),
        label=label,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(token)
    await session.flush()
    return token, text
