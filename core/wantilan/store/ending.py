"""How a transaction, or a part of it, ends. What takes a lock that others wait for is done last."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

Step = Callable[[], Awaitable[None]]
STEPS = "wantilan.last_steps"


def before_commit(session: AsyncSession, step: Step) -> None:
    """Have something done when everything else of the session's transaction is written; not, if it fails."""
    session.info.setdefault(STEPS, []).append(step)


@asynccontextmanager
async def undone(session: AsyncSession) -> AsyncIterator[None]:
    """Whatever is written inside is taken back at the end, and the transaction goes on: also after a
    statement that the database has refused.
    """
    savepoint = await session.begin_nested()
    try:
        yield
    finally:
        await savepoint.rollback()


async def finish(session: AsyncSession) -> None:
    """Write what is still to be written, and then take the last steps, in the order of their asking."""
    await session.flush()
    steps: list[Step] = session.info.pop(STEPS, [])
    for step in steps:
        await step()
    if steps:
        await session.flush()
