"""What one subscriber reads at an event, through his own wall and rules: once for all who ask the same."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime

from ...errors import LimitExceeded, ProgramNotEnabled, Refusal
from ..engine import Engine
from ..http.head import request_id_of
from ..plan import Plan
from ..relay import GlobalId
from ..response import encode, formatted, is_final, not_enabled, patch
from ..selection import Request

KEPT = 16
"""Answers that are kept for those who come to the same event a little later."""


@dataclass(frozen=True)
class Read:
    """One execution result as JSON; None when there is nothing for this subscriber. `ends` says why the
    subscription can give nothing more.
    """

    result: str | None = None
    ends: Refusal | None = None


class Reading:
    """One actor, one operation, one set of variables."""

    def __init__(
        self,
        engine: Engine,
        key: Hashable,
        name: str,
        plan: Plan,
        request: Request,
        turns: asyncio.Semaphore,
    ) -> None:
        self.engine, self.key, self.name = engine, key, name
        self.plan, self.request = plan, request
        self.followers = 0
        self._turns = turns
        self._recent: OrderedDict[int, asyncio.Task[Read]] = OrderedDict()

    async def at(self, number: int, row: GlobalId) -> Read:
        """What is read at the event of this number. Raises what the read door raises, for each who asks."""
        task = self._recent.get(number)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._recent[number] = asyncio.get_running_loop().create_task(self._read(row))
            task.add_done_callback(_looked_at)
            if len(self._recent) > KEPT:
                self._recent.popitem(last=False)
        return await asyncio.shield(task)  # who goes away does not take it from the others

    async def _read(self, row: GlobalId) -> Read:
        today = datetime.now(self.engine.zone).date()
        request = replace(self.request, refs={self.name: row}, today=today)
        try:
            async with self._turns:
                text = await self.engine.fetch(self.plan, request, self.plan.rows(request))
        except LimitExceeded as error:
            error.path = [self.name]
            return Read(self._encoded(None, [error]))
        if text == f'{{"{self.name}":null}}':
            return Read()
        if is_final(self.plan, text):
            return Read(f'{{"data":{text}}}')
        patched = patch(self.plan, json.loads(text), request)
        for one in patched.errors:
            if isinstance(one, ProgramNotEnabled) and one.path == [self.name]:
                return Read(ends=one)
        closed = not_enabled([patched])
        return Read(self._encoded(patched.data, patched.errors, **({"notEnabled": closed} if closed else {})))

    def _encoded(self, data: object, errors: list[Refusal], **extensions: object) -> str:
        self.engine.counts.errors.update(error.code for error in errors)
        request_id = request_id_of(None)
        body = [formatted(error, self.request.language, request_id) for error in errors]
        return encode(data, body, extensions).decode()


def _looked_at(task: asyncio.Task[Read]) -> None:
    """What it raised is raised for each who still waits; there may be nobody."""
    if not task.cancelled():
        task.exception()


class Readings:
    """Those that somebody uses. `most`: how many may wait for the database at a time, so that a burst of
    events leaves connections to those who ask.
    """

    def __init__(self, engine: Engine, most: int) -> None:
        self.engine = engine
        self._turns = asyncio.Semaphore(most)
        self._known: dict[Hashable, Reading] = {}

    def take(self, key: Hashable, name: str, plan: Plan, request: Request) -> Reading:
        """Whoever takes one leaves it."""
        reading = self._known.get(key)
        if reading is None:
            reading = self._known[key] = Reading(self.engine, key, name, plan, request, self._turns)
        reading.followers += 1
        return reading

    def leave(self, reading: Reading) -> None:
        reading.followers -= 1
        if reading.followers == 0:
            self._known.pop(reading.key, None)
