"""A subscription in a test: what came, and why it ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ..graph.http import Asked
from ..graph.live import Hub
from ..graph.live.connection import Running
from ..graph.response import refusals

PATIENCE_SECONDS = 5.0


class Following:
    """What a subscriber gets. `codes` says why it was refused or has ended; it is empty while it runs."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self._results: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._over = asyncio.Event()

    async def next(self, seconds: float = PATIENCE_SECONDS) -> Any:
        """The data of the next event; fails when it came with errors, or when none comes in time."""
        assert not self.codes, self.codes
        async with asyncio.timeout(seconds):
            body = await self._results.get()
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def ended(self, seconds: float = PATIENCE_SECONDS) -> list[str]:
        """The codes with which it ended; fails when it still runs after so long."""
        async with asyncio.timeout(seconds):
            await self._over.wait()
        return self.codes

    @property
    def waiting(self) -> int:
        """How many events came and were not looked at."""
        return self._results.qsize()


@asynccontextmanager
async def following(hub: Hub, asked: Asked) -> AsyncIterator[Following]:
    """Settled when the block begins: whatever happens from then on is followed."""
    made, settled = Following(), asyncio.Event()
    task = asyncio.create_task(_follow(hub, asked, made, settled))
    try:
        await settled.wait()
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _follow(hub: Hub, asked: Asked, made: Following, settled: asyncio.Event) -> None:
    try:
        answer = await hub.engine.answer(asked)
        if not answer.subscribes:
            errors = json.loads(answer.body).get("errors", ())
            made.codes = [error["extensions"]["code"] for error in errors] or ["NOT_A_SUBSCRIPTION"]
            return
        async with hub.subscribed(asked, Running()) as results:
            settled.set()
            async for result in results:
                made._results.put_nowait(json.loads(result))
    except Exception as error:
        made.codes = [refusal.code for refusal in refusals(error, asked.request_id)]
    finally:
        made._over.set()
        settled.set()
