"""A process that does jobs, for the crash tests: `python -m tests.system.job_victim LEASE [N]`.

With N it kills itself, without a chance to clean up, when the Nth job is done and not yet committed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wantilan.programs import runner as module
from wantilan.programs.runner import Runner
from wantilan.settings import Settings
from wantilan.store.jobs import JobRun
from wantilan.web.application import application


def dying_at(number: int) -> None:
    """The note of a run is the last thing before the commit."""
    real: Any = module.remember
    left = number

    async def remember(session: AsyncSession, run: JobRun) -> None:
        nonlocal left
        await real(session, run)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    module.remember = remember


async def work(lease: timedelta) -> None:
    app = application(Settings.load())
    async with app.database:
        runner = Runner(app.host, app.database, lease=lease, services=app.engine.services)
        sys.stdout.write("at work\n")
        sys.stdout.flush()
        while True:
            await runner.run_due()
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        dying_at(int(sys.argv[2]))
    asyncio.run(work(timedelta(seconds=float(sys.argv[1]))))
