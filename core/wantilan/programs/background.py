"""Work beside the requests of a process: done when it is woken, and now and then without."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

log = logging.getLogger("wantilan")


class Loop:
    """Calls `work` at once when woken, otherwise after `pause`. What it raises is logged by its class; the
    loop goes on.
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[object]], *, pause: timedelta) -> None:
        self.name, self.work, self.pause = name, work, pause
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There is something to do. To be called from the event loop's own thread."""
        self._wake.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            self._wake.clear()
            try:
                await self.work()
            except Exception as error:
                log.error("%s paused: %s", self.name, type(error).__name__)
            try:
                await asyncio.wait_for(self._wake.wait(), timeout=self.pause.total_seconds())
            except TimeoutError:
                continue

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run meanwhile; cancelled and awaited at the end."""
        task = asyncio.create_task(self.run(), name=self.name)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
