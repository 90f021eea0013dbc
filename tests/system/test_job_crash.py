"""A process killed while it does jobs: what it had not committed is not there, and another one does it.

The long version, with many kills of two processes, is `make proof`.
"""

from __future__ import annotations

import asyncio

from tests.system.jobbing import job_books, job_process, make_due, villages_with_a_job

from wantilan.programs.runner import Runner
from wantilan.testing import World

CODES = [f"51.02.06.{number}" for number in range(2001, 2007)]


async def test_a_kill_between_work_and_commit_loses_no_job_and_doubles_none(world: World) -> None:
    await villages_with_a_job(world, CODES)
    await make_due(world)
    with job_process(world, "0.5", "3") as process:
        assert process.wait(20) == -9
    half = await job_books(world)
    assert half.overdue > 0
    assert half.events == half.done, "no work without its note, no note without its work"
    await asyncio.sleep(0.6)  # the lease of who died
    await Runner(world.host, world.database).run_due()
    whole = await job_books(world)
    assert (whole.overdue, set(whole.events.values()), len(whole.events)) == (0, {1}, len(CODES))
    assert whole.events == whole.done
    assert whole.lost >= 1
