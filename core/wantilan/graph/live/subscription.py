"""One subscription: settled before it begins, then an event after the other, each read again through the
subscriber's own rights.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Hashable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from graphql import FieldNode

from ...access.actor import Actor
from ...errors import Forbidden, NotFound, ProgramNotEnabled, Text, Unavailable, ValidationFailed
from ...store.feed import Feed, Happened, Tail
from ...store.outbox import OutboxHead
from ...store.write import open_village
from ..documents import Document
from ..engine import Engine
from ..http.protocol import Asked
from ..plan import Plan
from ..prepared import Prepared
from ..relay import GlobalId
from ..roots import followed
from ..schema import Bound
from ..selection import Request, Selection, good
from ..shapes import Shape
from ..sources import Followed
from .reading import Read, Reading, Readings

PAUSE_SECONDS = 1.0
"""How long to wait before an event is read again for which the database was away."""
DISABLED = "village_disabled"
ONE_FIELD = Text(
    "Satu langganan mengikuti satu field, tanpa __typename di akarnya.",
    "A subscription follows one field, without __typename at its root.",
)


class Subscription:
    """`settle` first, then `results`. `turn` may be called meanwhile, when the rights have changed."""

    def __init__(self, engine: Engine, feed: Feed, readings: Readings, asked: Asked) -> None:
        self.engine, self.feed, self.readings, self.asked = engine, feed, readings, asked
        self.actor = Actor()
        self.name = ""
        """The response name of its one field."""
        self._reading: Reading | None = None

    # Before it begins
    async def settle(self) -> None:
        """Permissions, limits, plan and village. Raises what the actor may not follow, or not here.

        The document was asked of the engine before, which took the cost of the request itself.
        """
        engine, asked = self.engine, self.asked
        actor = await engine.resolve(asked.token)
        self._document = await engine.library.document(asked, actor)
        self._prepared = engine.preparations.of(self._document, asked.operation_name)
        variables = self._prepared.variables.coerce(asked.variables)
        request = engine.request(actor, variables, asked.language)
        self._bound, self._source, self._nodes = self._field(request)
        plan = await self._planned(request)
        plan.statement(request)  # judges each value: page sizes, cursors, filters
        engine.meter.charge(actor, asked.client, engine.within_limits(plan.rows(request)))
        await self._open(request)
        self._begin(actor, plan, request)

    def _field(self, request: Request) -> tuple[Bound, Followed, list[FieldNode]]:
        root: Any = self.engine.schema.graphql.subscription_type
        selection = self._selection(request)
        fields = selection.fields(root, [self._prepared.operation.selection_set])
        if len(fields) != 1:
            raise ValidationFailed(ONE_FIELD)
        ((self.name, nodes),) = fields.items()
        bound = self.engine.schema.bound["Subscription"].get(nodes[0].name.value)
        if bound is None or not isinstance(bound.source, Followed):
            raise ValidationFailed(ONE_FIELD)
        given = selection.argument(bound.graphql, nodes[0], "villageCode").get(request.variables)
        self.code = str(good(given, self.name, "villageCode"))
        return bound, bound.source, nodes

    async def _open(self, request: Request) -> None:
        """The village, and the number of its last event: what comes after that is followed."""
        head = sa.select(OutboxHead.last_number)
        async with self.engine.database.session() as session:
            opening = await open_village(session, self.code, self.program)
            if opening is None:
                raise NotFound(path=[self.name])
            self.village: UUID = opening.row.id
            self._require_here(request.actor)
            if not opening.enabled:
                raise ProgramNotEnabled(str(self.program), [self.code], path=[self.name])
            self.number: int = await session.scalar(head.where(OutboxHead.village_id == self.village)) or 0

    def _require_here(self, actor: Actor) -> None:
        rules = self._target.read
        if not any(rule.applies(actor) and rule.admits(actor, self.village, self.code) for rule in rules):
            raise Forbidden(" or ".join(str(rule) for rule in rules), path=[self.name])

    # The plan
    async def _planned(self, request: Request) -> Plan:
        key = self._key(request)
        plan = self._prepared.plan(key)
        if plan is None:
            async with self.engine.gate.turn(request.actor.token_id or self.asked.client):
                plan = self._plan(request)
            self._prepared.keep(key, plan)
        return plan

    def _plan(self, request: Request) -> Plan:
        """What reads the row that `Request.refs` names. Raises Forbidden: nowhere."""
        planner = self.engine.planner(request, self._selection(request))
        return planner.finish([(self.name, followed(planner, self._bound, self.name, self._nodes))])

    def _key(self, request: Request) -> Hashable:
        return "followed", self._prepared.key(request, self.engine.schema.tags)

    def _selection(self, request: Request) -> Selection:
        return Selection(self.engine.schema.graphql, self._document.fragments, request.variables)

    @property
    def _target(self) -> Shape:
        assert self._bound.target is not None
        return self._bound.target

    @property
    def program(self) -> str | None:
        """The program that must be on in the village; None for what is core's."""
        return self.engine.schema.program_of(self._target)

    _document: Document
    _prepared: Prepared
    _bound: Bound
    _source: Followed
    _nodes: list[FieldNode]

    # Rights
    def _begin(self, actor: Actor, plan: Plan, request: Request) -> None:
        self.actor, self._request = actor, request
        asked = self.asked
        variables = json.dumps(asked.variables, sort_keys=True)
        key = (self._document, asked.operation_name, variables, actor.id, actor.held, asked.language)
        before, self._reading = self._reading, self.readings.take(key, self.name, plan, request)
        if before is not None:
            self.readings.leave(before)

    def turn(self, actor: Actor) -> None:
        """Go on with these rights. Raises Forbidden when they no longer allow it."""
        if self._reading is None or actor is self.actor:
            return
        if actor == self.actor:
            self.actor = actor
            return
        request = self.engine.request(actor, self._request.variables, self.asked.language)
        self._require_here(actor)
        key = self._key(request)
        plan = self._prepared.plan(key)
        if plan is None:
            plan = self._plan(request)
            self._prepared.keep(key, plan)
        self._begin(actor, plan, request)

    # While it runs
    async def results(self) -> AsyncGenerator[str, None]:
        """Each event's execution result as JSON text, in order. Raises what ends it."""
        assert self._reading is not None
        try:
            async with self.feed.following(self.village, self.code, self.number) as tail:
                while True:
                    for event in await self._events(tail):
                        self.number = event.number
                        result = await self._result(event)
                        if result is not None:
                            yield result
        finally:
            self.readings.leave(self._reading)
            self._reading = None

    async def _events(self, tail: Tail) -> Sequence[Happened]:
        while True:
            try:
                return await self.feed.after(self.village, tail, self.number)
            except Unavailable:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _result(self, event: Happened) -> str | None:
        if event.name == DISABLED and self.program == event.subjects.get("program"):
            raise ProgramNotEnabled(str(self.program), [self.code], path=[self.name])
        row = self._row(event)
        if row is None:
            return None
        read = await self._read(event.number, row)
        if read.ends is not None:
            raise read.ends
        return read.result

    def _row(self, event: Happened) -> GlobalId | None:
        """The row that an event is about; None when this subscription does not follow it."""
        if event.name not in self._source.events:
            return None
        if self._source.subject is None:
            return GlobalId(self._target.tag, None, self.village.hex)
        try:
            key = UUID(str(event.subjects.get(self._source.subject)))
        except ValueError:
            return None
        return GlobalId(self._target.tag, self.village, key.hex)

    async def _read(self, number: int, row: GlobalId) -> Read:
        """With the rights of this moment; an event is waited for while the database is away."""
        while True:
            try:
                self.turn(await self.engine.resolve(self.asked.token))
                assert self._reading is not None
                return await self._reading.at(number, row)
            except Unavailable:
                await asyncio.sleep(PAUSE_SECONDS)
