"""The counter: a program is asked for what an endpoint answers. It knows villages and walls, not HTTP.

A village that is not open, a program that is off there and an answer that is none look alike from outside.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..access.actor import Actor
from ..errors import Forbidden, NotFound, Text, Unauthenticated
from ..graph.context import ATTEMPTS, WriteUnit
from ..store.database import Database, lost_a_race
from ..store.write import Announced, conflict, open_village
from .endpoint import Endpoint, EndpointAnswer, EndpointRequest
from .manifest import Program

ONLY_READS = "25006"
"""The SQLSTATE of a write in a transaction that only reads; elsewhere it tells of a replica."""

_TOKEN = Text("Perlu token: Authorization: Bearer <token>.", "Needs a token: Authorization: Bearer <token>.")


class TurnedDown(Exception):
    """A program answered with a fault of its own (400 and above): what was written is taken back."""

    def __init__(self, answer: EndpointAnswer) -> None:
        self.answer = answer


class Counter:
    """One for each process."""

    def __init__(self, database: Database, announced: Announced) -> None:
        self._database, self._announced = database, announced

    async def ask(
        self, program: Program, endpoint: Endpoint, request: EndpointRequest, actor: Actor
    ) -> EndpointAnswer:
        """Raises Refusal, TimeoutError when it takes too long, and whatever the program raises."""
        async with asyncio.timeout(endpoint.seconds):
            if endpoint.village is None:
                return _given(await endpoint.ask(request=request))
            village = endpoint.village(request)
            if village is None:
                raise NotFound
            if request.method == "POST":
                return await self._written(program, endpoint, village, request, actor)
            async with _within(self._database.read_only(), program, endpoint, village, actor) as unit:
                try:
                    return _given(await endpoint.ask(request=request, unit=unit))
                except sa.exc.DBAPIError as error:
                    if getattr(error.orig, "sqlstate", None) != ONLY_READS:
                        raise
                    raise TypeError("An endpoint writes nothing when it answers GET.") from error

    async def _written(
        self, program: Program, endpoint: Endpoint, village: str, request: EndpointRequest, actor: Actor
    ) -> EndpointAnswer:
        """One transaction. What lost a race has left nothing behind, and runs again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                opened = self._database.transaction()
                async with _within(opened, program, endpoint, village, actor) as unit:
                    answer = _given(await endpoint.ask(request=request, unit=unit))
                    if answer.status >= 400:
                        raise TurnedDown(answer)
            except TurnedDown as turned_down:
                return turned_down.answer
            except sa.exc.IntegrityError as error:
                raise conflict() from error
            except sa.exc.DBAPIError as error:
                if not lost_a_race(error) or attempt == ATTEMPTS:
                    raise
            else:
                if unit.events:
                    self._announced(unit.village, unit.events)
                return answer
        raise AssertionError


@asynccontextmanager
async def _within(
    opened: AbstractAsyncContextManager[AsyncSession],
    program: Program,
    endpoint: Endpoint,
    village: str,
    actor: Actor,
) -> AsyncIterator[WriteUnit]:
    """A unit inside the wall of the village, for an actor who may ask there. Raises Refusal."""
    rules = endpoint.rules
    async with opened as session:
        opening = await open_village(session, village, None if program.core else program.name)
        if opening is None or not opening.enabled:
            raise NotFound
        if rules and actor.id is None:
            raise Unauthenticated(_TOKEN)
        if rules and not any(rule.admits(actor, opening.row.id, opening.row.code) for rule in rules):
            raise Forbidden(" or ".join(str(rule) for rule in rules))
        yield WriteUnit(session, opening.row, actor, rules)


def _given(answer: EndpointAnswer | None) -> EndpointAnswer:
    if answer is None:
        raise NotFound
    if not isinstance(answer, EndpointAnswer):
        raise TypeError("An endpoint answers an EndpointAnswer, or None.")
    return answer
