"""What is done at the very end of a transaction: what takes a lock that others wait for is taken last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

Step = Callable[[], Awaitable[None]]
STEPS = "wantilan.last_steps"


def before_commit(session: AsyncSession, step: Step) -> None:
    """Have something done when everything else of the session's transaction is written; not, if it fails."""
    session.info.setdefault(STEPS, []).append(step)


async def finish(session: AsyncSession) -> None:
    """Write what is still to be written, and then take the last steps, in the order of their asking."""
    await session.flush()
    steps: list[Step] = session.info.pop(STEPS, [])
    for step in steps:
        await step()
    if steps:
        await session.flush()
