"""A process that does tasks, for the crash test: `python -m tests.system.task_victim LEASE N`.

It kills itself, without a chance to clean up, when the Nth step is done and not yet committed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from typing import Any

from tests.core.errands import ERRANDS
from tests.core.notebook import host_with

from wantilan.programs import run as module
from wantilan.programs.task_runner import TaskRunner
from wantilan.settings import Settings
from wantilan.web.application import application


def dying_at(number: int) -> None:
    """The look at the lease is the last thing of a step, but for its events."""
    real: Any = module.keep
    left = number

    async def keep(*given: Any, **values: Any) -> bool:
        nonlocal left
        kept = await real(*given, **values)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return bool(kept)

    module.keep = keep


async def work(lease: timedelta) -> None:
    app = application(Settings.load(), host_with(ERRANDS))
    async with app.database:
        sys.stdout.write("at work\n")
        sys.stdout.flush()
        await TaskRunner(app.host, app.database, lease=lease).run_due()


if __name__ == "__main__":
    dying_at(int(sys.argv[2]))
    asyncio.run(work(timedelta(seconds=float(sys.argv[1]))))
