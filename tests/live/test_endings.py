"""What ends a subscription from outside: a token, a role, a program. Over both ways."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.live.clients import Serving, connected, eventually, followed
from tests.live.test_stream import FOLLOW, following
from tests.waste.scene import Scene

from wantilan.access.granting import grant_role
from wantilan.access.permissions import PlaceKind
from wantilan.access.tables import ActorRow, RoleGrant, Token
from wantilan.access.tokens import access_changed, revoke_token
from wantilan.programs.switching import disable, enable
from wantilan.store.secrets import token_hash
from wantilan.testing import BENGKEL, NEIGHBOUR, World

CHANGED = "subscription($code: RegionCode!) { programsChanged(villageCode: $code) { code } }"
Ending = Callable[[World, str], Awaitable[None]]


async def revoked(world: World, token: str) -> None:
    async with world.database.transaction() as session:
        row = await session.scalar(sa.select(Token).where(Token.token_hash == token_hash(token)))
        assert row is not None
        await revoke_token(session, row)


async def expired(world: World, token: str) -> None:
    async with world.database.transaction() as session:
        row = await session.scalar(sa.select(Token).where(Token.token_hash == token_hash(token)))
        assert row is not None
        row.expires_at = datetime.now(UTC) + timedelta(seconds=0.3)
        await access_changed(session)


async def narrowed(world: World, token: str) -> None:
    """The role goes; the token stays."""
    async with world.database.transaction() as session:
        row = await session.scalar(sa.select(Token).where(Token.token_hash == token_hash(token)))
        assert row is not None
        grants = (
            sa.select(RoleGrant).where(RoleGrant.actor_id == row.actor_id).order_by(RoleGrant.id).limit(1)
        )
        for grant in await session.scalars(grants):
            grant.revoked_at = datetime.now(UTC)
        await access_changed(session)


async def disabled(world: World, token: str) -> None:
    async with world.unit(BENGKEL) as unit:
        await disable(world.host, unit, "waste")


TABLE: list[tuple[Ending, str, int | None]] = [
    (revoked, "UNAUTHENTICATED", 4403),
    (expired, "UNAUTHENTICATED", 4403),
    (narrowed, "FORBIDDEN", None),
    (disabled, "PROGRAM_NOT_ENABLED", None),
]


@pytest.mark.parametrize("ending, code, close", TABLE, ids=[one[0].__name__ for one in TABLE])
async def test_it_ends_on_a_socket_also_when_nothing_happens(
    served: Serving, scene: Scene, ending: Ending, code: str, close: int | None
) -> None:
    other = await scene.world.token("perbekel", BENGKEL)
    async with connected(served, scene.operator) as client, connected(served, other) as control:
        for one in (client, control):
            await one.subscribe("a", FOLLOW, code=BENGKEL)
        await client.subscribe("p", CHANGED, code=BENGKEL)
        await followed(served, 3)
        await scene.record(gross=1)
        for one in (client, control):
            assert (await one.hear())["payload"]["data"] == {"wasteIntakes": {"mass": 1}}
        await ending(scene.world, scene.operator)
        if close is not None:
            assert await client.closed() == (close, "Forbidden")
        else:
            heard = [await client.hear() for _ in range(2 if ending is disabled else 1)]
            (ended,) = [one for one in heard if one["id"] == "a"]
            assert ended["type"] == "error"
            assert [error["extensions"]["code"] for error in ended["payload"]] == [code]
            await client.say(type="ping")
            assert await client.hear() == {"type": "pong"}  # the socket and the other one go on
        if ending is not disabled:
            await scene.record(token=other, gross=2)
            assert (await control.hear())["payload"]["data"] == {"wasteIntakes": {"mass": 2}}


@pytest.mark.parametrize("ending, code, close", TABLE, ids=[one[0].__name__ for one in TABLE])
async def test_it_ends_a_stream_with_an_error_and_complete(
    served: Serving, scene: Scene, ending: Ending, code: str, close: int | None
) -> None:
    async with following(served, scene.operator) as stream:
        await followed(served)
        await scene.record(gross=1)
        assert await stream.result() == {"data": {"wasteIntakes": {"mass": 1}}}
        await ending(scene.world, scene.operator)
        (error,) = (await stream.result())["errors"]
        assert error["extensions"]["code"] == code
        await stream.over()
    await eventually(lambda: not served.hub.connections)


async def test_a_visitor_of_no_token_is_not_sent_away(served: Serving, scene: Scene) -> None:
    async with connected(served) as client:
        await client.subscribe("a", CHANGED, code=BENGKEL)
        await followed(served)
        await revoked(scene.world, scene.operator)
        await asyncio.sleep(0.5)
        await disabled(scene.world, "")
        assert (await client.hear())["payload"] == {"data": {"programsChanged": {"code": BENGKEL}}}


async def test_rights_that_are_narrowed_and_still_enough_are_those_it_goes_on_with(
    served: Serving, scene: Scene
) -> None:
    """Before, he read every weighing; then only those of his own house."""
    world = scene.world
    token = await world.token("village_operator", BENGKEL, name="both")
    village = await world.village(BENGKEL)
    async with world.database.transaction() as session:
        actor = await session.scalar(sa.select(ActorRow).where(ActorRow.name == "both"))
        assert actor is not None
        await grant_role(
            session, world.host.catalogue, actor.id, "resident", PlaceKind.RESIDENT, BENGKEL,
            village_id=village.id, object_id=scene.wayan.id, by=None,
        )  # fmt: skip
    async with connected(served, token) as client:
        await client.subscribe("a", FOLLOW, code=BENGKEL)
        await followed(served)
        await scene.record(gross=1)
        assert (await client.hear())["payload"]["data"]["wasteIntakes"]["mass"] == 1
        before = readings(served)
        await narrowed(world, token)
        await eventually(lambda: readings(served) != before)
        await scene.record(gross=2)
        await scene.record(gross=3, householdId=scene.ids["household"])
        assert (await client.hear())["payload"]["data"]["wasteIntakes"]["mass"] == 3


def readings(served: Serving) -> set[Any]:
    return set(served.hub.readings._known)


async def test_a_program_that_is_off_and_on_again_has_ended_what_followed_it(
    served: Serving, scene: Scene
) -> None:
    """In the order of the events: what came before is told, what comes after is not."""
    admin = await scene.world.token("platform_admin", "")
    async with connected(served, admin) as client:
        await client.subscribe("a", FOLLOW, code=BENGKEL)
        await client.subscribe("n", FOLLOW, code=NEIGHBOUR)
        await followed(served, 2)
        async with scene.world.unit(BENGKEL) as unit:
            await disable(scene.world.host, unit, "waste")
            await enable(scene.world.host, unit, "waste")
        await scene.record(gross=9)
        told = await client.hear()
        assert (told["id"], told["payload"][0]["extensions"]["code"]) == ("a", "PROGRAM_NOT_ENABLED")
        await followed(served, 1)
