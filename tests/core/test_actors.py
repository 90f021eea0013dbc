"""Who a token is: kept in memory, true for five seconds at most, and looked up again only when access changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from wantilan.access import tokens
from wantilan.access.granting import revoke_role
from wantilan.access.tables import RoleGrant, Token
from wantilan.access.tokens import Actors, revoke_token
from wantilan.errors import Unauthenticated
from wantilan.testing import BENGKEL, NEIGHBOUR, World


def another_process(world: World, *, stale_seconds: float) -> Actors:
    """What a second server over the same database keeps in memory."""
    return Actors(world.database, world.host.catalogue, stale_seconds=stale_seconds)


@contextmanager
def counted_sessions(world: World) -> Iterator[list[int]]:
    """How often the database is asked meanwhile."""
    real, seen = world.database.session, [0]

    @asynccontextmanager
    async def session() -> AsyncIterator[Any]:
        seen[0] += 1
        async with real() as made:
            yield made

    world.database.session = session  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        world.database.session = real  # type: ignore[method-assign]


async def test_many_tokens_cost_one_look_when_their_time_is_over(world: World) -> None:
    await world.open(BENGKEL)
    tokens = [await world.token("village_operator", BENGKEL) for _ in range(5)]
    actors = another_process(world, stale_seconds=0.0)
    for token in tokens:
        await actors.resolve(token)
    with counted_sessions(world) as looks:
        for token in tokens:
            await actors.resolve(token)
    assert looks == [len(tokens)]  # one look at the version for each, and none for a token
    patient = another_process(world, stale_seconds=60.0)
    with counted_sessions(world) as looks:
        for token in tokens * 3:
            await patient.resolve(token)
    assert looks == [1 + len(tokens)]


async def test_a_token_revoked_elsewhere_opens_nothing_once_the_version_is_seen(world: World) -> None:
    await world.open(BENGKEL)
    text = await world.token("village_operator", BENGKEL)
    impatient, patient = (another_process(world, stale_seconds=s) for s in (0.0, 60.0))
    for actors in (impatient, patient):
        assert (await actors.resolve(text)).id
    async with world.database.transaction() as session:
        (token,) = await session.scalars(sa.select(Token))
        await revoke_token(session, token)
    with pytest.raises(Unauthenticated):
        await impatient.resolve(text)
    assert (await patient.resolve(text)).id  # the control: within its time nobody looks
    patient.forget()
    with pytest.raises(Unauthenticated):
        await patient.resolve(text)


async def test_a_role_taken_or_a_village_opened_elsewhere_is_seen(world: World) -> None:
    await world.open(BENGKEL)
    text = await world.token("village_operator", NEIGHBOUR)
    actors = another_process(world, stale_seconds=0.0)
    assert (await actors.resolve(text)).villages == ()
    village = await world.open(NEIGHBOUR)
    assert (await actors.resolve(text)).villages == (village.id,)
    async with world.database.transaction() as session:
        (grant,) = await session.scalars(sa.select(RoleGrant))
        await revoke_role(session, world.host.catalogue, grant.id, by=None)
    assert (await actors.resolve(text)).held == ()


async def test_a_look_that_outlasts_a_revocation_and_its_check_is_not_remembered(world: World) -> None:
    """It read the token while it was good, and comes back when all others know better."""
    await world.open(BENGKEL)
    text, other = [await world.token("village_operator", BENGKEL) for _ in range(2)]
    actors = another_process(world, stale_seconds=0.0)
    await actors.resolve(other)
    real = actors._look

    async def slow(key: bytes) -> Any:
        actors._look = real  # type: ignore[method-assign]
        inside_walls = tokens.inside_walls

        async def revoked_meanwhile(session: Any, actor: Any) -> Any:
            tokens.inside_walls = inside_walls
            async with world.database.transaction() as writing:
                row = await writing.scalar(sa.select(Token).where(Token.token_hash == key))
                assert row is not None
                await revoke_token(writing, row)
            await actors.resolve(other)  # its check sees the new version
            return await inside_walls(session, actor)

        tokens.inside_walls = revoked_meanwhile
        return await real(key)

    actors._look = slow  # type: ignore[method-assign]
    assert (await actors.resolve(text)).id  # it was asked while the token was good
    with pytest.raises(Unauthenticated):
        await actors.resolve(text)
